"""The main job on real parts: a mail in, an answer from the browser, the answer out, the customer's answer back."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.house import answer_to, furnish, hand_in, mail, only_mail_out, sign_in, the_ticket
from tests.stack import LiveStack
from tickets.models import Message, Ticket

RATTLE = "It rattles when it multiplies."


def composer(page: Page) -> None:
    """Wait until the rich editor is there, so that typing goes where a person's would."""
    page.locator("ot-composer [contenteditable=true]").wait_for()


def write(page: Page, words: str) -> None:
    composer(page)
    page.locator("ot-composer [contenteditable=true]").click()
    page.keyboard.type(words)


def test_a_mail_becomes_a_ticket_and_the_answer_comes_back_to_it(live_stack: LiveStack, page: Page) -> None:
    house = furnish(live_stack)
    sign_in(page, live_stack, house.grace).goto(f"{live_stack.url}/agent/?view=unassigned")
    expect(page.locator("html")).to_have_attribute("data-live", "on")
    hand_in(live_stack, mail(RATTLE))

    row = page.locator(".ti", has_text="The engine rattles")
    row.wait_for()  # it came by itself: nobody reloaded
    row.click()
    expect(page.locator(".thread")).to_contain_text(RATTLE)
    write(page, "Oil the third wheel.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg.out")).to_contain_text("Oil the third wheel.")

    sent = only_mail_out(live_stack)
    assert sent["To"] == "Ada Lovelace <ada@example.org>"
    assert sent["Subject"] == "Re: The engine rattles"
    body = sent.get_body(("plain",))
    assert body is not None
    assert "Oil the third wheel." in body.get_content()

    write(page, "A second thought, not sent yet")
    hand_in(live_stack, answer_to(sent, "That helped, thank you!"))
    expect(page.locator(".thread")).to_contain_text("That helped, thank you!")
    expect(page.locator("ot-composer [contenteditable=true]")).to_have_text("A second thought, not sent yet")
    the_ticket(live_stack, messages=3)


def test_words_survive_a_reload_and_a_colleagues_update(live_stack: LiveStack, page: Page) -> None:
    house = furnish(live_stack)
    hand_in(live_stack, mail(RATTLE))
    ticket = the_ticket(live_stack)
    sign_in(page, live_stack, house.grace).goto(f"{live_stack.url}/agent/tickets/{ticket.number}/")
    write(page, "Half a thought")
    expect(page.locator(".saved")).to_have_text(re.compile("saved", re.IGNORECASE))
    page.reload()
    expect(page.locator("ot-composer [contenteditable=true]")).to_have_text("Half a thought")


def test_two_agents_see_each_other_and_the_second_is_warned(live_stack: LiveStack, page: Page) -> None:
    house = furnish(live_stack)
    hand_in(live_stack, mail(RATTLE))
    ticket = the_ticket(live_stack)
    address = f"{live_stack.url}/agent/tickets/{ticket.number}/"
    sign_in(page, live_stack, house.grace).goto(address)
    browser = page.context.browser
    assert browser is not None
    with browser.new_context() as other:
        alans = sign_in(other.new_page(), live_stack, house.alan)
        alans.goto(address)
        expect(page.locator("ot-presence").first).to_contain_text(re.compile("Alan|AT"))
        write(alans, "I have it")
        expect(page.locator("ot-presence", has_text="Alan").first).to_be_visible()
        write(page, "Me too")
        alans.keyboard.press("Control+Enter")
        expect(alans.locator(".msg.out")).to_contain_text("I have it")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("region", name="What is new")).to_contain_text("I have it")
        expect(page.locator("ot-composer [contenteditable=true]")).to_have_text("Me too")
    with live_stack.orm():
        assert Message.objects.filter(author_role="agent").count() == 1


@pytest.mark.parametrize("victim", ["worker", "smtp", "web"])
def test_killing_any_process_loses_and_doubles_nothing(live_stack: LiveStack, page: Page, victim: str) -> None:
    """Between each two steps of the journey the process is killed hard and started again."""

    def restart() -> None:
        live_stack.kill(victim)
        live_stack.start(victim)

    house = furnish(live_stack)
    live_stack.start("beat")  # its sweepers find what the killed process had been told to do
    hand_in(live_stack, mail(RATTLE))
    restart()
    ticket = the_ticket(live_stack)
    sign_in(page, live_stack, house.grace).goto(f"{live_stack.url}/agent/tickets/{ticket.number}/")
    write(page, "Oil the third wheel.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg.out")).to_be_visible()
    restart()
    sent = only_mail_out(live_stack)
    hand_in(live_stack, answer_to(sent, "Thank you!"))
    restart()
    the_ticket(live_stack, messages=3)
    only_mail_out(live_stack)
    with live_stack.orm():
        assert Ticket.objects.get().status == "open"
