"""Who may be the same person: only for reasons that seldom mislead, and each pair is decided once."""

from __future__ import annotations

import pytest

from customers import merging
from customers.actors import Actor
from customers.duplicates import dismiss, look_for_duplicates, open_suggestions, score_of
from customers.models import Customer, DuplicateSuggestion, Identity, Organisation, UncheckedCustomer
from helpdesk.accounts.models import User

pytestmark = pytest.mark.django_db


def person(name: str, *identities: str, organisation: Organisation | None = None) -> Customer:
    """`identities` as `kind value`."""
    made = Customer.objects.create(name=name, organisation=organisation)
    for each in identities:
        kind, _space, value = each.partition(" ")
        Identity.objects.create(customer=made, kind=kind, value=value, proved_by="agent")
    return made


def suggested() -> list[tuple[str, str, list[str]]]:
    while look_for_duplicates():
        pass
    return [(str(s.first), str(s.second), [r["kind"] for r in s.reasons]) for s in open_suggestions().order_by("pk")]


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        (("Ada", "phone +4930123456"), ("A. Lovelace", "whatsapp +4930123456"), ["phone"]),
        (("Ada", "email ada@example.org"), ("", "email ada+shop@example.org"), ["mailbox"]),
        (("Ada Lovelace", "email ada.l@gmail.com"), ("ada lovelace", "email ada.l@work.example"), ["handle"]),
        (("Ada Lovelace", "x @countess"), ("Ada Lovelace", "telegram @countess"), ["handle"]),
        (("Ada Lovelace", "email ada@work.example"), ("Ada  LOVELACE", "email al@work.example"), ["domain"]),
        (("Ada Lovelace", "external shop:4711"), ("Ada Lovelace", "external crm:4711"), ["external"]),
        (("Ada Lovelace", "email info@one.example"), ("Ada Lovelace", "email info@two.example"), []),
        (("Ada Lovelace", "email ada1@gmail.com"), ("Ada Lovelace", "email ada2@gmail.com"), []),
        (("Ada Lovelace", "external shop:4711"), ("Ada Lovelace", "external shop:4712"), []),
        (("Ada Lovelace", "external shop:4711"), ("Grace Hopper", "external crm:4711"), []),
        (("Ada", "email ada.l@one.example"), ("Ada", "email ada.l@two.example"), []),
        (("Ada Lovelace", "email ada@work.example"), ("Grace Hopper", "email grace@work.example"), []),
    ],
)
def test_what_is_a_reason(one: tuple[str, ...], other: tuple[str, ...], reasons: list[str]) -> None:
    person(*one)
    person(*other)
    assert [kinds for _first, _second, kinds in suggested()] == ([reasons] if reasons else [])


def test_colleagues_of_the_same_name_are_suggested() -> None:
    company = Organisation.objects.create(name="Analytical Engines")
    person("Ada Lovelace", organisation=company)
    person("Áda Lovelace", organisation=company)
    assert suggested() == [("Ada Lovelace", "Áda Lovelace", ["organisation"])]


def test_more_reasons_leave_less_doubt() -> None:
    domain, handle = {"kind": "domain"}, {"kind": "handle"}
    assert score_of([domain]) == 60 < score_of([domain, handle]) == 90 < score_of([{"kind": "phone"}, handle]) < 100


def test_who_is_there_already_is_found_when_another_comes() -> None:
    person("Ada Lovelace", "email ada.l@gmail.com")
    assert suggested() == []
    assert not UncheckedCustomer.objects.exists()
    person("Ada Lovelace", "email ada.l@work.example")
    assert len(suggested()) == 1


def test_a_name_that_changed_is_compared_again() -> None:
    person("Ada Lovelace", "email ada.l@gmail.com")
    other = person("A. L.", "email ada.l@work.example")
    assert suggested() == []
    Customer.objects.filter(pk=other.pk).update(name="Ada Lovelace")
    assert len(suggested()) == 1
    Customer.objects.filter(pk=other.pk).update(name="Somebody Else")
    assert suggested() == []


def test_what_was_dismissed_stays_dismissed(grace: User) -> None:
    one = person("Ada", "phone +4930123456")
    person("Ada", "whatsapp +4930123456")
    assert len(suggested()) == 1
    dismiss(DuplicateSuggestion.objects.get(), by=grace)
    Customer.objects.filter(pk=one.pk).update(name="Ada Byron")
    assert suggested() == []
    assert DuplicateSuggestion.objects.get().decided_by == grace


def test_merged_and_erased_records_are_not_suggested(grace: User) -> None:
    one = person("Ada", "phone +4930123456")
    two = person("Ada", "whatsapp +4930123456")
    person("Ada", "email ada@example.org", "external x:1")
    assert len(suggested()) == 1
    merging.merge(one, two, actor=Actor.agent(grace))
    assert suggested() == []
    assert DuplicateSuggestion.objects.get().state == "merged"


def test_what_many_share_says_nothing() -> None:
    company = Organisation.objects.create(name="Analytical Engines")
    Customer.objects.bulk_create(Customer(name="Maria Müller", organisation=company) for _n in range(7))
    assert suggested() == []
