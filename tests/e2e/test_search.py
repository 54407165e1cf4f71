"""Searching with the keyboard: `/`, words, Enter, a result, and back to where one was."""

import pytest
from playwright.sync_api import Page, expect

from customers.identify import identify
from tests.cast import open_for
from tests.e2e.house import furnish, sign_in
from tests.stack import LiveStack

TICKETS = 24


@pytest.fixture
def searching(live_stack: LiveStack, page: Page) -> Page:
    house = furnish(live_stack)
    with live_stack.orm():
        ada = identify("email", "ada@example.org", name="Ada Lovelace").customer
        for number in range(TICKETS):
            open_for(ada, house.support, f"The engine rattles, part {number}")
    sign_in(page, live_stack, house.grace).goto(f"{live_stack.url}/agent/")
    expect(page.locator("html")).to_have_attribute("data-live", "on")  # by now the keys are listened to
    return page


def test_from_a_key_to_the_ticket_and_back_to_the_result(searching: Page, live_stack: LiveStack) -> None:
    page = searching
    page.keyboard.press("/")
    box = page.get_by_role("searchbox")
    expect(box).to_be_focused()
    page.keyboard.type("rattling engine")
    page.keyboard.press("Enter")
    expect(page.locator(".hit")).to_have_count(TICKETS)
    expect(page.locator(".hit mark").first).to_have_text("engine")

    last = page.locator(".hit").last
    last.scroll_into_view_if_needed()
    assert page.locator(".scrollpage").evaluate("it => it.scrollTop") > 0
    last.locator("a").click()
    expect(page.locator(".thread")).to_contain_text("The engine rattles, part 0?")
    page.go_back()
    expect(page.locator(".hit").last).to_have_attribute("aria-current", "true")
    expect(page.locator(".hit").last).to_be_in_viewport()

    page.keyboard.press("/")
    expect(box).to_be_focused()
    expect(box).to_have_value("rattling engine")
    page.keyboard.type("status:bogus")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("bogus")


def test_results_are_walked_with_keys_and_a_search_is_kept(searching: Page) -> None:
    page = searching
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("engine")
    page.keyboard.press("Enter")
    page.locator(".hit").first.wait_for()
    page.locator("#page-title").click()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".hit a").nth(1)).to_be_focused()

    page.get_by_text("Save this search").click()
    page.get_by_label("Name of the search").fill("Rattling engines")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Rattling engines").click()
    expect(page.get_by_role("searchbox")).to_have_value("engine")
