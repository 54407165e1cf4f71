"""Customers behind the words of a search: whichever word is asked first, those whom the queryset finds."""

from __future__ import annotations

import pytest
from django.utils import timezone

from customers.identify import identify
from customers.models import Customer, Organisation
from helpdesk.accounts.models import User
from tickets.search import people
from tickets.search.parsing import parse

WORDS = (
    "anna", "hand", "anna hand", "hand anna", "hand anna gmbh", "anna example", "example gmbh", "hand nobody",
    "ann 100", "anna an", "müller hand", "anna anna", "gone", "hand gone",
)  # fmt: skip


@pytest.fixture
def crowd(db: None) -> None:
    firm, other = Organisation.objects.create(name="Hand GmbH"), Organisation.objects.create(name="Anna & Co")
    for number in range(4):
        someone = identify("email", f"person{number}@example.org", name=f"Anna Hand {number}").customer
        identify("email", f"hand{number}@sand.example", name="Jürgen Müller")
        Customer.objects.filter(pk=someone.pk).update(organisation=(firm, other, None, firm)[number])
    identify("email", "anna@mail.test", name="").customer.identities.create(kind="email", value="hand@mail.test")
    gone = identify("email", "gone@example.org", name="Anna Hand Gone").customer
    Customer.objects.filter(pk=gone.pk).update(erased_at=timezone.now())


@pytest.mark.parametrize("few", [0, 1, 500], ids=["many have each word", "few have one", "few have any"])
@pytest.mark.parametrize("words", WORDS)
def test_they_are_those_of_the_queryset_newest_first(
    words: str, few: int, crowd: None, grace: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "FEW", few)
    expected = list(people.customers_named(words).order_by("-pk").values_list("pk", flat=True)[: people.SHOWN])
    assert [found.pk for found in people.customers_for(parse(words, grace))] == expected
    assert bool(expected) == ("nobody" not in words and "gone" not in words and words not in ("ann 100", "anna an"))


def test_some_of_them_are_known_by_more_than_their_name(crowd: None, grace: User) -> None:
    found = people.customers_for(parse("anna gmbh", grace))
    assert {customer.organisation for customer in found} == {"Hand GmbH"}
    assert {customer.known_by for customer in found} == {"person0@example.org", "person3@example.org"}
