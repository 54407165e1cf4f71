"""A customer's own pages in a browser without scripts: a link by mail, reading, answering, solving, rating."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from customers.actors import Actor
from tests.e2e.house import furnish, hand_in, mail, the_ticket
from tests.e2e.test_accessibility import in_both_schemes, violations
from tests.stack import LiveStack, wait_until
from tickets.models import Message, Rating, Ticket
from tickets.services import add_reply


def link_in(stack: LiveStack) -> str:
    """What the mail says whose link signs in."""
    mails: list[Path] = wait_until(lambda: list((stack.var / "outbox").glob("s.*.eml")), seconds=30, what="a link")
    body = message_from_bytes(mails[-1].read_bytes(), policy=policy.default).get_body(("plain",))
    assert body is not None
    found = re.search(r"https?://[^/]+(/requests/sign-in/\S+)", body.get_content())
    assert found
    return stack.url + found[1]


def signed_in(page: Page, stack: LiveStack) -> Page:
    page.goto(f"{stack.url}/requests/")
    page.get_by_label("Your e-mail address").fill("ada@example.org")
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_role("status")).to_contain_text("ada@example.org")
    page.goto(link_in(stack))
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/requests/")
    return page


def answered(stack: LiveStack) -> Ticket:
    house = furnish(stack)
    hand_in(stack, mail("It rattles when it multiplies."))
    ticket = the_ticket(stack)
    with stack.orm():
        add_reply(ticket, "<p>Oil the <b>third</b> wheel.</p>", actor=Actor.agent(house.grace))
        Message.objects.exclude(author_role="").update(delivery_state="sent")
    return ticket


@pytest.fixture
def scriptless(page: Page) -> BrowserContext:
    browser = page.context.browser
    assert browser is not None
    return browser.new_context(java_script_enabled=False)


def test_from_the_link_to_the_rating_without_a_script(live_stack: LiveStack, scriptless: BrowserContext) -> None:
    ticket = answered(live_stack)
    page = signed_in(scriptless.new_page(), live_stack)
    page.get_by_role("link", name="The engine rattles").click()
    expect(page.locator(".said")).to_contain_text("Oil the third wheel.")
    page.get_by_label("Your message").fill("Which one is the third?")
    page.get_by_label("Files").set_input_files({"name": "wheel.txt", "mimeType": "text/plain", "buffer": b"cogs"})
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Your message is with us.")
    expect(page.get_by_role("link", name="wheel.txt")).to_be_visible()
    page.get_by_role("button", name="It is solved").click()
    page.get_by_label("Would you tell us why?").fill("Quick!")
    page.get_by_role("button", name="Good").click()
    expect(page.get_by_role("status")).to_have_text("Thank you for telling us.")
    with live_stack.orm():
        assert Ticket.objects.get(pk=ticket.pk).status == "solved"
        assert [(each.score, each.comment) for each in Rating.objects.all()] == [("good", "Quick!")]
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{live_stack.url}/requests/{ticket.pk}/")
    expect(page.get_by_label("Your e-mail address")).to_be_visible()


def test_everybody_can_use_it(live_stack: LiveStack, page: Page) -> None:
    ticket = answered(live_stack)
    page.emulate_media(reduced_motion="reduce")
    found = in_both_schemes(page, f"{live_stack.url}/requests/sign-in/")
    signed_in(page, live_stack)
    one = f"{live_stack.url}/requests/{ticket.pk}/"
    for path in (f"{live_stack.url}/requests/", f"{live_stack.url}/requests/?q=unicorn", one):
        found += in_both_schemes(page, path)
    page.locator("button", has_text="It is solved").click()
    page.wait_for_url("**done=solved**")
    found += in_both_schemes(page, one)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(one)
    found += violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not found
