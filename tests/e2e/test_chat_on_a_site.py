"""What a site and its agents do with the chat on a page: speak to visitors, count what they buy, say who they are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from helpdesk.accounts.models import Availability, Team, User
from tests.e2e.house import House, furnish, sign_in
from tests.stack import LiveStack, wait_until
from tickets.chat.keys import create_key
from tickets.models import Asked, ChatInvitation, ChatWidget, Invited, KeyAlgorithm

OPEN_ROOTS = """const attach = Element.prototype.attachShadow
Element.prototype.attachShadow = function () { return attach.call(this, { mode: 'open' }) }"""


@pytest.fixture
def house(live_stack: LiveStack) -> House:
    house = furnish(live_stack)
    with live_stack.orm():
        User.objects.filter(pk=house.grace.pk).update(availability=Availability.ONLINE)
        house.grace.teams.add(*Team.objects.all())
    return house


@pytest.fixture
def widget(live_stack: LiveStack, house: House) -> ChatWidget:
    with live_stack.orm():
        return ChatWidget.objects.create(
            name="Shop", inbox=house.support, team=house.support.team, languages=["en"], watches_visitors=True,
            asks_name=Asked.NO, asks_email=Asked.NO, texts={"en": {"greeting": "Hello from us!"}},
        )  # fmt: skip


@pytest.fixture
def grace(live_stack: LiveStack, house: House, browser: Browser) -> Iterator[Page]:
    """Her workspace, in a browser of her own."""
    context = browser.new_context()
    yield sign_in(context.new_page(), live_stack, house.grace)
    context.close()


def shop(page: Page, live_stack: LiveStack) -> Frame:
    page.goto(f"{live_stack.url}/widget/demo/")
    frame: Frame = wait_until(
        lambda: page.evaluate("1") and next((one for one in page.frames if "/widget/frame/" in one.url), None),
        what="the panel’s frame, which watches unasked",
    )
    expect(frame.locator("body")).to_have_attribute("data-net", "on")
    return frame


def test_an_agent_speaks_to_somebody_who_looks_at_a_page(
    live_stack: LiveStack, widget: ChatWidget, page: Page, grace: Page
) -> None:
    page.add_init_script(OPEN_ROOTS)
    frame = shop(page, live_stack)
    grace.goto(f"{live_stack.url}/agent/visitors/")
    grace.get_by_text("Invite", exact=True).click()
    grace.get_by_label("What the visitor reads").fill("Is it the Heron or the Wren?")
    grace.get_by_role("button", name="Send").click()
    asked = page.get_by_role("status").get_by_text("Is it the Heron or the Wren?")
    expect(asked).to_contain_text("Grace Hopper")
    asked.click()
    # What was asked is where the greeting would be: the answer to it makes sense.
    expect(frame.get_by_role("log")).to_have_text("Is it the Heron or the Wren?")
    frame.get_by_role("textbox", name="Message").fill("The Wren")
    frame.get_by_role("textbox", name="Message").press("Enter")
    expect(frame.get_by_text("You are next.")).to_be_visible()
    expect(frame.get_by_role("log")).to_contain_text("Is it the Heron or the Wren?")


def test_a_purchase_that_the_next_page_tells_at_once_is_counted(
    live_stack: LiveStack, widget: ChatWidget, page: Page
) -> None:
    with live_stack.orm():
        ChatInvitation.objects.create(
            widget=widget, name="All", goal="purchase", conditions={},
            variants=[{"key": "a", "weight": 1, "texts": {"en": {"text": "May we help?"}}}],
        )  # fmt: skip
    shop(page, live_stack)

    def invited() -> Invited | None:
        with live_stack.orm():
            return Invited.objects.first()

    wait_until(invited, what="the invitation shown")
    page.add_init_script("window.Onethread = Object.assign(() => 0, { q: [['goal', 'purchase', 12]] })")
    page.reload()  # as a page of thanks does, long before the chat is there
    wait_until(lambda: page.evaluate("1") and (row := invited()) and row.goal_value == 12, what="the goal")


def test_what_is_wrong_with_a_token_is_told_to_who_builds_the_site(
    live_stack: LiveStack, widget: ChatWidget, page: Page
) -> None:
    with live_stack.orm():
        create_key(widget, KeyAlgorithm.HS256)
    warnings: list[str] = []
    page.on("console", lambda message: warnings.append(message.text))
    frame = shop(page, live_stack)
    page.evaluate("Onethread.identify({ token: 'none' })")
    page.evaluate("Onethread.open()")
    wait_until(lambda: page.evaluate("1") and "This is no token" in "".join(warnings), what="the reason")
    expect(frame.get_by_role("textbox", name="Message")).to_be_focused()
    expect(frame.get_by_role("alert")).to_have_count(0)
