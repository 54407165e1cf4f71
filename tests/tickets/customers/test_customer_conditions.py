"""Conditions about customers find what a plain reading of each customer finds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.actors import Actor
from customers.consent import set_consent
from customers.identify import identify
from customers.models import Customer, CustomField, FieldKind, FieldOf, Order, Organisation
from helpdesk.accounts.models import User
from tickets.conditions import Invalid, as_q, check, problems
from tickets.conditions.scopes import CUSTOMER
from tickets.models import Inbox, Ticket

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
DAYS = (0, 1, 29, 31, 400)
Naive = Callable[[Customer], bool]


def line(field: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value}


def last_contact(customer: Customer) -> datetime | None:
    moments = [t.requester_updated_at for t in customer.tickets.all() if t.requester_updated_at]
    return max(moments, default=None)


def open_tickets(customer: Customer) -> int:
    return sum(t.status in ("new", "open", "pending", "hold") for t in customer.tickets.all())


def number(operator: str, value: float) -> Callable[[float], bool]:
    return {
        "is": lambda n: n == value, "is_not": lambda n: n != value, "less_than": lambda n: n < value,
        "less_than_equal": lambda n: n <= value, "greater_than": lambda n: n > value,
        "greater_than_equal": lambda n: n >= value,
    }[operator]  # fmt: skip


NUMBERS = ("is", "is_not", "less_than", "less_than_equal", "greater_than", "greater_than_equal")


def _amounts(field: str, of: Callable[[Customer], float], values: tuple[int, ...]) -> st.SearchStrategy[Any]:
    def made(operator: str, value: int) -> tuple[dict[str, Any], Naive]:
        return line(field, operator, value), lambda customer: number(operator, value)(of(customer))

    return st.builds(made, st.sampled_from(NUMBERS), st.sampled_from(values))


def _recent(field: str, of: Callable[[Customer], datetime | None]) -> st.SearchStrategy[Any]:
    def within(days: int) -> tuple[dict[str, Any], Naive]:
        def holds(customer: Customer) -> bool:
            moment = of(customer)
            return moment is not None and NOW - timedelta(days=days) <= moment <= NOW

        return line(field, "within_previous_n_days", days), holds

    def before(day: str) -> tuple[dict[str, Any], Naive]:
        edge = datetime.fromisoformat(f"{day}T00:00:00+00:00")

        def holds(customer: Customer) -> bool:
            moment = of(customer)
            return moment is not None and moment < edge

        return line(field, "less_than", day), holds

    return st.one_of(
        st.builds(within, st.sampled_from((1, 30, 365))),
        st.builds(before, st.sampled_from(("2026-11-22", "2026-10-30"))),
    )


CONDITIONS: st.SearchStrategy[tuple[dict[str, Any], Naive]] = st.one_of(
    _amounts("open_tickets", open_tickets, (0, 1, 2)),
    _amounts("ticket_count", lambda c: c.tickets.count(), (0, 1, 3)),
    _amounts("order_total", lambda c: float(sum(o.total for o in c.orders.all() if o.status != "refunded")), (0, 10)),
    _recent("last_contact", last_contact),
    _recent("created_at", lambda c: c.created_at),
    st.just((line("name", "includes", ["MÜLLER"]), lambda c: "muller" in c.name.lower().replace("ü", "u"))),
    st.just((line("tags", "includes", ["vip"]), lambda c: "vip" in c.tags)),
    st.just((line("tier", "present"), lambda c: bool(c.tier))),
    st.just((line("tier", "is_not", "gold"), lambda c: c.tier.lower() != "gold")),
    st.just((line("email", "includes", ["@acme.test"]),
             lambda c: any("@acme.test" in i.value for i in c.identities.all()))),
    st.just((line("organization_tier", "is", "Gold"),
             lambda c: bool(c.organisation and c.organisation.tier == "Gold"))),
    st.just((line("organization_id", "not_present"), lambda c: c.organisation is None)),
    st.just((line("custom_fields.seats", "greater_than", 5), lambda c: float(c.custom_fields.get("seats") or 0) > 5)),
    st.just((line("custom_fields.seats", "is_not", 9), lambda c: c.custom_fields.get("seats") != "9")),
    st.just((line("custom_fields.plan", "is_not", "pro"), lambda c: c.custom_fields.get("plan") != "pro")),
    st.just((line("custom_fields.likes", "includes", ["tea"]), lambda c: "tea" in c.custom_fields.get("likes", []))),
    st.just((line("custom_fields.renewal", "less_than", "2026-12-01"),
             lambda c: c.custom_fields.get("renewal", "9999") < "2026-12-01")),
    st.just((line("custom_fields.beta", "is", "false"), lambda c: c.custom_fields.get("beta") is not True)),
)  # fmt: skip

SPECS = st.fixed_dictionaries({
    "name": st.sampled_from(["Anna Müller", "anna muller", "Bob", ""]),
    "tier": st.sampled_from(["", "gold", "Gold", "Silver"]),
    "tags": st.lists(st.sampled_from(["vip", "press"]), unique=True),
    "organisation": st.sampled_from([None, 21, 22]),
    "age": st.sampled_from(DAYS),
    "address": st.sampled_from(["", "{n}@acme.test", "{n}@else.test"]),
    "tickets": st.lists(
        st.tuples(st.sampled_from(["new", "open", "hold", "solved"]), st.sampled_from([None, *DAYS])), max_size=3
    ),
    "orders": st.lists(st.tuples(st.sampled_from(["4.5", "10"]), st.sampled_from(["paid", "refunded"])), max_size=2),
    "custom": st.fixed_dictionaries({}, optional={
        "seats": st.sampled_from(["4.50", "9", "90"]), "plan": st.sampled_from(["pro", "free"]),
        "likes": st.sampled_from([["tea"], ["tea", "cake"], ["cake"]]),
        "renewal": st.sampled_from(["2026-11-22", "2027-01-01"]), "beta": st.booleans(),
    }),
})  # fmt: skip


@pytest.fixture
def house(db: None) -> None:
    Organisation.objects.create(pk=21, name="Acme", tier="Gold")
    Organisation.objects.create(pk=22, name="Initech")
    Inbox.objects.create(pk=31, name="Support", address="support@onethread.test")
    kinds = {"seats": FieldKind.DECIMAL, "plan": FieldKind.DROPDOWN, "likes": FieldKind.MULTISELECT,
             "renewal": FieldKind.DATE, "beta": FieldKind.CHECKBOX}  # fmt: skip
    options = {"plan": ["pro", "free"], "likes": ["tea", "cake"]}
    for key, kind in kinds.items():
        CustomField.objects.create(
            of=FieldOf.CUSTOMER, key=key, title=key.title(), kind=kind, options=options.get(key, [])
        )


def store(specs: list[dict[str, Any]]) -> list[int]:
    made = []
    for place, spec in enumerate(specs):
        customer = Customer.objects.create(
            name=spec["name"], tier=spec["tier"], tags=spec["tags"], organisation_id=spec["organisation"],
            custom_fields=spec["custom"],
        )  # fmt: skip
        Customer.objects.filter(pk=customer.pk).update(created_at=NOW - timedelta(days=spec["age"]))
        if spec["address"]:
            identity = identify("email", spec["address"].format(n=f"c{place}"))
            identity.customer = customer
            identity.save()
        for status, ago in spec["tickets"]:
            Ticket.objects.create(
                requester=customer, inbox_id=31, channel="email", status=status,
                solved_at=NOW if status == "solved" else None,
                requester_updated_at=None if ago is None else NOW - timedelta(days=ago),
            )  # fmt: skip
        for at, (total, status) in enumerate(spec["orders"]):
            Order.objects.create(
                customer=customer, external_id=f"{place}-{at}", number="1", total=Decimal(total), currency="EUR",
                status=status, placed_at=NOW,
            )  # fmt: skip
        made.append(customer.pk)
    return made


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    specs=st.lists(SPECS, min_size=6, max_size=6),
    asked=st.lists(st.tuples(st.sampled_from(["all", "any", "none"]), CONDITIONS), min_size=1, max_size=6),
)
def test_a_segment_holds_whom_a_plain_reading_would(house: None, specs: list[Any], asked: list[Any]) -> None:
    tree: dict[str, list[Any]] = {}
    for part, (condition, _naive) in asked:
        tree.setdefault(part, []).append(condition)
    with transaction.atomic():
        made = store(specs)
        found = set(
            Customer.objects.filter(as_q(check(tree, CUSTOMER), user=None, now=NOW, scope=CUSTOMER), pk__in=made)
            .values_list("pk", flat=True)
        )  # fmt: skip
        naive = {customer.pk for customer in Customer.objects.filter(pk__in=made) if _holds(customer, asked)}
        transaction.set_rollback(True)
    assert found == naive


def _holds(customer: Customer, asked: list[Any]) -> bool:
    every = [holds(customer) for part, (_c, holds) in asked if part == "all"]
    some = [holds(customer) for part, (_c, holds) in asked if part == "any"]
    none = [holds(customer) for part, (_c, holds) in asked if part == "none"]
    return all(every) and (not some or any(some)) and not any(none)


def test_a_number_is_found_however_it_is_written(house: None) -> None:
    customer = Customer.objects.create(name="Ada")
    customer.identities.create(kind="phone", value="+4917012345678", proved_by="agent")
    for spelling in ("0170 1234 5678", "+49 (0)170 12345678", "0049-170/12345678", "345678"):
        tree = check({"all": [line("phone", "includes", [spelling])]}, CUSTOMER)
        assert Customer.objects.filter(as_q(tree, user=None, now=NOW, scope=CUSTOMER)).get() == customer
    with pytest.raises(Invalid):
        check({"all": [line("phone", "includes", ["no digits"])]}, CUSTOMER)


def test_a_field_that_is_gone_is_told_as_broken(house: None, grace: User) -> None:
    tree = check({"all": [line("custom_fields.plan", "is", "pro"), line("owner_id", "is", grace.pk)]}, CUSTOMER)
    assert problems(tree, CUSTOMER) == []
    CustomField.objects.filter(key="plan").delete()
    assert "no field" in problems(tree, CUSTOMER)[0].reason


def test_fields_of_tickets_are_not_asked_of_customers(house: None) -> None:
    with pytest.raises(Invalid):
        check({"all": [line("priority", "is", "high")]}, CUSTOMER)
    with pytest.raises(Invalid):
        check({"all": [line("open_tickets", "is", 1)]})


def test_the_newest_word_on_each_channel_and_purpose_counts(ada: Customer, grace: User) -> None:
    charles = identify("email", "charles@example.org", name="Charles").customer
    silent = identify("email", "silent@example.org", name="Silent").customer
    actor = Actor.agent(grace)
    set_consent(ada, "email", "outreach", False, actor=actor)
    set_consent(ada, "email", "outreach", True, actor=actor)
    set_consent(charles, "email", "outreach", True, actor=actor)
    set_consent(charles, "email", "outreach", False, actor=actor)
    set_consent(charles, "sms", "outreach", True, actor=actor)

    def those(field: str, operator: str, value: Any) -> set[Customer]:
        tree = check({"all": [line(field, operator, value)]}, CUSTOMER)
        return set(Customer.objects.filter(as_q(tree, user=None, now=NOW, scope=CUSTOMER)))

    assert those("consent_given", "is", "email:outreach") == {ada}
    assert those("consent_refused", "is", "email:outreach") == {charles}
    assert those("consent_given", "includes", ["email:outreach", "sms:outreach"]) == {ada, charles}
    assert those("consent_given", "is_not", "email:outreach") == {charles, silent}
    with pytest.raises(Invalid):
        check({"all": [line("consent_given", "is", "pigeon:outreach")]}, CUSTOMER)
