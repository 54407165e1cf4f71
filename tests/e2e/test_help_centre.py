"""The help centre in a real browser: for everybody, with and without scripts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from helpdesk.accounts.models import Role, User
from knowledge_base.models import Category, HelpCentre, Section, Translation, View
from knowledge_base.publishing import publish
from knowledge_base.writing import begin_translation, create_article, save_draft
from tests.e2e.test_accessibility import violations
from tests.stack import LiveStack, wait_until

LONG = "<p>" + "The seed needs water, light and time. " * 40 + "</p>"
BODY = f"""
<h2>Inside</h2>{LONG}<ol><li>Fill the pot.</li><li>Press the seed in.</li></ol>
<div data-callout="tip"><p>A thumb deep.</p></div>
<h3>In a pot</h3><table><tbody><tr><th>Month</th><th>Seed</th></tr><tr><td>March</td><td>Peas</td></tr></tbody></table>
<h2>Outside</h2>{LONG}<div data-video="youtube:abc_DEF-123"></div><pre><code>sow --deep 2cm</code></pre>
<blockquote><p>Patience.</p></blockquote><p><kbd>Ctrl</kbd> and <code>seed</code>, <mark>now</mark>.</p>
"""


@pytest.fixture
def places(live_stack: LiveStack) -> dict[str, str]:
    """Addresses of a help centre in English, German and Arabic."""
    with live_stack.orm():
        User.objects.create_user("grace@onethread.test", "demo", name="Grace Hopper", role=Role.AGENT)
        centre = HelpCentre.objects.create(name="Seeds", languages=["en", "de", "ar"], website="https://seeds.example")
        texts = {"en": {"name": "Growing", "description": "From seed to fruit."}, "ar": {"name": "الزراعة"}}
        category = Category.objects.create(centre=centre, texts=texts, tone="green")
        section = Section.objects.create(category=category, texts={"en": {"name": "Sowing"}, "ar": {"name": "البذر"}})
        text = _publish(section, "When to sow", BODY)
        _publish(section, "When to sow in pots", "<p>Earlier.</p>")
        draft = begin_translation(text.article, "ar", by=None)
        arabic = "<h2>في الداخل</h2><p>في مارس.</p><h2>في الخارج</h2><p>في مايو.</p>"
        publish(save_draft(draft, version=0, title="متى تزرع", summary="حسب الشهر", body=arabic, by=None), by=None)
        return {
            "home": "/",
            "category": f"/hc/en/categories/{category.pk}-growing/",
            "section": f"/hc/en/sections/{section.pk}-sowing/",
            "article": f"/hc/en/articles/{text.article_id}-when-to-sow/",
            "in another language": f"/hc/de/articles/{text.article_id}-when-to-sow/",
            "right to left": f"/hc/ar/articles/{text.article_id}/",
            "nothing": "/hc/en/nothing/",
            "search": "/hc/en/search/?q=sow",
        }


def _publish(section: Section, title: str, body: str) -> Translation:
    return publish(create_article(section, "en", by=None, title=title, summary="By month.", body=body), by=None)


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A browser that runs no scripts."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_every_page_is_for_everybody(page: Page, live_stack: LiveStack, places: dict[str, str]) -> None:
    page.emulate_media(reduced_motion="reduce")
    found: dict[str, list[str]] = {}
    for width, scheme in ((1280, "light"), (1280, "dark"), (390, "light")):
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        for name, path in places.items():
            page.goto(live_stack.url + path)
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            too_wide = [f"{wide}px too wide"] if wide > 0 else []
            found[f"{name}, {width}, {scheme}"] = violations(page) + too_wide
    assert not {name: broken for name, broken in found.items() if broken}


def test_reading_searching_and_choosing_a_language_need_no_script(
    plain: Page, live_stack: LiveStack, places: dict[str, str]
) -> None:
    plain.goto(live_stack.url + places["home"])
    plain.get_by_role("link", name="Growing").click()
    plain.get_by_role("link", name="When to sow", exact=True).click()
    expect(plain.get_by_role("heading", name="When to sow", level=1)).to_be_visible()
    plain.locator("summary", has_text="Language").click()
    plain.locator(".drop a[hreflang=ar]").click()
    expect(plain.get_by_role("heading", name="متى تزرع")).to_be_visible()
    plain.goto(live_stack.url + places["article"])
    plain.get_by_role("searchbox").fill("pots")
    plain.keyboard.press("Enter")
    expect(plain.get_by_role("link", name="When to sow in pots").first).to_be_visible()


def test_an_article_in_a_browser_with_scripts(page: Page, live_stack: LiveStack, places: dict[str, str]) -> None:
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    page.route("https://**", lambda route: route.fulfill(body="<p>player</p>", content_type="text/html"))
    page.goto(live_stack.url + places["article"])
    contents = page.locator(".onpage")
    expect(contents.locator("[aria-current]")).to_have_text("Inside")
    contents.get_by_role("link", name="Outside").click()
    expect(contents.locator("[aria-current]")).to_have_text("Outside")
    page.locator("a.film").click()
    player = "https://www.youtube-nocookie.com/embed/abc_DEF-123?autoplay=1"
    expect(page.locator("iframe.film")).to_have_attribute("src", player)
    assert not refused
    with live_stack.orm():
        wait_until(lambda: View.objects.count() == 1, what="one reading is written down")

    page.locator("[data-theme-set=dark]").click()
    page.goto(live_stack.url + places["home"])
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("heading", name="You looked at")).to_be_visible()
