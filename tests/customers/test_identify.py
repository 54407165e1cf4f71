"""One address is one customer, however many mails bring it at the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from customers.identify import are_colleagues, identify
from customers.models import Customer, Identity, Organisation, ProvedBy


@pytest.mark.django_db
def test_a_new_address_makes_a_customer_with_its_name() -> None:
    identity = identify("email", " Ada@Example.ORG ", name="Ada Lovelace")
    assert (identity.value, identity.customer.name, identity.proved_by) == (
        "ada@example.org",
        "Ada Lovelace",
        "received_mail",
    )
    assert identify("email", "ada@example.org").customer == identity.customer


@pytest.mark.django_db
def test_a_name_is_learnt_once_and_never_overwritten() -> None:
    assert identify("email", "ada@example.org").customer.name == "ada"
    assert identify("email", "ada@example.org", name="Ada Lovelace").customer.name == "Ada Lovelace"
    assert identify("email", "ada@example.org", name="Mallory").customer.name == "Ada Lovelace"


@pytest.mark.django_db
def test_a_header_proves_less_than_a_mail() -> None:
    assert identify("email", "ada@example.org", proved_by=ProvedBy.HEADER).proved_by == ProvedBy.HEADER
    assert identify("email", "ada@example.org").proved_by == ProvedBy.RECEIVED_MAIL
    assert identify("email", "ada@example.org", proved_by=ProvedBy.HEADER).proved_by == ProvedBy.RECEIVED_MAIL


@pytest.mark.django_db
def test_a_colleague_joins_the_organisation_of_the_domain() -> None:
    engines = Organisation.objects.create(name="Engines Ltd", domains=["engines.example"])
    assert identify("email", "ada@engines.example").customer.organisation == engines
    assert identify("email", "ada@gmail.com").customer.organisation is None


def test_colleagues_share_a_domain_that_is_no_mail_provider() -> None:
    assert are_colleagues("ada@engines.example", "Charles@ENGINES.example")
    assert not are_colleagues("ada@gmail.com", "charles@gmail.com")
    assert not are_colleagues("ada@engines.example", "charles@other.example")


@pytest.mark.django_db(transaction=True)
def test_parallel_arrivals_of_one_new_address_make_one_customer() -> None:
    start = threading.Barrier(8)

    def arrive(_: int) -> int:
        start.wait()
        try:
            return identify("email", "ada@example.org", name="Ada").customer.pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        customers = set(pool.map(arrive, range(8)))
    assert len(customers) == 1
    assert Customer.objects.count() == 1
    assert Identity.objects.count() == 1
