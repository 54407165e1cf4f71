"""Ada signed in on the customers' pages, and her colleague Tim."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from customers.identify import identify
from customers.models import Customer, Organisation
from tests.cast import open_for
from tests.kept import forget_kept
from tickets.models import Inbox, SignInLink, Ticket
from tickets.portal.links import ask_for_link, token_of

SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def nobody_tried_before() -> None:
    """Tries are counted in Valkey, which no test rolls back."""
    forget_kept("tries")


def link_for(email: str, **more: str) -> SignInLink:
    link = ask_for_link(email, language="en", next_path=more.get("next_path", ""))
    assert link is not None
    return link


@pytest.fixture
def sign_in(db: None) -> SignIn:
    """A browser in which whoever reads the mail of this address has pressed the button."""

    def signed_in(email: str) -> Client:
        client = Client()
        response = client.post(f"/requests/sign-in/{token_of(link_for(email))}/")
        assert response.status_code == 302
        return client

    return signed_in


@pytest.fixture
def adas(sign_in: SignIn, ada: Customer) -> Client:
    return sign_in("ada@example.org")


@pytest.fixture
def company(ada: Customer) -> Organisation:
    """Ada's, whose members see each other's requests."""
    organisation = Organisation.objects.create(name="Analytical Engines", shares_tickets=True)
    Customer.objects.filter(pk=ada.pk).update(organisation=organisation)
    ada.refresh_from_db()
    return organisation


@pytest.fixture
def tim(company: Organisation) -> Customer:
    customer = identify("email", "tim@example.org", name="Tim Lister").customer
    Customer.objects.filter(pk=customer.pk).update(organisation=company)
    customer.refresh_from_db()
    return customer


@pytest.fixture
def eve(db: None) -> Customer:
    """Of no organisation, and of no business here."""
    return identify("email", "eve@elsewhere.example", name="Eve Dropper").customer


@pytest.fixture
def tims_ticket(tim: Customer, support: Inbox) -> Ticket:
    return open_for(tim, support, "The printer jams")
