"""Somebody writes by the contact form in a real browser, with and without scripts, and by mail it becomes a ticket."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from knowledge_base.models import HelpCentre, Offer, Vote
from knowledge_base.publishing import publish
from knowledge_base.writing import create_article
from tests.e2e.house import furnish, only_mail_out, the_ticket
from tests.e2e.test_accessibility import violations
from tests.stack import LiveStack, wait_until
from tickets.models import ContactForm, ContactRequest

LINK = re.compile(r"/contact/requests/[0-9]+\.[a-z2-7]{16}/")


@pytest.fixture
def article(live_stack: LiveStack) -> str:
    """The address of an article about the engine; beside it a form that asks for the order only if there is one."""
    house = furnish(live_stack)
    with live_stack.orm():
        centre = HelpCentre.objects.create(name="Engines", languages=["en"])
        section = centre.categories.create(texts={"en": {"name": "All"}}).sections.create(
            texts={"en": {"name": "Care"}}
        )
        written = create_article(section, "en", by=house.grace, title="The engine rattles", body="<p>Oil the cogs.</p>")
        publish(written, by=house.grace)
        options = [
            {"value": "shop", "texts": {"en": {"label": "In a shop"}}},
            {"value": "online", "texts": {"en": {"label": "Online"}}},
        ]
        ContactForm.objects.create(
            slug="engines", texts={"en": {"title": "Engines"}}, inbox=house.support, fields=[
                {"key": "bought", "kind": "choice", "texts": {"en": {"label": "Bought"}}, "options": options},
                {"key": "order", "kind": "text", "is_required": True, "texts": {"en": {"label": "Order number"}},
                 "shown_when": {"field": "bought", "is": ["online"]}},
            ],
        )  # fmt: skip
        return f"/hc/en/articles/{written.article_id}-the-engine-rattles/"


def fill(page: Page, live_stack: LiveStack) -> None:
    page.goto(f"{live_stack.url}/contact/")
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("Your e-mail address").fill("ada@example.org")
    page.get_by_label("Subject").fill("The engine rattles at night")
    expect(page.get_by_label("Order number")).to_be_hidden()
    page.get_by_label("Bought").select_option("Online")
    page.get_by_label("Order number").fill("A-1")  # shown by now
    page.get_by_label("How can we help?").fill("It keeps me awake.")


def send(page: Page) -> None:
    """Sooner than three seconds it asks for one more click, as it would of anybody."""

    def is_sent() -> bool:
        with page.expect_navigation():
            page.get_by_role("button", name="Send", exact=True).click()
        return "/contact/sent/" in page.url

    wait_until(is_sent, seconds=20, what="the request on its way")


def test_from_the_form_to_the_ticket(live_stack: LiveStack, page: Page, article: str) -> None:
    fill(page, live_stack)
    offered = page.get_by_role("link", name="The engine rattles")
    expect(offered).to_be_visible()
    assert violations(page) == []
    with page.expect_popup() as popup:
        offered.click()  # what was written is still there afterwards
    expect(popup.value.get_by_role("heading", name="The engine rattles", level=1)).to_be_visible()
    popup.value.close()
    send(page)
    expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
    assert violations(page) == []

    link = LINK.search(only_mail_out(live_stack).get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert link
    page.goto(live_stack.url + link[0])
    assert violations(page) == []
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_role("heading", name="Your request has arrived")).to_be_visible()
    ticket = the_ticket(live_stack)
    with live_stack.orm():
        assert "Order number: A-1" in ticket.messages.get().text
        row = Offer.objects.get()
        assert row.opened_at
        assert row.ticket == ticket.pk  # so it counts for nothing


def test_an_article_solves_it_before_anything_is_sent(live_stack: LiveStack, page: Page, article: str) -> None:
    fill(page, live_stack)
    page.get_by_role("button", name="This solved it").click()
    expect(page.get_by_role("heading", name="Good to hear")).to_be_visible()
    with live_stack.orm():
        assert Offer.objects.get().solved_at
        assert not ContactRequest.objects.exists()


def test_without_scripts_questions_hide_and_articles_come_after_sending(
    live_stack: LiveStack, browser: Browser, article: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    fill(page, live_stack)
    send(page)
    page.get_by_role("button", name="This solved it").click()
    expect(page.get_by_role("heading", name="Good to hear")).to_be_visible()
    context.close()


def test_a_reader_says_why_an_article_did_not_help_without_leaving_it(
    live_stack: LiveStack, page: Page, article: str
) -> None:
    page.goto(live_stack.url + article)
    page.get_by_role("button", name="No", exact=True).click()
    page.get_by_label("It is wrong or out of date").check()
    page.get_by_label("What did you look for?").fill("Which oil?")
    assert violations(page) == []
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Whoever takes care of this article reads it.")).to_be_visible()
    assert article in page.url

    def kept() -> bool:
        with live_stack.orm():
            return Vote.objects.filter(text="Which oil?", is_helpful=False).exists()

    wait_until(kept, seconds=10, what="the vote")
    page.get_by_role("link", name="I still need help").click()
    expect(page.get_by_text("You were reading “The engine rattles”.")).to_be_visible()
