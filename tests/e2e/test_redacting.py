"""Redacting in a real browser: words are selected with the pointer, the dialog brings them, the page shows ▇▇▇."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.house import furnish, hand_in, mail, sign_in, the_ticket
from tests.stack import LiveStack
from tickets.models import Message

SELECT = """(_element, words) => {
  const text = document.querySelector('.msg .words').firstChild
  const node = text.nodeType === 3 ? text : document.createTreeWalker(text, NodeFilter.SHOW_TEXT).nextNode()
  const start = node.data.indexOf(words)
  getSelection().setBaseAndExtent(node, start, node, start + words.length)
}"""


def test_words_are_selected_and_redacted(live_stack: LiveStack, page: Page) -> None:
    house = furnish(live_stack)
    hand_in(live_stack, mail("My card is 4111 1111 1111 1111, it rattles."))
    ticket = the_ticket(live_stack)
    desk = sign_in(page, live_stack, house.grace)
    desk.goto(f"{live_stack.url}/agent/tickets/{ticket.number}/")
    expect(desk.locator(".msg .notice")).to_contain_text("number of a payment card")

    desk.locator(".msg .words").first.evaluate(SELECT, "4111 1111 1111 1111")
    desk.locator("button.redactpill").click()
    dialog = desk.locator("#redact")
    expect(dialog.get_by_label("Words to take out")).to_have_value("4111 1111 1111 1111")
    dialog.get_by_role("button", name="Redact for good").click()
    expect(dialog).not_to_be_visible()
    expect(desk.locator(".msg .words").first).to_have_text("My card is ▇▇▇, it rattles.")
    expect(desk.locator("#thread .ev", has_text="redacted 1 passage")).to_be_visible()
    expect(desk.locator(".msg .notice")).to_have_count(0)
    with live_stack.orm():
        assert Message.objects.get().text.strip() == "My card is ▇▇▇, it rattles."
