"""Answering by a messenger in a real browser, with a customer's phone beside it: the demo's simulator and stand-ins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from channels_app.models import Conversation, MessageTemplate, ProviderAccount, ProviderKind
from helpdesk.demo.channels import ACCOUNTS, connected
from tests.e2e.house import House, furnish, sign_in, the_ticket
from tests.stack import LiveStack

EDITOR = "ot-composer [contenteditable=true]"
BODY = {"type": "BODY", "text": "Hello {{1}}, your parcel comes on {{2}}."}


@pytest.fixture
def house(live_stack: LiveStack) -> House:
    return furnish(live_stack)


@pytest.fixture
def number(live_stack: LiveStack, house: House) -> ProviderAccount:
    """On WhatsApp, with a template."""
    with live_stack.orm():
        account = connected(ProviderKind.WHATSAPP, ACCOUNTS[ProviderKind.WHATSAPP], house.support)
        MessageTemplate.objects.create(
            account=account, name="delivery", language="en", components=[BODY], state="approved"
        )
        return account


@pytest.fixture
def phone(live_stack: LiveStack, house: House, number: ProviderAccount, page: Page) -> Iterator[Page]:
    """Ada's: she has written."""
    browser = page.context.browser
    assert browser is not None
    with browser.new_context() as pocket:
        screen = sign_in(pocket.new_page(), live_stack, house.alan)
        screen.goto(f"{live_stack.url}/agent/simulator/?account={number.pk}&key=%2B4915112345678&name=Ada")
        screen.get_by_role("textbox", name="Message").fill("It rattles.")
        screen.get_by_role("button", name="Send", exact=True).click()
        yield screen


@pytest.fixture
def desk(live_stack: LiveStack, house: House, phone: Page, page: Page) -> Page:
    ticket = the_ticket(live_stack)
    sign_in(page, live_stack, house.grace).goto(f"{live_stack.url}/agent/tickets/{ticket.number}/")
    page.locator(EDITOR).wait_for()
    return page


def test_words_go_there_and_come_to_be_read(desk: Page, phone: Page) -> None:
    expect(desk.locator("#waynote")).to_contain_text("after that choose a template")
    desk.locator(EDITOR).click()
    desk.keyboard.type("Oil it.")
    expect(desk.locator(".ways .count")).to_have_text("7/4096")
    desk.keyboard.press("Control+Enter")
    ours = desk.locator(".msg.out").last
    expect(ours.locator(".state")).to_contain_text("Sent")
    expect(phone.locator(".simsaid").last).to_contain_text("Oil it.")
    phone.locator(".simsaid").last.get_by_role("button", name="Read").click()
    expect(ours.locator(".state")).to_contain_text("Read")
    phone.locator(".simsaid").last.get_by_role("button", name="👍").click()
    expect(ours.locator(".reactions")).to_contain_text("👍")


def test_only_a_template_once_the_window_is_over(desk: Page, phone: Page, live_stack: LiveStack) -> None:
    with live_stack.orm():
        Conversation.objects.update(last_inbound_at=timezone.now() - timedelta(hours=25))
    desk.reload()
    expect(desk.locator("#waynote")).to_have_text("Only a template can be sent now.")
    desk.get_by_label("Template", exact=True).select_option("delivery|en")
    desk.get_by_label("{{1}}").fill("Ada")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".cerror")).to_contain_text("Fill in {{2}}.")
    desk.get_by_label("{{2}}").fill("Tuesday")
    desk.reload()
    expect(desk.locator(".tpreview:visible")).to_have_text("Hello Ada, your parcel comes on Tuesday.")
    desk.get_by_role("button", name="Send", exact=True).click()
    expect(desk.locator(".msg.out").last.locator(".state")).to_contain_text("Sent")
    expect(desk.locator(".tpreview:visible")).to_have_count(0)
    expect(phone.locator(".simsaid").last).to_contain_text("Hello Ada, your parcel comes on Tuesday.")

    phone.get_by_role("textbox", name="Message").fill("Fine.")
    phone.get_by_role("button", name="Send", exact=True).click()
    expect(desk.locator("#waynote")).to_contain_text("Open for 23 hrs")
    expect(desk.locator(EDITOR)).to_be_visible()


def test_a_template_that_is_taken_back_is_there_again(desk: Page, live_stack: LiveStack) -> None:
    live_stack.terminate("worker")  # so that the second in which it can be undone lasts
    desk.get_by_role("link", name="Use a template").click()
    desk.get_by_label("Template", exact=True).select_option("delivery|en")
    desk.get_by_label("{{1}}").fill("Ada")
    desk.get_by_label("{{2}}").fill("Tuesday")
    desk.get_by_role("button", name="Send", exact=True).click()
    desk.locator(".msg.out").get_by_role("button", name="Undo").click()
    expect(desk.get_by_label("{{2}}")).to_have_value("Tuesday")
    expect(desk.locator(".msg.out")).to_contain_text("never sent")
    desk.get_by_role("button", name="Own words instead").click()
    expect(desk.locator(EDITOR)).to_have_text("")
