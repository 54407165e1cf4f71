"""Many tickets changed at once, from the keyboard and with the pointer, in a real browser with a real worker."""

import re

from playwright.sync_api import Page, expect

from customers.actors import Actor
from customers.identify import identify
from tests.cast import open_for
from tests.e2e.house import House, furnish, sign_in
from tests.e2e.test_accessibility import COLOURS, violations
from tests.stack import LiveStack
from tickets.models import Ticket
from tickets.services import change_status


def with_tickets(stack: LiveStack, number: int = 4) -> House:
    house = furnish(stack)
    with stack.orm():
        ada = identify("email", "ada@example.org", name="Ada Lovelace").customer
        tickets = [open_for(ada, house.support, f"Question {n}") for n in range(number)]
        for status in ("solved", "closed"):
            change_status(tickets[0], status, actor=Actor.agent(house.alan))
    return house


def test_two_tickets_are_solved_without_touching_the_mouse(live_stack: LiveStack, page: Page) -> None:
    house = with_tickets(live_stack)
    sign_in(page, live_stack, house.grace).goto(f"{live_stack.url}/agent/?view=unassigned")
    expect(page.locator("html")).to_have_attribute("data-live", "on")
    page.keyboard.press("j")
    expect(page.locator("#conv")).to_be_visible()  # moving opens the ticket
    page.keyboard.press("x")
    page.keyboard.press("Shift+J")
    expect(page.locator(".bulkbar [data-count]")).to_have_text("2 selected")
    page.keyboard.type("bs")
    expect(page.locator("#bulk-status")).to_be_visible()
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    expect(page.locator(".jobcard [role=status]")).to_have_text("2 of 2 tickets changed")
    expect(page.locator(".ti")).to_have_count(1)
    expect(page.locator(".bulkbar")).to_be_hidden()
    expect(page.locator("#thread")).to_contain_text("Bulk edit of 2 tickets by Grace Hopper")
    with live_stack.orm():
        assert Ticket.objects.filter(status="solved").count() == 2


def test_a_whole_list_is_changed_in_several_ways_and_says_what_was_refused(live_stack: LiveStack, page: Page) -> None:
    house = with_tickets(live_stack)
    sign_in(page, live_stack, house.grace).goto(f"{live_stack.url}/agent/?view=all")
    page.locator(".ti").first.hover()
    page.locator(".ti .pick").first.click()
    page.locator(".ti .pick").last.click(modifiers=["Shift"])
    expect(page.locator(".bulkbar [data-count]")).to_have_text("4 selected")
    page.get_by_role("button", name="More changes").click()
    dialog = page.get_by_role("dialog", name="Change 4 tickets")
    dialog.get_by_label("Priority").select_option("high")
    dialog.get_by_label("Add tags").fill("storm, refund")
    expect(dialog.get_by_role("status")).to_have_text(
        "Change 4 tickets: set the priority to High; add the tags storm, refund."
    )
    dialog.get_by_role("button", name="Change 4 tickets").click()
    card = page.locator(".jobcard")
    expect(card.get_by_role("status")).to_have_text("3 of 4 tickets changed · 1 refused")
    card.get_by_text("Which were refused").click()
    expect(card.locator(".refusals")).to_have_text(re.compile(r"#1001.*closed", re.DOTALL))
    page.keyboard.press("Control+a")
    page.keyboard.press("Escape")
    expect(page.locator(".bulkbar")).to_be_hidden()
    page.goto(f"{live_stack.url}/agent/bulk/")
    page.get_by_text("Set the priority to High").click()
    expect(page.locator("table")).to_contain_text("This ticket is closed")
    with live_stack.orm():
        assert Ticket.objects.filter(priority="high", tags=["storm", "refund"]).count() == 3


def test_everybody_can_use_it(live_stack: LiveStack, page: Page) -> None:
    """axe finds nothing in the bar, the dialog, the card and the pages, wide and on a phone, in light and dark."""
    house = with_tickets(live_stack)
    page.emulate_media(reduced_motion="reduce")
    sign_in(page, live_stack, house.grace)
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(f"{live_stack.url}/agent/?view=all")
        page.locator(".ti .pick").first.press("Space")
        expect(page.locator(".bulkbar")).to_be_visible()
        found = in_both_schemes(page)
        page.get_by_role("button", name="Add a note to all").click()
        page.get_by_label("Write on every ticket").fill("We are on it.")
        expect(page.locator(".bulksays")).to_be_visible()
        found += in_both_schemes(page)
        page.get_by_role("button", name="Change 1 ticket").click()
        expect(page.locator(".jobcard [role=status]")).not_to_be_empty()
        found += in_both_schemes(page)
        for path in ("/agent/bulk/", "/agent/bulk/1/"):
            page.goto(live_stack.url + path)
            found += in_both_schemes(page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways"
        assert not found, f"at {width} px"


def in_both_schemes(page: Page) -> list[str]:
    page.emulate_media(color_scheme="light")
    found = violations(page)
    page.emulate_media(color_scheme="dark")
    return found + [f"dark: {broken}" for broken in violations(page, COLOURS)]
