"""Searching the help centre in a real browser: answers while typing, by keyboard, and what is known of it later."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from knowledge_base.models import Category, HelpCentre, Search, Section
from knowledge_base.publishing import publish
from knowledge_base.writing import create_article
from tests.e2e.test_accessibility import violations
from tests.stack import LiveStack, wait_until

TITLES = ("When to sow", "When to harvest", "Water by hand")


@pytest.fixture
def seeds(live_stack: LiveStack) -> None:
    with live_stack.orm():
        centre = HelpCentre.objects.create(name="Seeds", languages=["en"])
        category = Category.objects.create(centre=centre, texts={"en": {"name": "Growing"}})
        section = Section.objects.create(category=category, texts={"en": {"name": "Sowing"}})
        for title in TITLES:
            publish(create_article(section, "en", by=None, title=title, summary="By month.", body="<p>.</p>"), by=None)


def searches(stack: LiveStack) -> list[tuple[str, int, str]]:
    with stack.orm():
        found = Search.objects.select_related("clicked").order_by("pk")
        return [(one.words, one.results, one.clicked.translations.get().title if one.clicked else "") for one in found]


def test_an_answer_is_found_and_opened_with_the_keyboard(page: Page, live_stack: LiveStack, seeds: None) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{live_stack.url}/hc/en/")
    page.keyboard.press("Control+k")
    page.keyboard.type("when t", delay=20)
    field, options = page.get_by_role("combobox"), page.get_by_role("option")
    expect(options).to_have_count(3)
    expect(field).to_have_attribute("aria-expanded", "true")
    assert violations(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    chosen = options.nth(1)
    expect(chosen).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "")
    title = chosen.locator("b").inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    wait_until(lambda: searches(live_stack) == [("when t", 2, title)], what="the search written down")


def test_the_page_of_results_follows_the_list(page: Page, live_stack: LiveStack, seeds: None) -> None:
    page.goto(f"{live_stack.url}/hc/en/")
    page.get_by_role("combobox").press_sequentially("harvst", delay=20)
    expect(page.get_by_role("option")).to_have_count(2)
    page.keyboard.press("Enter")
    expect(page.locator(".found .notice")).to_contain_text("harvest")
    page.get_by_role("link", name=re.compile("When to harvest")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("When to harvest")
    assert "s=" not in page.url.partition("?")[2]
    assert searches(live_stack) == [("harvst", 1, "When to harvest")]
