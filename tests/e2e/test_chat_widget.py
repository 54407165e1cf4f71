"""A visitor on somebody else's page, in a real browser: talks, loses the connection, comes back, and loses nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Frame, Page, expect

from helpdesk.accounts.calendar_changes import create_calendar
from helpdesk.accounts.models import Availability, Team, User
from tests.e2e.hosts import somebodys_page
from tests.e2e.house import House, furnish
from tests.e2e.test_accessibility import AXE, RULES
from tests.stack import LiveStack, wait_until
from tickets.chat import life, log
from tickets.models import (
    Asked,
    Chat,
    ChatInvitation,
    ChatWidget,
    EndedBy,
    Invited,
    Message,
    Rating,
    Said,
    Ticket,
)
from tickets.realtime import valkey

NO_SOCKETS = """window.WebSocket = class { constructor() { setTimeout(() => this.onclose?.(), 5) } close() {} }"""


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
            name="Shop", inbox=house.support, team=house.support.team, languages=["en", "de"],
            asks_name=Asked.NO, asks_email=Asked.NO, texts={"en": {"title": "Engines", "greeting": "Hello from us!"}},
        )  # fmt: skip


@pytest.fixture
def shop(live_stack: LiveStack, widget: ChatWidget) -> Iterator[str]:
    """Somebody's page, on which the chat may stand."""
    with somebodys_page(live_stack.url, widget.key) as address:
        with live_stack.orm():
            ChatWidget.objects.filter(pk=widget.pk).update(origins=[address.rstrip("/")])
        yield address


def panel(page: Page, shop: str) -> Frame:
    """Open, and connected."""
    page.goto(shop)
    wait_until(lambda: page.evaluate("typeof Onethread") == "function", what="the loader")
    page.evaluate("Onethread.open()")
    return opened(page)


def opened(page: Page) -> Frame:
    frame: Frame = wait_until(
        lambda: page.evaluate("1") and next((one for one in page.frames if "/widget/frame/" in one.url), None),
        what="the panel’s frame",
    )
    expect(frame.locator("body")).to_have_attribute("data-net", "on")
    return frame


def write(frame: Frame, text: str) -> None:
    frame.get_by_role("textbox", name="Message").fill(text)
    frame.get_by_role("textbox", name="Message").press("Enter")


def the_chat(stack: LiveStack) -> Chat:
    def found() -> Chat | None:
        with stack.orm():
            return Chat.objects.order_by("-pk").first()

    chat: Chat = wait_until(found, what="a chat")
    return chat


@pytest.fixture(autouse=True)
def _one_wire(live_stack: LiveStack, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is said here is told by the Valkey of the running processes."""
    monkeypatch.setattr(settings, "REDIS_URL", live_stack.valkey.url)
    valkey.cache_clear()
    yield
    valkey.cache_clear()


def says(stack: LiveStack, chat: Chat, agent: User, text: str) -> None:
    with stack.orm():
        log.say(chat, Said.AGENT, text, author=agent, name=agent.name)


def said(stack: LiveStack) -> list[str]:
    """As it is read: words that are settled lie on the ticket."""
    with stack.orm():
        chats = Chat.objects.order_by("pk").values_list("pk", flat=True)
        return [line.text for chat in chats for line in log.read(chat) if line.said != Said.EVENT]


def broken_rules(frame: Frame) -> list[str]:
    frame.evaluate(AXE.read_text())
    found = frame.evaluate("rules => axe.run({ runOnly: rules }).then(result => result.violations)", RULES)
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def test_a_visitor_talks_with_an_agent_on_a_page_that_does_its_worst(
    live_stack: LiveStack, house: House, page: Page, shop: str
) -> None:
    page.goto(shop)
    before = set(page.evaluate("Object.keys(window)"))
    frame = panel(page, shop)
    expect(frame.get_by_text("Hello from us!")).to_be_visible()
    assert set(page.evaluate("Object.keys(window)")) - before <= {"Onethread"}
    assert page.evaluate("document.cookie") == ""
    assert not page.context.cookies()
    assert frame.evaluate("innerWidth") == 392  # the host's styles reach neither the frame nor what is in it
    assert frame.locator("h1").evaluate("one => getComputedStyle(one).color") == "rgb(255, 255, 255)"
    assert broken_rules(frame) == []

    write(frame, "Does it <b>rattle</b>? See https://example.org/engine.")
    expect(frame.get_by_text("You are next.")).to_be_visible()
    expect(frame.get_by_role("link", name="https://example.org/engine")).to_have_attribute(
        "rel", "noopener noreferrer nofollow ugc"
    )
    assert broken_rules(frame) == []
    chat = the_chat(live_stack)
    with live_stack.orm():
        chat = life.accept(chat, house.grace)
    expect(frame.get_by_text("You are talking to Grace Hopper.")).to_be_visible()
    says(live_stack, chat, house.grace, "It does. Oil the cogs.")
    with live_stack.orm():
        life.end(chat, EndedBy.AGENT, user=house.grace)
    frame = panel(page, shop)  # what was said is there after a return
    expect(frame.get_by_role("log")).to_contain_text("Oil the cogs.")
    frame.get_by_role("button", name="Good", exact=True).click()
    frame.get_by_role("textbox", name="What should we know?").fill("Quick")
    assert broken_rules(frame) == []
    frame.get_by_role("button", name="Send", exact=True).first.click()
    expect(frame.get_by_text("Thank you for telling us.")).to_be_visible()
    with live_stack.orm():
        assert Rating.objects.get().comment == "Quick"
    write(frame, "One more thing")
    wait_until(lambda: "One more thing" in said(live_stack), what="the next chat")


def test_what_is_written_without_a_connection_arrives_once_and_the_log_is_there_after_a_reload(
    live_stack: LiveStack, house: House, page: Page, context: BrowserContext, shop: str
) -> None:
    frame = panel(page, shop)
    write(frame, "one")
    wait_until(lambda: said(live_stack) == ["one"], what="the first line")
    expect(frame.get_by_text("You are next.")).to_be_visible()
    context.set_offline(True)
    expect(frame.get_by_text("You are offline.")).to_be_visible()
    write(frame, "two")
    write(frame, "three")
    expect(frame.get_by_text("Waits to be sent")).to_have_count(2)
    assert broken_rules(frame) == []
    context.set_offline(False)
    wait_until(lambda: said(live_stack) == ["one", "two", "three"], seconds=60, what="what was written offline")
    expect(frame.get_by_text("Waits to be sent")).to_have_count(0)

    live_stack.kill("web")
    write(frame, "four")
    expect(frame.get_by_text("Reconnecting…")).to_be_visible()
    page.reload()  # even that loses nothing
    live_stack.start("web")
    frame = panel(page, shop)
    wait_until(
        lambda: said(live_stack) == ["one", "two", "three", "four"],
        seconds=60,
        what="what was written while it was away",
    )
    expect(frame.locator(".line.me .bubble")).to_have_text(["one", "two", "three", "four"])
    chat = the_chat(live_stack)

    def on_ticket() -> bool:
        with live_stack.orm():
            return "four" in "".join(Message.objects.filter(ticket__chats=chat).values_list("text", flat=True))

    live_stack.start("beat")  # which has the words of chats put on their tickets
    wait_until(on_ticket, seconds=90, what="the words on the ticket")
    live_stack.terminate("beat")


def test_where_no_socket_comes_through_it_polls(
    live_stack: LiveStack, house: House, page: Page, context: BrowserContext, shop: str
) -> None:
    context.add_init_script(NO_SOCKETS)
    frame = panel(page, shop)
    write(frame, "Hello?")
    expect(frame.get_by_text("You are next.")).to_be_visible(timeout=60_000)
    write(frame, "Anybody?")
    wait_until(lambda: said(live_stack) == ["Hello?", "Anybody?"], seconds=60, what="the lines")
    chat = the_chat(live_stack)
    with live_stack.orm():
        chat = life.accept(chat, house.grace)
    says(live_stack, chat, house.grace, "Yes.")  # told in another house: the next poll finds it
    expect(frame.get_by_role("log")).to_contain_text("Yes.", timeout=60_000)
    expect(frame.locator(".line.me .bubble")).to_have_text(["Hello?", "Anybody?"])


def test_when_nobody_is_there_words_and_answers_become_a_ticket(
    live_stack: LiveStack, house: House, page: Page, shop: str, widget: ChatWidget
) -> None:
    with live_stack.orm():
        never = create_calendar("Never", time_zone="Europe/Berlin", week=[(0, 1)])
        question = {"key": "order", "kind": "text", "is_required": True, "texts": {"en": {"label": "Order number"}}}
        ChatWidget.objects.filter(pk=widget.pk).update(calendar=never, fields=[question])
    frame = panel(page, shop)
    expect(frame.get_by_role("heading", name="Leave us a message")).to_be_visible()
    write(frame, "It rattles.")
    expect(frame.get_by_text("Please fill this in.")).to_have_count(2)
    expect(frame.get_by_label("Your e-mail address")).to_be_focused()
    assert broken_rules(frame) == []
    frame.get_by_label("Your e-mail address").fill("ada@example.org")
    frame.get_by_label("Order number").fill("A-1")
    frame.get_by_role("button", name="Send", exact=True).click()
    expect(frame.get_by_text("we answer to ada@example.org")).to_be_visible()
    with live_stack.orm():
        text = Ticket.objects.get().messages.get().text
    assert "It rattles." in text
    assert "A-1" in text


def test_a_site_that_is_not_allowed_shows_no_chat(live_stack: LiveStack, page: Page, widget: ChatWidget) -> None:
    warnings: list[str] = []
    page.on("console", lambda message: warnings.append(message.text))
    with somebodys_page(live_stack.url, widget.key) as address:
        page.goto(address)
        wait_until(
            lambda: page.evaluate("1") and "is not among the sites" in "".join(warnings),
            what="the reason in the console",
        )
        page.evaluate(
            "src => { const frame = document.createElement('iframe'); frame.src = src; document.body.append(frame) }",
            f"{live_stack.url}/widget/frame/?key={widget.key}",
        )
        wait_until(lambda: page.evaluate("1") and "frame-ancestors" in "".join(warnings), what="the browser’s refusal")


def test_an_abandoned_basket_is_asked_about_once_and_a_purchase_is_counted(
    live_stack: LiveStack, page: Page, widget: ChatWidget
) -> None:
    with live_stack.orm():
        ChatInvitation.objects.create(
            widget=widget, name="Checkout", goal="purchase", conditions={"page": "step=checkout", "basket": 200},
            variants=[{"key": "a", "weight": 1, "texts": {"en": {"text": "Is anything unclear?"}}}],
        )  # fmt: skip
    page.goto(f"{live_stack.url}/widget/demo/")
    page.locator("[data-sku=HE-3] [data-add]").click()
    page.get_by_role("link", name="Basket").click()
    page.get_by_role("link", name="Go to checkout").click()

    def invited() -> Invited | None:
        with live_stack.orm():
            return Invited.objects.first()

    wait_until(invited, what="the invitation shown")
    page.get_by_label("Name", exact=True).fill("Ada")
    page.get_by_label("Street").fill("Mill 1")
    page.get_by_label("Town").fill("Haarlem")
    page.get_by_role("button", name="Order now").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()

    def counted() -> bool:
        row = invited()
        return bool(row and row.goal_at and row.goal_value == 249)

    wait_until(counted, what="the goal")
