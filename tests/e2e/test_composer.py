"""Writing in a real browser: whatever happens around the words, they stay."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.house import House, furnish, hand_in, mail, sign_in, the_ticket
from tests.stack import LiveStack, wait_until
from tickets.models import Draft, Message

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


def test_two_devices_show_one_draft(desk: Page, live_stack: LiveStack, house: House) -> None:
    """What one saves the other shows at once; what both wrote while one was offline is kept twice until one chooses."""
    browser = desk.context.browser
    assert browser is not None
    with browser.new_context() as phone:
        other = sign_in(phone.new_page(), live_stack, house.grace)
        other.goto(desk.url)
        other.locator(EDITOR).wait_for()
        write(other, "from the phone")
        expect(desk.locator(EDITOR)).to_have_text("from the phone")

        desk.context.set_offline(True)
        write(desk, ", and the desk")
        expect(desk.locator(".saved")).to_contain_text("on this device")
        other.keyboard.type(" again")
        expect(other.locator(".saved")).to_have_text("Draft saved")
        desk.context.set_offline(False)
        expect(desk.locator(".notices")).to_contain_text("changed on another device")
        expect(desk.locator(EDITOR)).to_have_text("from the phone, and the desk")
        desk.get_by_role("button", name="Use the other").click()
        expect(desk.locator(EDITOR)).to_have_text("from the phone again")

        desk.keyboard.press("Control+Enter")
        expect(other.locator(EDITOR)).to_have_text("")
    desk.get_by_role("button", name="Draft", exact=True).click()
    desk.get_by_role("menuitem", name="Earlier versions").click()
    expect(desk.locator("dialog.history")).to_contain_text("from the phone, and the desk")


def test_typed_offline_it_is_there_after_a_reload_and_then_saved(desk: Page, live_stack: LiveStack) -> None:
    desk.context.set_offline(True)
    write(desk, "Oil the third wheel.")
    expect(desk.locator(".saved")).to_contain_text("on this device")
    desk.context.set_offline(False)
    desk.reload()
    expect(desk.locator(EDITOR)).to_have_text("Oil the third wheel.")
    expect(desk.locator(".saved")).to_have_text("Draft saved")
    with live_stack.orm():
        assert "Oil the third wheel." in Draft.objects.get().html


def test_what_is_new_is_read_before_it_goes_out(desk: Page, live_stack: LiveStack) -> None:
    write(desk, "Oil the third wheel.")
    with live_stack.orm():
        first = Message.objects.get().message_id
    hand_in(live_stack, mail("Stop, it is the fourth wheel!", In_Reply_To=f"<{first}>"))
    expect(desk.locator(".arrived")).to_contain_text("1 new message")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".moved")).to_contain_text("Stop, it is the fourth wheel!")
    expect(desk.locator(".newsbox")).to_be_focused()
    desk.keyboard.press("Enter")
    desk.keyboard.press("Escape")
    expect(desk.locator(EDITOR)).to_be_focused()
    with live_stack.orm():
        assert not Message.objects.filter(author_role="agent").exists()
    desk.keyboard.type(" Or the fourth.")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".msg.out")).to_contain_text("Or the fourth.")


def test_sent_later_and_taken_back_with_its_recipients(desk: Page, live_stack: LiveStack) -> None:
    desk.locator(".rcpts summary").click()
    desk.get_by_role("combobox", name="Bcc").fill("boss@example.org,")
    write(desk, "On Monday.")
    desk.get_by_role("button", name="More ways to send").click()
    desk.get_by_role("menuitem", name="Send later").click()
    desk.get_by_role("button", name="Tomorrow morning").click()
    expect(desk.locator(".msg.scheduled")).to_contain_text("To be sent on")
    expect(desk.locator(EDITOR)).to_have_text("")
    expect(desk.locator(".rcpts")).not_to_contain_text("boss@example.org")
    desk.get_by_role("button", name="Cancel and edit").click()
    expect(desk.locator(EDITOR)).to_have_text("On Monday.")
    expect(desk.locator(".rcpts")).to_contain_text("boss@example.org")
    with live_stack.orm():
        assert Message.objects.get(author_role="agent").delivery_state == "cancelled"


def test_at_its_time_it_goes_out(desk: Page, live_stack: LiveStack) -> None:
    write(desk, "At its time.")
    desk.get_by_role("button", name="More ways to send").click()
    desk.get_by_role("menuitem", name="Send later").click()
    desk.get_by_role("button", name="In 2 hours").click()
    expect(desk.locator(".msg.scheduled")).to_be_visible()
    desk.get_by_role("button", name="Send now").click()
    expect(desk.locator(".msg.out")).to_contain_text("Sent", timeout=20_000)
    expect(desk.locator(".msg.scheduled")).to_have_count(0)


def test_a_colleague_reads_along_and_takes_a_copy(desk: Page, live_stack: LiveStack, house: House) -> None:
    write(desk, "Oil the third wheel.")
    desk.get_by_role("button", name="Draft", exact=True).click()
    desk.get_by_role("menuitem", name="Share draft with the team").click()
    expect(desk.locator(".sharednote")).to_be_visible()
    browser = desk.context.browser
    assert browser is not None
    with browser.new_context() as elsewhere:
        other = sign_in(elsewhere.new_page(), live_stack, house.alan)
        other.goto(desk.url)
        other.locator(EDITOR).wait_for()
        write(other, "Mine. ")
        other.locator(".shared summary").click()
        write(desk, " And the fourth.")
        expect(other.locator(".shared")).to_contain_text("Oil the third wheel. And the fourth.")
        other.get_by_role("button", name="Take a copy").click()
        expect(other.locator(EDITOR)).to_contain_text("Mine.")
        expect(other.locator(EDITOR)).to_contain_text("Oil the third wheel. And the fourth.")
        expect(desk.locator(EDITOR)).to_have_text("Oil the third wheel. And the fourth.")


def test_signing_out_leaves_nothing_in_the_browser_and_everything_on_the_server(
    desk: Page, live_stack: LiveStack
) -> None:
    write(desk, "Oil the third wheel.")
    desk.goto(f"{live_stack.url}/accounts/logout/")
    desk.get_by_role("button", name="Sign out").click()
    desk.wait_for_url("**/accounts/login/**")
    assert desk.evaluate("Object.keys(localStorage).filter(key => key.startsWith('ot:'))") == []
    with live_stack.orm():
        assert "Oil the third wheel." in Draft.objects.get().html


def test_a_new_ticket_is_kept_while_it_is_written(desk: Page, live_stack: LiveStack) -> None:
    desk.goto(f"{live_stack.url}/agent/new/")
    desk.locator("ot-keep").wait_for()
    desk.get_by_label("Subject").fill("The fourth wheel")
    kept = "Object.keys(localStorage).some(key => key.startsWith('ot:keep:'))"
    wait_until(lambda: desk.evaluate(kept), seconds=10, what="the form is kept")
    desk.reload()
    expect(desk.get_by_label("Subject")).to_have_value("The fourth wheel")
    expect(desk.locator("ot-keep")).to_contain_text("This is what you had begun.")


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
    expect(desk.locator(EDITOR)).to_be_focused()
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".msg.out a[rel]")).to_have_attribute("href", "https://example.org/oil")
    with live_stack.orm():
        assert "<li>" in Message.objects.get(author_role="agent").html
