"""A lead on the floor: sees who waits and who talks as it changes, reads along, whispers, takes over."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from helpdesk.accounts.models import Availability, Role, User
from tests.e2e.house import House, furnish, sign_in
from tests.e2e.test_accessibility import violations
from tests.stack import LiveStack, wait_until
from tickets.chat import log
from tickets.chat.starting import start
from tickets.models import Chat, ChatVisitor, ChatWidget, Message, MessageKind

SOON = 20_000  # the floor looks again every five seconds


@pytest.fixture
def house(live_stack: LiveStack) -> Iterator[House]:
    """Grace is online in support; what time does is done by the beat."""
    house = furnish(live_stack)
    with live_stack.orm():
        assert house.support.team
        house.support.team.members.add(house.grace)
        User.objects.filter(pk=house.grace.pk).update(availability=Availability.ONLINE)
        User.objects.create_user("margaret@onethread.test", "demo", name="Margaret Hamilton", role=Role.LEAD)
        ChatWidget.objects.create(name="Shop", inbox=house.support, team=house.support.team, offer_seconds=600)
    live_stack.start("beat")
    yield house
    live_stack.terminate("beat")


@pytest.fixture
def grace(live_stack: LiveStack, house: House, browser: Browser) -> Iterator[Page]:
    """Her console, in a browser of her own."""
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, live_stack, house.grace)
    yield page
    context.close()


def ask(stack: LiveStack, name: str, text: str) -> int:
    with stack.orm():
        widget = ChatWidget.objects.get()
        visitor = ChatVisitor.objects.create(widget=widget, claimed_name=name)
        return start(visitor, text, client_id=uuid4())[0].pk


def test_a_lead_sees_it_all_and_steps_in(live_stack: LiveStack, house: House, page: Page, grace: Page) -> None:
    ada = ask(live_stack, "Ada", "My basket is empty")
    with live_stack.orm():
        margaret = User.objects.get(name="Margaret Hamilton")
    sign_in(page, live_stack, margaret)
    page.goto(f"{live_stack.url}/agent/chats/floor/")
    waiting, talking = page.locator("section", has_text="Who waits"), page.locator("section", has_text="Who talks")
    expect(waiting.locator(".crow")).to_contain_text("offered to Grace Hopper", timeout=SOON)
    ask(live_stack, "Bertrand", "Do you ship to Norway?")
    expect(waiting.locator(".crow")).to_have_count(2, timeout=SOON)

    grace.goto(f"{live_stack.url}/agent/chats/?open={ada}")
    grace.locator(f"#chat-{ada} form[data-chat-act] button", has_text="Take").click()
    expect(grace.locator(f"#chat-{ada} form.cwrite")).to_have_attribute("data-mode", "reply")  # until then: a note
    grace.locator(f"#chat-{ada} textarea").fill("Hello Ada, which browser is it?")
    grace.keyboard.press("Enter")
    expect(talking.locator(".cdesk", has_text="Grace Hopper")).to_contain_text("Ada", timeout=SOON)

    talking.get_by_role("link", name="Ada").click()
    pane = page.locator(f"#chat-{ada}")
    expect(pane).to_contain_text("Hello Ada, which browser is it?")
    expect(pane).to_contain_text("you read along")
    grace.locator(f"#chat-{ada} textarea").fill("And which page?")
    grace.keyboard.press("Enter")
    expect(pane).to_contain_text("And which page?")

    pane.locator("textarea").fill("Offer a refund")
    page.keyboard.press("Enter")
    expect(grace.locator(f"#chat-{ada}")).to_contain_text("Offer a refund")
    with live_stack.orm():
        notes = Message.objects.filter(kind=MessageKind.NOTE).values_list("author_name", "text")
        assert list(notes) == [("Margaret Hamilton", "Offer a refund")]
        assert "refund" not in str(log.read(ada))

    pane.get_by_role("button", name="More").click()
    pane.get_by_role("menuitem", name="Take over").click()

    def is_margarets() -> bool:
        with live_stack.orm():
            return Chat.objects.get(pk=ada).agent_id == margaret.pk

    wait_until(is_margarets, seconds=60, what="the chat is Margaret's")
    expect(talking.locator(".cdesk", has_text="Margaret Hamilton")).to_contain_text("Ada", timeout=SOON)


def test_the_floor_is_for_everybody_who_leads(live_stack: LiveStack, house: House, page: Page) -> None:
    """No violation of WCAG 2.2 AA, wide and on a phone, light and dark."""
    ask(live_stack, "Ada", "My basket is empty")
    with live_stack.orm():
        sign_in(page, live_stack, User.objects.get(name="Margaret Hamilton"))
    page.emulate_media(reduced_motion="reduce")
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{live_stack.url}/agent/chats/floor/")
        expect(page.locator(".crow")).to_be_visible()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert not violations(page), (width, scheme)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
