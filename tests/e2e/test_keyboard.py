"""Hands on the keyboard, in a real browser: everything by key, and a wrong one loses nothing."""

from __future__ import annotations

import random

from playwright.sync_api import Page, expect

from tests.e2e.house import furnish, hand_in, mail, sign_in, the_ticket
from tests.stack import LiveStack
from tickets.models import Ticket, TicketEvent

KEYS = [*"abcdefghijklmnopqrstuvwxyz/[].,?", "Enter", "Escape", "ArrowDown", "ArrowUp", "Shift+J", "F2"]
LOSES = {"message.received", "reply.added", "note.added"}  # words that would have left the house


def at_the_ticket(page: Page, stack: LiveStack) -> Ticket:
    house = furnish(stack)
    hand_in(stack, mail("It rattles when it multiplies."))
    ticket = the_ticket(stack)
    sign_in(page, stack, house.grace)
    page.goto(f"{stack.url}/agent/tickets/{ticket.pk}/")
    page.locator("ot-composer .tiptap").wait_for()
    return ticket


def test_the_palette_changes_the_open_ticket(page: Page, live_stack: LiveStack) -> None:
    ticket = at_the_ticket(page, live_stack)
    page.keyboard.press("Control+k")
    page.keyboard.type("assign alan")
    expect(page.locator("#palette-list [aria-selected=true]")).to_contain_text("Assign to Alan Turing")
    page.keyboard.press("Enter")
    expect(page.locator("#props")).to_contain_text("Alan Turing")
    page.keyboard.press("Control+k")
    page.keyboard.type("tag gear")
    expect(page.locator("#palette-list [aria-selected=true]")).to_contain_text("Add tag gear")
    page.keyboard.press("Enter")
    expect(page.locator("#props .tag").first).to_contain_text("gear")
    with live_stack.orm():
        ticket.refresh_from_db()
        assert (str(ticket.assignee), ticket.tags) == ("Alan Turing", ["gear"])


def test_one_key_solves_and_one_takes_that_back(page: Page, live_stack: LiveStack) -> None:
    ticket = at_the_ticket(page, live_stack)
    page.locator("#conv .scroll").first.focus()
    page.keyboard.press("e")
    expect(page.locator(".toast")).to_contain_text("Solved")
    page.keyboard.press("z")
    expect(page.locator(".toast").filter(has_text="Taken back")).to_be_visible()
    with live_stack.orm():
        ticket.refresh_from_db()
        assert ticket.status == "open"


def test_a_moved_key_acts_and_its_old_place_does_not(page: Page, live_stack: LiveStack) -> None:
    ticket = at_the_ticket(page, live_stack)
    page.goto(f"{live_stack.url}/agent/profile/keys/")
    page.get_by_label("Solve, or open again").fill("q")
    page.get_by_role("button", name="Save").click()
    page.goto(f"{live_stack.url}/agent/tickets/{ticket.pk}/")
    page.locator("ot-composer .tiptap").wait_for()
    page.locator("#conv .scroll").first.focus()
    page.keyboard.press("e")
    page.keyboard.press("q")
    expect(page.locator(".toast")).to_contain_text("Solved")
    with live_stack.orm():
        assert TicketEvent.objects.filter(ticket=ticket, kind="status.changed").count() == 1


def test_random_keys_lose_no_word_and_send_nothing(page: Page, live_stack: LiveStack) -> None:
    ticket = at_the_ticket(page, live_stack)
    page.locator("ot-composer .tiptap").click()
    page.keyboard.type("We look into it at once")
    expect(page.locator("ot-composer .saved")).to_contain_text("Draft saved")
    with live_stack.orm():
        before = set(TicketEvent.objects.values_list("pk", flat=True))
    page.keyboard.press("Escape")
    chance = random.Random(3)
    for _ in range(60):
        # Blind presses, wherever the focus has got to; what a dialog or the editor takes is its business.
        page.keyboard.press(chance.choice(KEYS))
    page.goto(f"{live_stack.url}/agent/tickets/{ticket.pk}/")
    expect(page.locator("ot-composer .tiptap")).to_contain_text("We look into it at once")
    with live_stack.orm():
        new = TicketEvent.objects.exclude(pk__in=before)
        assert not LOSES & set(new.values_list("kind", flat=True))
        ticket.refresh_from_db()
        assert ticket.subject == "The engine rattles"
