"""The demo company's help centre: read by the same code that imports anybody's, and whole."""

from collections import Counter
from random import Random

import pytest
from django.utils import timezone

from customers.models import Organisation
from helpdesk.accounts.models import Role, User
from helpdesk.demo.articles import open_help_centre
from helpdesk.demo.company import STAFF, Company
from helpdesk.demo.stories import DATA
from knowledge_base.audience import ANYBODY
from knowledge_base.importing.archive import Folder
from knowledge_base.importing.markdown_folder import read_folder
from knowledge_base.models import AudienceKind, Category, HelpCentre, Section, Translation, View, Vote

pytestmark = pytest.mark.django_db


def test_files_say_what_they_should() -> None:
    library = read_folder(Folder(DATA / "articles"), language="en")
    assert library.problems == []
    languages = Counter(language for article in library.articles.values() for language in article.translations)
    assert languages["en"] >= 50
    assert languages["de"] * 3 >= sum(not key.startswith("inside/") for key in library.articles)
    for article in library.articles.values():
        assert article.language == "en"
        for words in article.translations.values():
            assert words.summary, words.title
            assert len(words.words) > 150, words.title
    assert all(category.texts["en"]["description"] for category in library.categories.values())
    assert all(section.texts["en"]["description"] for section in library.sections.values())
    manual = library.sections["inside/onethread/"]
    assert manual.audience == AudienceKind.STAFF


@pytest.fixture
def centre() -> HelpCentre:
    company = Company()
    for local, name, role, *_ in STAFF:
        company.staff[local] = User.objects.create(email=f"{local}@demo.test", name=name, role=Role(role))
    Organisation.objects.create(name="Brackenhill Garden Centres")
    return open_help_centre(company, Random(7), now=timezone.now(), tickets=[])


def test_every_link_and_picture_of_it_leads_somewhere(centre: HelpCentre) -> None:
    bodies = "".join(Translation.objects.values_list("published__body", flat=True))
    assert bodies.count("data-article=") > 30
    assert ".md" not in bodies
    assert "data-picture=" in bodies
    assert bodies.count("data-callout=") > 10


def test_readers_see_what_is_theirs_and_nothing_of_ours(centre: HelpCentre) -> None:
    seen = Translation.objects.readable_by(ANYBODY)
    assert seen.filter(language="en").count() > 35
    hidden = Translation.objects.exclude(pk__in=seen).values_list("article__section__audience", flat=True)
    assert set(hidden) == {AudienceKind.STAFF, AudienceKind.CHOSEN}
    assert Section.objects.filter(audience=AudienceKind.CHOSEN).exclude(organisation_ids=[]).exists()
    assert Category.objects.count() == 7


def test_there_is_something_to_count(centre: HelpCentre) -> None:
    assert View.objects.count() > 1_000
    assert Vote.objects.filter(is_helpful=False).exclude(reason="").exists()
    assert not View.objects.filter(at__gt=timezone.now()).exists()
