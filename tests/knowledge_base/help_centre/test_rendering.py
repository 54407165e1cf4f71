"""From stored words to what readers get."""

from __future__ import annotations

import pytest

from knowledge_base.audience import ANYBODY, STAFF
from knowledge_base.body import clean_body
from knowledge_base.models import AudienceKind, ContentBlock, HelpCentre, Picture, Section
from knowledge_base.rendering import Rendered, render
from tests.knowledge_base.help_centre.conftest import Path, new_section, published, renamed, translated


def shown(body: str, language: str = "en", reader: object = ANYBODY) -> Rendered:
    return render(clean_body(body), language=language, reader=reader)  # type: ignore[arg-type]


@pytest.mark.django_db
def test_headings_get_addresses_of_their_own() -> None:
    rendered = shown("<h2>Über uns</h2><h3>Über uns</h3><h4>Deep</h4><h2> </h2><h2>!</h2>")
    assert [(heading.level, heading.id) for heading in rendered.contents] == [
        (2, "über-uns"),
        (3, "über-uns-2"),
        (2, "part"),
    ]
    assert '<h4 id="deep">' in rendered.html


@pytest.mark.django_db
def test_a_heading_never_takes_an_address_of_the_page_around_it() -> None:
    assert [each.id for each in shown("<h2>Comments</h2><h2>Related</h2>").contents] == ["comments-2", "related-2"]


@pytest.mark.django_db
def test_what_lies_in_another_is_drawn_too() -> None:
    html = shown('<div data-callout="tip">a<div data-callout="danger">b</div></div>').html
    assert (html.count('class="callout'), html.count("data-callout")) == (2, 0)
    assert shown("<table><tr><td>a<table><tr><td>b</td></tr></table></td></tr></table>").html.count("scroller") == 2


@pytest.mark.django_db
def test_long_texts_take_their_time() -> None:
    assert shown("<p>short</p>").minutes == 1
    assert shown("<p>" + "word " * 1000 + "</p>").minutes == 5


def test_links_survive_renames_and_speak_the_readers_language(section: Section) -> None:
    text = published(section, "When to sow")
    body = f'<p><a data-article="{text.article_id}#inside">Sow</a></p>'
    assert f'<a href="{Path(text)}#inside">Sow</a>' in shown(body).html
    now = renamed(text, "Sowing")
    assert f'href="{Path(now)}#inside"' in shown(body).html
    german = translated(now, "Saat")
    assert f'href="{Path(german, "de")}#inside"' in shown(body, "de").html
    assert f'href="{Path(now)}#inside"' in shown(body, "fr").html


def test_a_link_to_what_may_not_be_read_is_only_its_words(centre: HelpCentre) -> None:
    inside = published(new_section(centre, "Us", "Wages", AudienceKind.STAFF), "Wages")
    body = f'<p>See <a data-article="{inside.article_id}">the <b>table</b></a>.</p><p><a data-article="99">x</a></p>'
    assert shown(body).html == "<p>See the <b>table</b>.</p><p>x</p>"
    assert f'href="{Path(inside)}"' in shown(body, reader=STAFF).html


@pytest.mark.django_db
def test_pictures_have_a_size_and_wait_until_they_are_near() -> None:
    picture = Picture.objects.create(
        file="pictures/abc.png", content_type="image/png", width=640, height=480, size=9, filename="a.png"
    )
    html = shown(
        f'<p><img data-picture="{picture.pk}" alt="A &quot;seed&quot;"><img data-picture="77" alt="Gone"></p>'
    ).html
    assert f'src="/hc/pictures/{picture.pk}-abc.png"' in html
    for piece in ('width="640"', 'height="480"', 'loading="lazy"', 'alt="A &quot;seed&quot;"'):
        assert piece in html
    assert html.count("<img") == 1 and "Gone" in html


@pytest.mark.django_db
def test_a_film_is_a_link_until_somebody_wants_it() -> None:
    html = shown('<div data-video="youtube:abc_DEF-123"></div><div data-video="vimeo:99"></div>').html
    assert 'href="https://www.youtube.com/watch?v=abc_DEF-123"' in html
    assert 'data-player="https://www.youtube-nocookie.com/embed/abc_DEF-123?autoplay=1"' in html
    assert 'data-player="https://player.vimeo.com/video/99?dnt=1&amp;autoplay=1"' in html
    assert "<iframe" not in html and "<img" not in html


@pytest.mark.django_db
def test_blocks_callouts_and_tables() -> None:
    block = ContentBlock.objects.create(
        name="hours", texts={"en": "<h2>Hours</h2><p>9 to 5.</p>", "de": "<p>9–17.</p>"}
    )
    body = f'<div data-block="{block.pk}"></div><div data-callout="warning"><table><tr><td>1</td></tr></table></div>'
    rendered = shown(body)
    assert rendered.contents[0].text == "Hours" and "9 to 5." in rendered.html
    assert "9–17." in shown(body, "de").html and "data-block" not in shown(body, "fr").html
    assert '<div class="callout tone-amber" role="note" aria-label="Careful">' in rendered.html
    assert '<div class="scroller" role="region" aria-label="Table" tabindex="0"><table>' in rendered.html
    assert shown('<div data-block="123456"></div>').html == ""


@pytest.mark.django_db
def test_nothing_in_words_can_act() -> None:
    body = (
        '<p onclick="x()">a<script>x()</script><!--csrf--><a href="javascript:x()">b</a></p>'
        '<div data-video="evil:1"></div><img src="https://evil.test/p.png"><iframe src="//evil.test"></iframe>'
    )
    html = shown(body).html
    for trap in ("script", "onclick", "javascript", "evil", "csrf", "<img", "iframe"):
        assert trap not in html, trap
