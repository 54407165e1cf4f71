"""A customer's record in a browser: a fact edited where it stands, the slower of two asked, an address moved."""

import re

import pytest
from playwright.sync_api import Page, expect

from customers.actors import Actor
from customers.identify import identify
from customers.models import Customer, Identity, ProvedBy
from customers.record import change_customer
from tests.e2e.house import House, furnish, sign_in
from tests.stack import LiveStack


@pytest.fixture
def house(live_stack: LiveStack) -> House:
    house = furnish(live_stack)
    with live_stack.orm():
        identify("email", "ada@example.org", name="Ada Lovelace")
        identify("email", "countess@example.org", name="Countess", proved_by=ProvedBy.HEADER)
    return house


def open_record(live_stack: LiveStack, page: Page, house: House) -> Customer:
    with live_stack.orm():
        ada = Customer.objects.get(name="Ada Lovelace")
    sign_in(page, live_stack, house.grace).goto(f"{live_stack.url}/customers/{ada.pk}/")
    expect(page.locator("html")).to_have_attribute("data-live", "on")
    return ada


def test_a_fact_is_edited_where_it_stands(live_stack: LiveStack, page: Page, house: House) -> None:
    ada = open_record(live_stack, page, house)
    page.get_by_text("Add a fact").click()
    page.locator("#fact-tier a").click()
    field = page.locator("#fact-tier input[name=tier]")
    expect(field).to_be_focused()
    field.fill("Gold")
    field.press("Enter")
    expect(page.locator("#fact-tier")).to_have_text(re.compile("Gold"))
    expect(field).to_have_count(0)
    expect(page.locator("#timeline")).to_contain_text("Gold")  # live

    page.locator("#fact-tier a").click()
    field.fill("Platinum")
    with live_stack.orm():
        change_customer(ada, {"tier": "Silver"}, actor=Actor.agent(house.alan))
    field.press("Enter")
    expect(page.locator("#fact-tier .errorlist")).to_contain_text("Alan Turing")
    expect(field).to_have_value("Platinum")
    page.get_by_role("button", name="Keep mine").click()
    expect(page.locator("#fact-tier .errorlist")).to_have_count(0)
    with live_stack.orm():
        ada.refresh_from_db()
        assert ada.tier == "Platinum"


def test_an_address_of_another_record_is_asked_about(live_stack: LiveStack, page: Page, house: House) -> None:
    ada = open_record(live_stack, page, house)
    known = page.locator("#customer-identities")
    known.locator("details summary").click()
    known.get_by_label("Address, number or name").fill("countess@example.org")
    known.get_by_role("button", name="Add", exact=True).click()
    expect(known.get_by_role("link", name="Countess")).to_be_visible()
    expect(known.get_by_role("link", name="Merge the records")).to_be_visible()
    known.get_by_role("button", name="Move it here").click()
    expect(known.locator("li", has_text="countess@example.org")).to_contain_text("unproved")
    with live_stack.orm():
        assert Identity.objects.get(value="countess@example.org").customer == ada


def test_it_is_one_column_on_a_phone(live_stack: LiveStack, page: Page, house: House) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_record(live_stack, page, house)
    facts = page.locator("#customer-record")
    expect(facts).to_be_hidden()
    page.get_by_role("link", name="Who this is").click()
    expect(facts).to_be_visible()
    expect(page.locator("#customer-timeline, #timeline").first).to_be_hidden()
