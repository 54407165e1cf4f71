"""Two agents at one ticket: who holds the reply, who takes it over, and who is gone when a browser dies."""

import os
import signal
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import FLAGS, chromium
from tests.e2e.house import furnish, hand_in, mail, sign_in, the_ticket
from tests.e2e.test_first_journey import write
from tests.stack import LiveStack, wait_until

EDITOR = "ot-composer [contenteditable=true]"
BAR = ".collide"


@contextmanager
def another_profile(page: Page) -> Iterator[BrowserContext]:
    browser = page.context.browser
    assert browser is not None
    with browser.new_context(viewport={"width": 1440, "height": 900}) as other:
        yield other


@contextmanager
def a_browser_to_kill(page: Page) -> Iterator[tuple[Browser, "subprocess.Popen[bytes]"]]:
    """A Chromium of its own process group, reached over its debugging port."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [chromium(), "--headless", *FLAGS, "--remote-debugging-port=0", f"--user-data-dir={profile}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            told = Path(profile) / "DevToolsActivePort"
            wait_until(lambda: told.exists() and told.read_text(), what="a second browser", seconds=30)
            port = told.read_text().splitlines()[0]
            browser_type = page.context.browser.browser_type if page.context.browser else None
            assert browser_type is not None
            yield browser_type.connect_over_cdp(f"http://127.0.0.1:{port}"), process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def test_the_first_writer_holds_the_reply_and_another_can_take_it_over(live_stack: LiveStack, page: Page) -> None:
    house = furnish(live_stack)
    hand_in(live_stack, mail("It rattles."))
    ticket = the_ticket(live_stack)
    address = f"{live_stack.url}/agent/tickets/{ticket.number}/?view=all"
    sign_in(page, live_stack, house.grace).goto(address)
    with another_profile(page) as other:
        alans = sign_in(other.new_page(), live_stack, house.alan)
        alans.goto(f"{live_stack.url}/agent/?view=all")
        row = alans.locator(f"#t{ticket.number} .here")
        expect(row).to_have_attribute("aria-label", "Grace Hopper is looking at this ticket")
        write(page, "I am on it")
        expect(row).to_have_attribute("aria-label", "Grace Hopper is writing a reply")

        alans.locator(f"#t{ticket.number} a").click()
        expect(alans.locator(BAR)).to_contain_text("Grace Hopper is writing a reply")
        alans.get_by_role("button", name="Take over").click()
        expect(page.locator(BAR)).to_contain_text("Alan Turing took over. Your words are kept.")
        expect(page.locator(EDITOR)).to_have_text("I am on it")
        expect(alans.locator(BAR)).not_to_be_visible()

        alans.locator(EDITOR).click()
        alans.keyboard.type("Mine now")
        alans.keyboard.press("Control+Enter")
        expect(alans.locator(".msg.out")).to_contain_text("Mine now")
        page.locator(f"{BAR} button").click()
        expect(page.locator(BAR)).not_to_be_visible()
        page.locator(EDITOR).click()
        page.keyboard.type(" again")
        expect(alans.locator(BAR)).to_contain_text("Grace Hopper is writing a reply")


def test_a_note_claims_nothing_and_an_emptied_reply_lets_go(live_stack: LiveStack, page: Page) -> None:
    house = furnish(live_stack)
    hand_in(live_stack, mail("It rattles."))
    address = f"{live_stack.url}/agent/tickets/{the_ticket(live_stack).number}/"
    sign_in(page, live_stack, house.grace).goto(address)
    with another_profile(page) as other:
        alans = sign_in(other.new_page(), live_stack, house.alan)
        alans.goto(address)
        write(page, "H")
        expect(alans.get_by_role("button", name="Take over")).to_be_visible()
        page.keyboard.press("Backspace")
        expect(alans.locator(BAR)).not_to_be_visible()
        page.locator("ot-composer [role=tab][data-mode=note]").click()
        page.keyboard.type("Between us")
        expect(alans.locator(BAR)).to_contain_text("Grace Hopper is writing a note")
        expect(alans.get_by_role("button", name="Take over")).not_to_be_visible()


def test_a_killed_browser_and_a_cut_line_are_noticed_within_seconds(live_stack: LiveStack, page: Page) -> None:
    """Killed hard, the sockets' ends are closed by the kernel; with the line cut nobody tells, so silence has to."""
    house = furnish(live_stack)
    hand_in(live_stack, mail("It rattles."))
    number = the_ticket(live_stack).number
    sign_in(page, live_stack, house.alan).goto(f"{live_stack.url}/agent/?view=all")
    mark = page.locator(f"#t{number} .here")
    with a_browser_to_kill(page) as (browser, process):
        context = browser.contexts[0]
        context.add_cookies([live_stack.session_cookie(house.grace)])  # type: ignore[list-item]
        graces = context.new_page()
        graces.goto(f"{live_stack.url}/agent/tickets/{number}/")
        write(graces, "Half a")
        expect(mark).to_have_attribute("aria-label", "Grace Hopper is writing a reply")
        os.killpg(process.pid, signal.SIGSTOP)  # the line is up, and nothing comes any more
        expect(mark).to_have_count(0, timeout=14_000)
        os.killpg(process.pid, signal.SIGCONT)
        expect(mark).to_have_count(1)
        os.killpg(process.pid, signal.SIGKILL)
        expect(mark).to_have_count(0, timeout=3_000)
        process.wait()


def test_a_killed_web_process_leaves_nobody_behind(live_stack: LiveStack, page: Page) -> None:
    house = furnish(live_stack)
    hand_in(live_stack, mail("It rattles."))
    number = the_ticket(live_stack).number
    sign_in(page, live_stack, house.alan).goto(f"{live_stack.url}/agent/?view=all")
    mark = page.locator(f"#t{number} .here")
    with another_profile(page) as other:
        graces = sign_in(other.new_page(), live_stack, house.grace)
        graces.goto(f"{live_stack.url}/agent/tickets/{number}/")
        expect(mark).to_have_count(1)
        live_stack.kill("web")
        other.set_offline(True)
    expect(mark).to_have_count(0)  # without a line nobody is shown
    live_stack.start("web")
    expect(page.locator("html")).to_have_attribute("data-live", "on", timeout=40_000)
    expect(mark).to_have_count(0, timeout=14_000)


def test_losing_valkey_loses_nobody_for_good(live_stack: LiveStack, page: Page) -> None:
    house = furnish(live_stack)
    hand_in(live_stack, mail("It rattles."))
    number = the_ticket(live_stack).number
    sign_in(page, live_stack, house.alan).goto(f"{live_stack.url}/agent/?view=all")
    with another_profile(page) as other:
        graces = sign_in(other.new_page(), live_stack, house.grace)
        graces.goto(f"{live_stack.url}/agent/tickets/{number}/")
        write(graces, "Half a")
        mark = page.locator(f"#t{number} .here")
        expect(mark).to_have_attribute("aria-label", "Grace Hopper is writing a reply")
        live_stack.valkey.stop()
        live_stack.valkey.start()
        graces.keyboard.type(" thought")
        expect(mark).to_have_attribute("aria-label", "Grace Hopper is writing a reply", timeout=20_000)
        expect(graces.locator(EDITOR)).to_have_text("Half a thought")
        urllib.request.urlopen(f"{live_stack.url}/healthz").close()
