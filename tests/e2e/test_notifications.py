"""Alan names Grace in a note: her bell rises while she is elsewhere, she goes there, and it is read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.house import House, furnish, hand_in, mail, sign_in, the_ticket
from tests.e2e.test_accessibility import violations
from tests.stack import LiveStack
from tickets.models import Mention, Notification, Ticket

EDITOR = "ot-composer [contenteditable=true]"
COUNT = "#bell .bellcount"


@pytest.fixture
def house(live_stack: LiveStack) -> House:
    house = furnish(live_stack)
    hand_in(live_stack, mail("It rattles when it multiplies."))
    return house


@pytest.fixture
def ticket(live_stack: LiveStack, house: House) -> Ticket:
    return the_ticket(live_stack)


@pytest.fixture
def alans(browser: Browser, live_stack: LiveStack, house: House, ticket: Ticket) -> Iterator[Page]:
    """Alan, in a browser of his own, in front of Ada's ticket and about to write a note."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    page = sign_in(context.new_page(), live_stack, house.alan)
    page.goto(f"{live_stack.url}/agent/tickets/{ticket.number}/")
    page.locator(EDITOR).wait_for()
    page.locator("[data-mode=note][role=tab]").click()
    yield page
    context.close()


def test_a_mention_from_the_first_letter_to_read(
    page: Page, alans: Page, live_stack: LiveStack, house: House, ticket: Ticket
) -> None:
    sign_in(page, live_stack, house.grace).goto(f"{live_stack.url}/agent/?view=pending")
    expect(page.locator("#bell[data-unread='0']")).to_be_visible()
    expect(page.locator("html[data-live=on]")).to_be_attached()

    alans.locator(EDITOR).click()
    alans.keyboard.type("Do you know this, @gra")
    expect(alans.get_by_role("option", name="Grace Hopper")).to_have_attribute("aria-selected", "true")
    assert not violations(alans)
    alans.keyboard.press("Enter")
    alans.keyboard.type("?")
    alans.keyboard.press("Control+Enter")
    expect(alans.locator(".msg.note [data-mention]")).to_have_text("@Grace Hopper")

    expect(page.locator(COUNT)).to_have_text("1")
    toast = page.locator(".toast")
    expect(toast).to_contain_text("Alan Turing mentioned you: The engine rattles")
    page.keyboard.press("g")
    page.keyboard.press("n")
    expect(page.get_by_role("dialog", name="Notifications")).to_contain_text("Do you know this, @Grace Hopper")
    assert not violations(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/agent/tickets/{ticket.number}/**")
    expect(page.locator(".msg.note")).to_contain_text("@Grace Hopper")
    expect(page.locator("#bell[data-unread='0']")).to_be_visible()
    with live_stack.orm():
        assert Mention.objects.get().user == house.grace
        assert Notification.objects.get(kind="mention").read_at


def test_what_happens_on_the_ticket_in_view_is_read_already(
    page: Page, alans: Page, live_stack: LiveStack, house: House, ticket: Ticket
) -> None:
    sign_in(page, live_stack, house.grace).goto(f"{live_stack.url}/agent/tickets/{ticket.number}/")
    expect(page.locator("html[data-live=on]")).to_be_attached()
    alans.locator(EDITOR).click()
    alans.keyboard.type("@grace look ")
    alans.keyboard.press("Control+Enter")
    expect(page.locator(".msg.note [data-mention]")).to_have_text("@Grace Hopper")  # typed, not picked
    expect(page.locator("#bell[data-unread='0']")).to_be_visible()
    expect(page.locator(".toast", has_text="mentioned you")).to_have_count(0)
