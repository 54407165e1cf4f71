"""Customers are found by whatever somebody types of them, the best first; nobody who is gone."""

from __future__ import annotations

import pytest
from django.utils import timezone

from customers.identify import identify
from customers.models import Customer, Organisation
from tickets.customers.finding import find

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db: None) -> dict[str, Customer]:
    acme = Organisation.objects.create(name="Acme Räder")
    known = {
        "anna": identify("email", "anna.mueller@acme.test", name="Anna Müller").customer,
        "hannah": identify("email", "h@example.org", name="Hannah Muller").customer,
        "josé": identify("email", "info@example.com", name="José Nuñez").customer,
        "иван": identify("email", "ivan@example.com", name="Иван Петров").customer,
    }
    known["anna"].identities.create(kind="phone", value="+4917012345678", proved_by="agent")
    known["hannah"].identities.create(kind="external", value="CRM-7781", proved_by="api")
    Customer.objects.filter(pk=known["anna"].pk).update(organisation=acme)
    return known


@pytest.mark.parametrize(
    ("typed", "whom"),
    [
        ("anna müller", "anna"), ("MULLER anna", "anna"), ("an mü", "anna"), ("jose", "josé"), ("Nuñ", "josé"),
        ("anna.mueller@acme.test", "anna"), ("Anna.Mueller@ACME.test", "anna"), ("mueller@", "anna"),
        ("0170 1234 5678", "anna"), ("+49 (0)170/12345678", "anna"), ("004917012345678", "anna"), ("0170 12", "anna"),
        ("crm-7781", "hannah"), ("acme", "anna"), ("raeder acme", "anna"),
        ("acmme", "anna"), ("räedr", "anna"), ("acme räder", "anna"), ("anna acme", "anna"),
        ("hannah acme", ""), ("hannha", "hannah"), ("anna mülller", "anna"), ("jsoé nuñez", "josé"),
        ("ana.mueller@acme.test", "anna"), ("%", ""), ("_", ""), ("''", ""), ("   ", ""), ("\0", ""), ("🦄", ""),
        ("x" * 500, ""),
    ],
)  # fmt: skip
def test_the_best_one_comes_first(people: dict[str, Customer], typed: str, whom: str) -> None:
    found = find(typed)
    assert found[:1] == ([people[whom].pk] if whom else [])


def test_whole_words_come_before_parts_of_words(people: dict[str, Customer]) -> None:
    assert find("anna") == [people["anna"].pk, people["hannah"].pk]


def test_nobody_is_found_who_was_merged_or_erased(people: dict[str, Customer]) -> None:
    Customer.objects.filter(pk=people["anna"].pk).update(merged_into=people["hannah"])
    Customer.objects.filter(pk=people["josé"].pk).update(erased_at=timezone.now())
    assert find("müller") == [people["hannah"].pk]
    assert find("jose") == []
    assert find("0170 1234 5678") == []
