"""A customer's timeline in a browser: scrolled to its beginning, narrowed down, folded out, and growing by itself."""

import re

import pytest
from playwright.sync_api import Page, expect

from customers.actors import Actor
from customers.identify import identify
from customers.models import Customer
from tests.cast import open_for
from tests.e2e.house import House, furnish, sign_in
from tests.stack import LiveStack
from tickets.models import Ticket
from tickets.services import add_note, add_reply

TICKETS = 20
TO_THE_END = """() => {
  const more = document.querySelector("#timeline > .lmore")
  more?.scrollIntoView()
  return !more
}"""


NEWS = """
from customers.actors import Actor
from customers.events import RecordChanged, record
from customers.models import Customer
from helpdesk.accounts.models import User
from tickets.models import Ticket
from tickets.services import add_note

alan = Actor.agent(User.objects.get(name="Alan Turing"))
record(Customer.objects.get(name="Ada Lovelace"), RecordChanged("tier", "", "Gold"), actor=alan)
add_note(Ticket.objects.latest("pk"), "<p>Just now.</p>", actor=alan)
"""


@pytest.fixture
def house(live_stack: LiveStack) -> House:
    house = furnish(live_stack)
    grace = Actor.agent(house.grace)
    with live_stack.orm():
        ada = identify("email", "ada@example.org", name="Ada Lovelace").customer
        for number in range(TICKETS):
            ticket = open_for(ada, house.support, f"The engine rattles, part {number}")
            add_reply(ticket, "".join(f"<p>step {step} of {number}</p>" for step in range(9)), actor=grace)
        add_note(ticket, "<p>She knows engines.</p>", actor=grace)
    return house


def open_timeline(live_stack: LiveStack, page: Page, house: House) -> int:
    with live_stack.orm():
        customer = Customer.objects.get(name="Ada Lovelace").pk
    sign_in(page, live_stack, house.grace).goto(f"{live_stack.url}/customers/{customer}/")
    expect(page.locator("html")).to_have_attribute("data-live", "on")
    expect(page.locator("#timeline-first .msg").first).to_be_visible()
    return customer


def test_it_is_scrolled_to_its_beginning(live_stack: LiveStack, page: Page, house: House) -> None:
    open_timeline(live_stack, page, house)
    first = page.get_by_text("The engine rattles, part 0?", exact=True)
    expect(first).to_have_count(0)
    page.wait_for_function(TO_THE_END)
    expect(first).to_be_visible()
    expect(page.locator(".story .msg.out")).to_have_count(TICKETS)  # each once
    assert page.locator(".story .day").count() == 1


def test_it_is_narrowed_down_and_the_address_says_so(live_stack: LiveStack, page: Page, house: House) -> None:
    customer = open_timeline(live_stack, page, house)
    page.locator("#chip-notes").click()
    expect(page.locator("#chip-notes")).to_have_attribute("aria-current", "true")
    expect(page.locator(".story .msg")).to_have_count(1)
    expect(page).to_have_url(re.compile(rf"/customers/{customer}/\?kinds=notes$"))
    page.reload()
    expect(page.locator(".story .msg.note")).to_have_count(1)
    page.locator("#chip-notes").click()
    expect(page).to_have_url(re.compile(rf"/customers/{customer}/$"))
    box = page.get_by_role("searchbox", name="Search what was said")
    box.fill("step 7 of 13")
    expect(page.locator(".story .msg")).to_have_count(1)
    expect(box).to_be_focused()
    page.locator(".story .whole summary").click()
    expect(page.locator(".story .whole")).to_contain_text("step 8 of 13")


def test_it_grows_by_itself_and_keeps_what_is_folded_out(live_stack: LiveStack, page: Page, house: House) -> None:
    open_timeline(live_stack, page, house)
    page.locator(".story .whole summary").first.click()
    expect(page.locator(".story .whole").first).to_contain_text(f"step 8 of {TICKETS - 1}")
    live_stack.manage("shell", "-c", NEWS)  # in a process of the product: the test's own pings go elsewhere
    expect(page.locator(".story").first).to_contain_text("Alan Turing changed tier: – → Gold")
    expect(page.locator(".story .msg.note").first).to_contain_text("Just now.")
    expect(page.locator(".story .whole[open]")).to_contain_text(f"step 8 of {TICKETS - 1}")


def test_beside_a_ticket_stands_what_is_known_of_its_customer(live_stack: LiveStack, page: Page, house: House) -> None:
    with live_stack.orm():
        number = Ticket.objects.latest("pk").pk
    sign_in(page, live_stack, house.grace).goto(f"{live_stack.url}/agent/tickets/{number}/")
    glance = page.get_by_role("region", name="At a glance")
    expect(glance).to_contain_text("Open tickets")
    page.get_by_role("link", name="Everything about Ada Lovelace").click()
    expect(page.locator("#timeline-first .msg").first).to_be_visible()
