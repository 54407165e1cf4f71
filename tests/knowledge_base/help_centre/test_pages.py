"""The pages that readers open: what stands on them, in which language, and where an old address leads."""

from __future__ import annotations

import pytest
from django.test import Client

from helpdesk.accounts.models import User
from knowledge_base.models import AudienceKind, HelpCentre, OldAddress, Section
from knowledge_base.publishing import archive, unpublish
from knowledge_base.writing import create_article, save_draft
from tests.knowledge_base.help_centre.conftest import Path, new_section, published, renamed, translated


def test_without_a_help_centre_the_house_says_how_to_be_reached(anybody: Client, radia: User) -> None:
    assert "Write to us" in anybody.get("/").content.decode()
    assert anybody.get("/hc/").status_code == anybody.get("/hc/en/").status_code == 404
    assert anybody.get("/sitemap.xml").status_code == 404


@pytest.mark.django_db
def test_an_empty_house_is_set_up_first(anybody: Client) -> None:
    assert anybody.get("/").headers["Location"] == "/setup/"


def test_a_help_centre_without_articles_is_not_the_front_page(anybody: Client, centre: HelpCentre, radia: User) -> None:
    assert "Search the help centre" not in anybody.get("/").content.decode()
    assert "There are no articles yet" in anybody.get("/hc/en/").content.decode()


def test_home_shows_topics_with_their_articles_counted_once(anybody: Client, section: Section) -> None:
    first = published(section, "When to sow")
    published(section, "How deep")
    translated(first, "Wann säen")
    page = anybody.get("/").content.decode()
    assert "2 articles" in page and "Growing" in page
    assert 'href="/hc/en/categories/' in page


def test_the_address_without_a_language_leads_to_the_readers(anybody: Client, section: Section) -> None:
    answer = anybody.get("/hc/", headers={"accept-language": "de"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/hc/de/")
    assert "Accept-Language" in answer.headers["Vary"]


def test_home_speaks_the_language_the_browser_asks_for(anybody: Client, section: Section) -> None:
    published(section, "When to sow")
    page = anybody.get("/", headers={"Accept-Language": "fr, de-AT;q=0.9, en;q=0.5"})
    assert page["Content-Language"] == "de"
    assert '<html lang="de"' in page.content.decode()
    anybody.cookies["help_language"] = "en"  # what was chosen here before goes first
    assert anybody.get("/", headers={"Accept-Language": "de"})["Content-Language"] == "en"


def test_category_and_section_list_what_is_in_them(anybody: Client, section: Section) -> None:
    text = published(section, "When to sow", summary="By month.")
    category = anybody.get(f"/hc/en/categories/{section.category_id}-growing/").content.decode()
    assert "When to sow" in category and f'href="/hc/en/sections/{section.pk}-sowing/"' in category
    inside = anybody.get(f"/hc/en/sections/{section.pk}-sowing/").content.decode()
    assert str(Path(text)) in inside and "By month." in inside


def test_an_article_with_contents_neighbours_and_crumbs(anybody: Client, section: Section) -> None:
    body = "<h2>Inside</h2><p>In March.</p><h2>Outside</h2><p>In May.</p>"
    text = published(section, "When to sow", body, summary="By month.")
    other = published(section, "How deep to sow")
    page = anybody.get(str(Path(text))).content.decode()
    for piece in ('href="#inside"', 'id="outside"', str(Path(other)), "By month.", "Growing", "Sowing", "1 minute"):
        assert piece in page, piece
    assert page.count("<h1") == 1 and page.count('<link rel="stylesheet"') == 1 and "&lt;" not in page


def test_readers_see_what_was_published_not_what_is_being_written(anybody: Client, section: Section) -> None:
    text = published(section, "When to sow", "<p>In March.</p>")
    save_draft(text, version=text.version, title="Half a", summary="", body="<p>sentence</p>", by=None)
    page = anybody.get(str(Path(text))).content.decode()
    assert "In March." in page and "Half a" not in page


def test_an_old_name_leads_to_the_new_one_for_good(anybody: Client, section: Section) -> None:
    text = published(section, "When to sow")
    old = str(Path(text))
    now = renamed(text, "When to sow and where")
    answer = anybody.get(f"{old}?s=3")
    assert (answer.status_code, answer["Location"]) == (301, f"{Path(now)}?s=3")
    assert anybody.get(f"/hc/en/articles/{text.article_id}/").status_code == 301
    assert anybody.get(f"/hc/en/sections/{section.pk}-old/").status_code == 301
    assert anybody.get(f"/hc/en/categories/{section.category_id}-old/").status_code == 301


def test_letters_of_all_scripts_stand_in_addresses(anybody: Client, section: Section) -> None:
    text = published(section, "Когда сеять")
    answer = anybody.get(f"/hc/en/articles/{text.article_id}/", follow=True)
    assert answer.status_code == 200 and len(answer.redirect_chain) == 1
    assert "Когда сеять" in answer.content.decode()


def test_an_archived_article_leads_to_its_successor_else_to_its_section(anybody: Client, section: Section) -> None:
    text, successor = published(section, "When to sow"), published(section, "Sowing by month")
    path = str(Path(text))
    archive(text.article, by=None, successor=successor.article)
    answer = anybody.get(path)
    assert (answer.status_code, answer["Location"]) == (301, str(Path(successor)))
    archive(successor.article, by=None)
    answer = anybody.get(path)
    assert (answer.status_code, answer["Location"]) == (301, f"/hc/en/sections/{section.pk}-sowing/")


def test_what_was_unpublished_leads_to_its_section_for_now(anybody: Client, section: Section) -> None:
    text = published(section, "When to sow")
    unpublish(text, by=None)
    answer = anybody.get(str(Path(text)))
    assert (answer.status_code, answer["Location"]) == (302, f"/hc/en/sections/{section.pk}-sowing/")


def test_a_draft_was_never_anywhere(anybody: Client, section: Section) -> None:
    draft = create_article(section, "en", by=None, title="Not yet")
    assert anybody.get(f"/hc/en/articles/{draft.article_id}-not-yet/").status_code == 404


def test_no_way_leads_on_where_the_reader_may_not_go(anybody: Client, centre: HelpCentre) -> None:
    inside = new_section(centre, "Us", "Wages", AudienceKind.STAFF)
    text = published(inside, "Wages")
    archive(text.article, by=None)
    assert anybody.get(str(Path(text))).status_code == 404


def test_an_article_not_there_in_a_language_is_shown_in_the_one_to_fall_back_on(
    anybody: Client, section: Section
) -> None:
    text = published(section, "When to sow")
    answer = anybody.get(str(Path(text, "de")))
    page = answer.content.decode()
    assert "When to sow" in page and '<article class="prose" lang="en"' in page
    assert f'rel="canonical" href="http://localhost:8000{Path(text)}"' in page
    german = translated(text, "Wann säen")
    answer = anybody.get(str(Path(text, "de")))
    assert (answer.status_code, answer["Location"]) == (
        301,
        f"/hc/de/articles/{german.article_id}-wann-säen/".replace("ä", "%C3%A4"),
    )


def test_languages_that_are_not_there_lead_to_those_that_are(anybody: Client, section: Section) -> None:
    text = published(section, "When to sow")
    wanted = str(Path(text)).removeprefix("/hc/en/")
    for asked, code in (("/hc/EN/", 301), ("/hc/en-gb/", 301), ("/hc/fr/", 302)):
        answer = anybody.get(asked + wanted)
        assert (answer.status_code, answer["Location"]) == (code, str(Path(text)))


def test_addresses_of_another_help_centre_lead_here(anybody: Client, section: Section) -> None:
    text = published(section, "When to sow")
    OldAddress.objects.create(path="/hc/en-us/articles/360012345678", article=text.article, language="en")
    OldAddress.objects.create(path="/docs/sowing.html", section=section)
    for path in ("/hc/en-us/articles/360012345678-When-to-sow", "/hc/en-us/articles/360012345678/"):
        assert anybody.get(path, follow=True).redirect_chain[-1] == (str(Path(text)), 301), path
    assert anybody.get("/docs/sowing.html")["Location"] == f"/hc/en/sections/{section.pk}-sowing/"


def test_nothing_there_is_a_page_with_a_search(anybody: Client, centre: HelpCentre, section: Section) -> None:
    published(section, "When to sow")
    for path in ("/hc/de/articles/9999999/", "/hc/de/nothing", "/nothing/at/all"):
        answer = anybody.get(path, headers={"Accept-Language": "de"})
        assert answer.status_code == 404
        assert 'action="/hc/de/search/"' in answer.content.decode()


def test_each_host_has_its_own_help_centre(anybody: Client, section: Section, settings: object) -> None:
    settings.ALLOWED_HOSTS = ["*"]  # type: ignore[attr-defined]
    other = HelpCentre.objects.create(name="Tools", host="tools.example", languages=["en"], hue=30)
    theirs = published(new_section(other, "Spades", "Handles"), "A loose handle")
    ours = published(section, "When to sow")
    page = anybody.get("/", headers={"Host": "tools.example"}).content.decode()
    assert "A loose handle" in page and "When to sow" not in page and "0.17 30)" in page
    assert 'rel="canonical" href="http://tools.example:8000/hc/en/"' in page
    assert anybody.get(str(Path(theirs))).status_code == 404
    assert anybody.get(str(Path(ours)), headers={"Host": "tools.example"}).status_code == 404


def test_right_to_left(anybody: Client, section: Section) -> None:
    HelpCentre.objects.update(languages=["en", "ar"])
    text = published(section, "When to sow")
    translated(text, "متى تزرع", language="ar")
    page = anybody.get(f"/hc/ar/articles/{text.article_id}/", follow=True).content.decode()
    assert '<html lang="ar"\n      dir="rtl"' in page


def test_an_article_names_its_neighbours_however_many_there_are(anybody: Client, section: Section) -> None:
    texts = [published(section, f"Sort {number:03}") for number in range(30)]
    page = anybody.get(str(Path(texts[15]))).content.decode()
    beside = page[page.index('<nav class="beside"') : page.index("</nav>", page.index('<nav class="beside"'))]
    assert beside.count("<li>") == 12
    assert str(Path(texts[14])) in beside and str(Path(texts[16])) in beside and str(Path(texts[29])) not in beside


def test_a_long_section_has_pages(anybody: Client, section: Section) -> None:
    for number in range(101):
        text = published(section, f"Sort {number:03}")
    path = f"/hc/en/sections/{section.pk}-sowing/"
    assert str(Path(text)) not in anybody.get(path).content.decode()
    assert str(Path(text)) in anybody.get(f"{path}?page=2").content.decode()
    for nonsense in ("0", "-1", "x", "9" * 9):
        assert anybody.get(f"{path}?page={nonsense}").status_code == 200


def test_related_articles_speak_of_the_same(anybody: Client, section: Section, centre: HelpCentre) -> None:
    text = published(section, "Sowing tomatoes")
    near, far = published(section, "Watering tomatoes"), published(section, "Invoices")
    hidden = published(new_section(centre, "Us", "Inside", AudienceKind.STAFF), "Sowing tomatoes for ourselves")
    page = anybody.get(str(Path(text))).content.decode()
    related = page[page.index('<section class="related"') :]
    assert str(Path(near)) in related
    assert str(Path(far)) not in related and str(Path(hidden)) not in page
