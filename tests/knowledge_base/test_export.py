"""Everything goes out as a folder that comes in again the same."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.test import Client

from helpdesk.accounts.models import User
from helpdesk.demo.stories import DATA
from knowledge_base.exporting import export_zip
from knowledge_base.importing.archive import Folder, Packed
from knowledge_base.importing.markdown_folder import read_folder
from knowledge_base.importing.shelving import Shelving
from knowledge_base.models import ContentBlock, HelpCentre, Picture, Section, Synonyms, Translation
from knowledge_base.publishing import archive, publish
from knowledge_base.writing import create_article

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre(db: None) -> HelpCentre:
    return HelpCentre.objects.create(name="Help", languages=["en", "de"])


def taken(centre: HelpCentre) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(export_zip(centre))))


def test_it_comes_back_as_it_went(centre: HelpCentre, margaret: User) -> None:
    library = read_folder(Folder(DATA / "articles"), language="en")
    Shelving(library, centre, margaret).take_all()
    out = io.BytesIO(b"".join(export_zip(centre)))
    again = HelpCentre.objects.create(name="Again", host="again.test", languages=["en", "de"])
    brought = read_folder(Packed(out), language="en")
    Shelving(brought, again, margaret).take_all()
    assert brought.problems == []

    def said(of: HelpCentre) -> list[tuple[object, ...]]:
        rows = Translation.objects.filter(article__section__category__centre=of).select_related("article__section")
        titles = {row.article_id: row.title for row in rows if row.language == "en"}
        return sorted(
            (
                row.title, row.summary, row.language, row.article.labels, row.article.is_promoted,
                row.article.section.audience, row.published is None,
                _with_titles(row.body, titles),
            )
            for row in rows
        )  # fmt: skip

    assert said(again) == said(centre)
    first, second = (
        list(Section.objects.filter(category__centre=each).order_by("pk").values_list("texts", "audience"))
        for each in (centre, again)
    )
    assert sorted(map(str, first)) == sorted(map(str, second))


def _with_titles(body: str, titles: dict[int, str]) -> str:
    for number, title in titles.items():
        body = body.replace(f'data-article="{number}"', f"to {title}")
    return body


def test_what_readers_do_not_see_says_so(centre: HelpCentre, margaret: User) -> None:
    section = centre.categories.create(texts={"en": {"name": "A/B"}}).sections.create(texts={"en": {"name": "C"}})
    block = ContentBlock.objects.create(name="Hours", texts={"en": "<p>9 to 5</p>"})
    for body in (f'<div data-block="{block.pk}"></div>', "<p>Second.</p>"):
        create_article(section, "en", by=margaret, title="Same title", body=body)
    old = publish(create_article(section, "en", by=margaret, title="Old", body="<p>Old.</p>"), by=margaret)
    archive(old.article, by=margaret)
    Synonyms.objects.create(language="en", words=["oil", "grease"])
    out = taken(centre)
    names = [name for name in out.namelist() if "same-title" in name]
    assert len(names) == 2
    text = out.read(names[0]).decode()
    assert "state: draft" in text
    assert "9 to 5" in text
    assert "archived: true" in out.read(next(name for name in out.namelist() if "old" in name)).decode()
    assert json.loads(out.read("help-centre.json"))["synonyms"] == [{"language": "en", "words": ["oil", "grease"]}]
    assert out.testzip() is None


def test_a_picture_whose_file_is_gone_keeps_nobody_from_the_rest(centre: HelpCentre, margaret: User) -> None:
    section = centre.categories.create(texts={"en": {"name": "A"}}).sections.create(texts={"en": {"name": "B"}})
    gone = Picture.objects.create(
        file="articles/gone.png", content_type="image/png", width=1, height=1, size=1, filename="gone.png"
    )
    body = f'<p>Look: <img data-picture="{gone.pk}" alt="Seeds"></p>'
    text = publish(create_article(section, "en", by=margaret, title="Look", body=body), by=margaret)
    text.article.pictures.add(gone)
    assert [name.rpartition("/")[2] for name in taken(centre).namelist()][-1] == "look.en.md"


def test_by_its_page(centre: HelpCentre, margaret: User, grace: User, client: Client) -> None:
    client.force_login(grace)
    assert client.get(f"/knowledge/export/{centre.pk}/").status_code == 403
    client.force_login(margaret)
    answer = client.get(f"/knowledge/export/{centre.pk}/")
    assert answer["Content-Type"] == "application/zip"
    assert "help-" in answer["Content-Disposition"]
    assert zipfile.ZipFile(io.BytesIO(answer.getvalue())).namelist() == ["help-centre.json"]
