"""A macro in a real browser: found by /name, its changes wait as chips, both go out together and come back so."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.house import furnish, hand_in, mail, sign_in, the_ticket
from tests.stack import LiveStack
from tickets.automation.macro_upkeep import create_macro, read_actions
from tickets.models import MacroUse, Ticket

EDITOR = "ot-composer [contenteditable=true]"
ACTIONS = [
    {"field": "comment_value_html", "value": "<p>Your money is on its way, {{ticket.requester.first_name}}.</p>"},
    {"field": "comment_mode_is_public", "value": True},
    {"field": "status", "value": "pending"},
    {"field": "current_tags", "value": "refund"},
]


def test_a_macro_is_found_taken_sent_and_taken_back(live_stack: LiveStack, page: Page) -> None:
    house = furnish(live_stack)
    hand_in(live_stack, mail("I want my money back."))
    with live_stack.orm():
        create_macro(house.grace, "Refund", shortcut="ref", actions=read_actions(ACTIONS))
    ticket = the_ticket(live_stack)
    live_stack.terminate("worker")  # so that the seconds in which it can be undone last
    desk = sign_in(page, live_stack, house.grace)
    desk.goto(f"{live_stack.url}/agent/tickets/{ticket.number}/")
    desk.locator(EDITOR).click()

    desk.keyboard.type("/ref")
    expect(desk.locator("#macro-list").get_by_role("option")).to_contain_text(["Refund"])
    desk.keyboard.press("Enter")
    expect(desk.locator(EDITOR)).to_contain_text("Your money is on its way")
    chips = desk.locator("ot-composer .waiting li")
    expect(chips).to_have_count(2)
    chips.filter(has_text="refund").get_by_role("button").click()
    expect(chips).to_have_count(1)
    with live_stack.orm():
        assert Ticket.objects.get(pk=ticket.number).status == "new"  # nothing is changed or sent by taking it
    desk.reload()
    expect(chips).to_have_count(1)

    desk.locator(EDITOR).click()
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".msg.out")).to_contain_text("Your money is on its way")
    with live_stack.orm():
        sent = Ticket.objects.get(pk=ticket.number)
        assert (sent.status, "refund" in sent.tags, MacroUse.objects.count()) == ("pending", False, 1)
    desk.locator(".msg.out").get_by_role("button", name="Undo").click()
    expect(desk.locator(EDITOR)).to_contain_text("Your money is on its way")
    with live_stack.orm():
        assert Ticket.objects.get(pk=ticket.number).status == "open"  # no longer pending: she has read it, that stays
