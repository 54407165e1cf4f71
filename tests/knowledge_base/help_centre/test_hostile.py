"""What nobody types by accident: addresses, forms and words that were made to break something."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from django.test import Client

from customers.models import Customer
from knowledge_base.audience import ANYBODY
from knowledge_base.models import AudienceKind, HelpCentre, Picture, Section, Translation
from knowledge_base.pictures import keep_pictures
from knowledge_base.rendering import render
from knowledge_base.writing import save_draft
from tests.knowledge_base.help_centre.conftest import Path, new_section, published, signed_in, translated


@pytest.mark.parametrize(
    "path",
    [
        "/hc/en/articles/1%00/",
        "/hc/en/%00/",
        "/hc/%00/",
        "/hc/zz%00/articles/1/",
        "/hc/pictures/1%00.png",
        "/nothing%00/",
        "/hc/en/sections/%EF%BC%91-x/",
        "/hc/en/articles/%0d%0aSet-Cookie:a=b/",
        "/hc/en/categories/99999999999999999999/",
        "/hc/logo/99999999999999999999/x.png",
        "/sitemap-999999999999999999999.xml",
        "/hc/en/search/?q=%00&label=%00&category=99999999999999999999&after=-1&s=9999999999999999999999",
        "/hc/en/search/instant/?q=%00%ff",
    ],
)
def test_no_address_is_an_error(anybody: Client, section: Section, path: str) -> None:
    published(section, "When to sow")
    assert anybody.get(path).status_code < 500


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/hc/zz/search/noted/", {"q": "sow"}),
        ("/hc/en%00/articles/1/vote/", {"helpful": "1"}),
        ("/hc/en%00/articles/1/comments/", {"text": "Thanks"}),
    ],
)
def test_nothing_that_is_sent_is_an_error(anybody: Client, section: Section, path: str, words: dict[str, str]) -> None:
    assert anybody.post(path, words).status_code in (302, 404)


def test_a_page_that_is_not_there_is_not_kept(anybody: Client, section: Section) -> None:
    published(section, "When to sow")
    path = f"/hc/en/sections/{section.pk}-sowing/"
    assert [anybody.get(f"{path}?page={page}").status_code for page in ("1", "", "0", "2", "999")] == [
        200, 200, 200, 404, 404,
    ]  # fmt: skip


def test_a_part_of_the_map_has_one_name(anybody: Client, section: Section) -> None:
    published(section, "When to sow")
    assert [anybody.get(f"/sitemap-{number}.xml").status_code for number in ("1", "01", "2")] == [200, 404, 404]


def test_what_a_signed_in_reader_is_told_of_is_kept_by_nobody_else(
    centre: HelpCentre, section: Section, ada: Customer
) -> None:
    published(new_section(centre, "Growing", "Members", AudienceKind.SIGNED_IN), "For members")
    feed = signed_in(ada).get("/hc/en/feed.xml")
    assert b"For members" in feed.content
    assert feed["Cache-Control"] == "private, no-cache" and "Cookie" in feed["Vary"]


def test_signs_that_xml_does_not_know_break_no_feed(anybody: Client, section: Section) -> None:
    published(section, "When\x0bto\x01sow", summary="In\x1fspring")
    assert ElementTree.fromstring(anybody.get("/hc/en/feed.xml").content).findtext(".//item/title") == "When to sow"


def test_words_cannot_stand_for_what_is_filled_in(db: None) -> None:
    number = Picture.objects.create(
        file="articles/a.png", content_type="image/png", width=1, height=1, size=1, filename="a.png"
    ).pk
    mark = "&lt;!--csrf--&gt;"
    body = f'<p>{mark}<img data-picture="{number}" alt="{mark}"><a href="https://x.test/?{mark}">x</a></p>'
    assert "<!--" not in render(body, language="en", reader=ANYBODY).html


def test_a_preview_shows_no_picture_of_a_draft(anybody: Client, section: Section) -> None:
    numbers = [
        Picture.objects.create(
            file=f"articles/{name}.png", content_type="image/png", width=1, height=1, size=1, filename=name
        ).pk
        for name in ("draft", "shown")
    ]
    text = published(section, "When to sow", f'<p><img data-picture="{numbers[1]}" alt="Seeds"></p>')
    now = Translation.objects.get(pk=text.pk)
    body = f'<p><img data-picture="{numbers[0]}" alt="Secret"></p>'
    save_draft(now, version=now.version, title=now.title, summary="", body=body, by=None)
    keep_pictures(text.article)
    page = anybody.get(str(Path(text))).content.decode()
    assert re.findall(r'og:image" content="[^"]*/hc/pictures/(\d+)-', page) == [str(numbers[1])]


def test_a_language_that_the_help_centre_gave_up_is_no_address(
    anybody: Client, section: Section, centre: HelpCentre
) -> None:
    text = published(section, "When to sow")
    translated(text, "Wann saeen")
    centre.languages = ["en"]
    centre.save()
    assert "/hc/de/" not in anybody.get(str(Path(text))).content.decode()


def test_who_signs_in_to_comment_comes_back(anybody: Client, section: Section, centre: HelpCentre) -> None:
    centre.has_comments = True
    centre.save()
    text = published(section, "When to sow")
    assert f"/requests/sign-in/?next={Path(text)}" in anybody.get(str(Path(text))).content.decode()
