"""What search engines are told: the same as a reader without an account may read, and nothing else."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from knowledge_base import sitemap
from knowledge_base.models import AudienceKind, HelpCentre, Section
from knowledge_base.publishing import archive, unpublish
from tests.knowledge_base.help_centre.conftest import Path, new_section, published, translated

SITE = "http://localhost:8000"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"


def places(client: Client, path: str = "/sitemap.xml") -> dict[str, list[str]]:
    """Addresses of the map with their languages."""
    root = ElementTree.fromstring(client.get(path).content)
    return {
        url.findtext(f"{MAP}loc", ""): [link.attrib["hreflang"] for link in url.iter(f"{XHTML}link")] for url in root
    }


def data_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    graph = json.loads(found[1])["@graph"]
    return {each["@type"]: each for each in graph}


def test_the_map_names_every_public_page_in_each_language(
    anybody: Client, section: Section, centre: HelpCentre
) -> None:
    text = published(section, "When to sow")
    german = translated(text, "Wann saeen")
    alone = published(section, "How deep")
    hidden = published(new_section(centre, "Us", "Wages", AudienceKind.SIGNED_IN), "Wages")
    found = places(anybody)
    assert found[SITE + str(Path(text))] == found[SITE + str(Path(german, "de"))] == ["en", "de"]
    assert found[SITE + str(Path(alone))] == []
    assert found[f"{SITE}/hc/de/"] == ["en", "de"]
    assert not any(
        str(hidden.article_id) in place.rpartition("articles/")[2] for place in found if "/articles/" in place
    )
    assert not any("wages" in place or "/us/" in place for place in found)


def test_the_map_follows_what_is_taken_away(anybody: Client, section: Section) -> None:
    text, other = published(section, "When to sow"), published(section, "How deep")
    assert len([place for place in places(anybody) if "/articles/" in place]) == 2
    archive(text.article, by=None)
    unpublish(other, by=None)
    assert list(places(anybody)) == [f"{SITE}/hc/en/", f"{SITE}/hc/de/"]


def test_a_large_help_centre_has_several_maps(
    anybody: Client, section: Section, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap, "IN_A_FILE", 2)
    texts = [published(section, f"Article {number}") for number in range(5)]
    root = ElementTree.fromstring(anybody.get("/sitemap.xml").content)
    files = [each.findtext(f"{MAP}loc", "").removeprefix(SITE) for each in root]
    assert files == ["/sitemap-1.xml", "/sitemap-2.xml", "/sitemap-3.xml"]
    found = [place for file in files for place in places(anybody, file) if "/articles/" in place]
    assert found == [SITE + str(Path(text)) for text in texts]
    assert anybody.get("/sitemap-4.xml").status_code == anybody.get("/sitemap-0.xml").status_code == 404


def test_robots_are_shown_the_map_and_kept_from_the_workspace(anybody: Client, centre: HelpCentre) -> None:
    text = anybody.get("/robots.txt").content.decode()
    assert f"Sitemap: {SITE}/sitemap.xml" in text and "Disallow: /agent/" in text
    assert "Disallow: /hc/\n" not in text


def test_the_head_of_an_article(anybody: Client, section: Section) -> None:
    text = published(section, "When to sow", summary="By </script><b>month")
    german = translated(text, "Wann saeen")
    page = anybody.get(str(Path(text))).content.decode()
    assert f'<link rel="canonical" href="{SITE}{Path(text)}">' in page
    assert f'hreflang="de" href="{SITE}{Path(german, "de")}"' in page
    assert f'hreflang="x-default" href="{SITE}{Path(text)}"' in page
    assert 'property="og:type" content="article"' in page
    data = data_of(page)
    assert data["Article"]["headline"] == "When to sow"
    assert data["Article"]["description"] == "By </script><b>month"
    assert [item["name"] for item in data["BreadcrumbList"]["itemListElement"]] == [
        "Help",
        "Growing",
        "Sowing",
        "When to sow",
    ]


def test_questions_with_answers_are_told_as_such(anybody: Client, section: Section) -> None:
    body = "<h2>When?</h2><p>In May.</p><p>Or June.</p><h2>How deep?</h2><p>A thumb.</p><h2>Else</h2><p>no</p>"
    data = data_of(anybody.get(str(Path(published(section, "Sowing", body)))).content.decode())
    questions = data["FAQPage"]["mainEntity"]
    assert [(each["name"], each["acceptedAnswer"]["text"]) for each in questions] == [
        ("When?", "In May. Or June."),
        ("How deep?", "A thumb."),
    ]


def test_what_is_not_for_everybody_is_not_for_search_engines(colleague: Client, centre: HelpCentre) -> None:
    text = published(new_section(centre, "Us", "Wages", AudienceKind.STAFF), "Wages")
    page = colleague.get(str(Path(text))).content.decode()
    assert '<meta name="robots" content="noindex">' in page
    assert "canonical" not in page and "ld+json" not in page


def test_the_feed_tells_of_new_articles_in_its_language(anybody: Client, section: Section, centre: HelpCentre) -> None:
    text = published(section, "When to sow & reap", summary="By month.")
    translated(text, "Wann saeen")
    published(new_section(centre, "Us", "Wages", AudienceKind.STAFF), "Wages")
    answer = anybody.get("/hc/en/feed.xml")
    assert answer["Content-Type"].startswith("application/rss+xml")
    items = ElementTree.fromstring(answer.content).findall("channel/item")
    assert [(item.findtext("title"), item.findtext("link")) for item in items] == [
        ("When to sow & reap", SITE + str(Path(text)))
    ]
