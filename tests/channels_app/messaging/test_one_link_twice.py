"""One signed link, opened by two people at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from channels_app.messaging.joining import by_link
from customers.identify import identify
from customers.models import Customer, DuplicateSuggestion, Identity, IdentityKind, ProvedBy

pytestmark = pytest.mark.django_db(transaction=True)


def known_person(number: int) -> Identity:
    """Who has proved something else already."""
    identity = identify(IdentityKind.TELEGRAM, f"70000{number}", name=f"Person {number}")
    Identity.objects.create(
        customer=identity.customer, kind=IdentityKind.PHONE, value=f"+49301234567{number}", proved_by=ProvedBy.RECEIVED
    )
    return identity


def test_the_visitor_is_one_of_them_and_an_agent_is_asked_about_the_other() -> None:
    visitor = identify(IdentityKind.CHAT, "visitor-1").customer
    people = [known_person(0), known_person(1)]
    both_here = Barrier(2)

    def open_it(identity: Identity) -> None:
        try:
            both_here.wait(timeout=10)
            by_link(identity, Customer.objects.get(pk=visitor.pk))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(open_it, people))
    visitor.refresh_from_db()
    owners = set(Identity.objects.filter(kind=IdentityKind.TELEGRAM).values_list("customer_id", flat=True))
    assert len(owners) == 2 and visitor.merged_into_id in owners
    suggested = DuplicateSuggestion.objects.get()
    assert {suggested.first_id, suggested.second_id} == owners
