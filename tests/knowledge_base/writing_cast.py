"""A help centre of an engine maker in English and German, as its writers' tests need it."""

from __future__ import annotations

import pytest
from django.test import Client

from helpdesk.accounts.models import User
from knowledge_base.models import AudienceKind, HelpCentre, Section, Translation
from knowledge_base.publishing import publish
from knowledge_base.writing import begin_translation, create_article, save_draft


@pytest.fixture
def centre(db: None) -> HelpCentre:
    return HelpCentre.objects.create(name="Engines", languages=["en", "de"], default_language="en")


@pytest.fixture
def strict(centre: HelpCentre) -> HelpCentre:
    """The same, where agents ask before they publish."""
    centre.needs_approval = True
    centre.save()
    return centre


@pytest.fixture
def section(centre: HelpCentre) -> Section:
    category = centre.categories.create(texts={"en": {"name": "Engines"}})
    return category.sections.create(texts={"en": {"name": "Repairs"}})


def section_for(centre: HelpCentre, audience: AudienceKind, **named: list[int]) -> Section:
    category, _made = centre.categories.get_or_create(texts={"en": {"name": "Engines"}})
    return category.sections.create(texts={"en": {"name": f"For {audience}"}}, audience=audience, **named)


@pytest.fixture
def draft(section: Section, grace: User) -> Translation:
    """Grace's draft, which nobody else has read."""
    return fresh(create_article(section, "en", by=grace, title="It rattles", body="<p>Oil the cogs.</p>"))


@pytest.fixture
def article(draft: Translation, grace: User) -> Translation:
    """The same, before readers."""
    return fresh(publish(draft, by=grace))


def fresh(translation: Translation) -> Translation:
    return Translation.objects.select_related("article__section__category__centre", "published", "source").get(
        pk=translation.pk
    )


def rewrite(translation: Translation, body: str, *, by: User, title: str = "") -> Translation:
    now = fresh(translation)
    words = {"title": title or now.title, "summary": now.summary, "body": body}
    return fresh(save_draft(now, version=now.version, by=by, **words))


def translate(translation: Translation, title: str, body: str, *, by: User) -> Translation:
    begun = begin_translation(translation.article, "de", by=by)
    return fresh(save_draft(begun, version=begun.version, title=title, summary="", body=body, by=by))


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def happened(translation: Translation) -> list[str]:
    """What the article's history tells, oldest first."""
    return list(translation.article.events.order_by("pk").values_list("kind", flat=True))
