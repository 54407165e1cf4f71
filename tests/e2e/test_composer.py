"""Writing in a real browser: whatever happens around the words, they stay."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.house import House, furnish, hand_in, mail, sign_in, the_ticket
from tests.stack import LiveStack
from tickets.models import Message

EDITOR = "ot-composer [contenteditable=true]"
WORD_LIST = (
    "<p style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·</span>oil</p>"
    "<p style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·</span>a cloth</p>"
)
PASTE = """([kind, data]) => {
    const clip = new DataTransfer()
    if (kind === "file") clip.items.add(new File(["pixels"], data, {type: "image/png"}))
    else clip.setData(kind, data)
    document.querySelector("ot-composer [contenteditable=true]")
        .dispatchEvent(new ClipboardEvent("paste", {clipboardData: clip, bubbles: true, cancelable: true}))
}"""


@pytest.fixture
def house(live_stack: LiveStack) -> House:
    house = furnish(live_stack)
    hand_in(live_stack, mail("It rattles when it multiplies."))
    return house


@pytest.fixture
def desk(live_stack: LiveStack, house: House, page: Page) -> Page:
    """Grace in front of Ada's ticket, with the rich editor there."""
    ticket = the_ticket(live_stack)
    sign_in(page, live_stack, house.grace).goto(f"{live_stack.url}/agent/tickets/{ticket.number}/")
    page.locator(EDITOR).wait_for()
    return page


def write(page: Page, words: str) -> None:
    page.locator(EDITOR).click()
    page.keyboard.type(words)


def test_signed_out_while_writing(desk: Page, live_stack: LiveStack, house: House) -> None:
    write(desk, "Oil the third wheel.")
    desk.context.clear_cookies(name="sessionid")
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_role("dialog")).to_contain_text("You have been signed out")
    expect(desk.locator(EDITOR)).to_have_text("Oil the third wheel.")

    sign_in(desk, live_stack, house.grace)  # in the new tab that the dialog opens; that renews the token as well
    desk.context.add_cookies([{"name": "csrftoken", "value": "a" * 32, "url": live_stack.url}])
    desk.get_by_role("dialog").get_by_role("button", name="Try again").click()
    expect(desk.locator(".msg.out")).to_contain_text("Oil the third wheel.")


def test_no_connection_then_sent_once(desk: Page, live_stack: LiveStack) -> None:
    write(desk, "Oil the third wheel.")
    desk.context.set_offline(True)
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".cerror")).to_contain_text("No connection")
    expect(desk.locator("ot-live .offline")).to_be_visible()
    desk.context.set_offline(False)
    desk.locator(".cerror").get_by_role("button", name="Try again").click()
    expect(desk.locator(".msg.out")).to_contain_text("Oil the third wheel.")
    expect(desk.locator("html")).to_have_attribute("data-live", "on")
    with live_stack.orm():
        assert Message.objects.filter(author_role="agent").count() == 1


def test_undo_brings_the_words_back(desk: Page, live_stack: LiveStack) -> None:
    live_stack.terminate("worker")  # so that the second in which it can be undone lasts
    write(desk, "Too hasty")
    desk.keyboard.press("Control+Enter")
    desk.locator(".msg.out").get_by_role("button", name="Undo").click()
    expect(desk.locator(EDITOR)).to_have_text("Too hasty")
    expect(desk.locator(".msg.out")).to_contain_text("never sent")


def test_two_devices_and_one_draft(desk: Page, live_stack: LiveStack, house: House) -> None:
    browser = desk.context.browser
    assert browser is not None
    with browser.new_context() as phone:
        other = sign_in(phone.new_page(), live_stack, house.grace)
        other.goto(desk.url)
        other.locator(EDITOR).wait_for()
        write(other, "from the phone")
        expect(other.locator(".saved")).to_have_text("Draft saved")
    write(desk, "from the desk")
    expect(desk.locator(".notices")).to_contain_text("changed on another device")
    expect(desk.locator(EDITOR)).to_have_text("from the desk")
    desk.get_by_role("button", name="Use the other").click()
    expect(desk.locator(EDITOR)).to_have_text("from the phone")


def test_files_by_picker_and_paste_and_what_is_refused(desk: Page, tmp_path: Path) -> None:
    plan, program = tmp_path / "plan.txt", tmp_path / "virus.exe"
    plan.write_text("first the wheel")
    program.write_text("MZ")
    desk.locator("ot-composer input[type=file]").set_input_files([plan, program])
    expect(desk.locator(".cerror")).to_contain_text("virus.exe: files of this type (.exe) are not accepted.")
    desk.evaluate(PASTE, ["file", "wheel.png"])
    expect(desk.locator("ot-composer .file[data-attachment]")).to_have_count(2)
    desk.get_by_role("button", name="Remove plan.txt").click()
    write(desk, "See the picture.")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".msg.out .file")).to_contain_text("wheel.png")


def test_a_list_pasted_from_word_and_a_link_that_is_none(desk: Page, live_stack: LiveStack) -> None:
    desk.locator(EDITOR).click()
    desk.evaluate(PASTE, ["text/html", WORD_LIST])
    expect(desk.locator(f"{EDITOR} li")).to_have_text(["oil", "a cloth"])
    desk.locator("ot-composer [data-cmd=link]").click()
    field = desk.get_by_label("Address of the link")
    field.fill("javascript:alert(1)")
    field.press("Enter")
    expect(desk.locator(".linkbar")).to_contain_text("Type an address")
    field.fill("example.org/oil")
    field.press("Enter")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".msg.out a")).to_have_attribute("href", "https://example.org/oil")
    with live_stack.orm():
        assert "<li>" in Message.objects.get(author_role="agent").html
