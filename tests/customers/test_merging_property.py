"""Random records, merges and undos in random order: once all merges are taken back, everything is as it was."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from customers import merging
from customers.actors import SYSTEM
from customers.errors import Refused
from customers.merge_fields import BOTH, MINE, THEIRS, snapshot
from customers.models import Customer, CustomerMerge, Identity, ImportantDate, Organisation
from tickets.models import Inbox, Message, Ticket, TicketCC

PEOPLE = 4
words = st.sampled_from(["", "Ada", "Grace", "Berlin"])
record = st.fixed_dictionaries({
    "name": words, "location": words, "tier": words, "notes": words, "has_organisation": st.booleans(),
    "tags": st.lists(st.sampled_from(["vip", "new", "gold"]), unique=True),
    "custom_fields": st.dictionaries(st.sampled_from(["plan", "size"]), st.sampled_from(["pro", 3, True, ["a", "b"]])),
    "tickets": st.integers(0, 2), "dates": st.integers(0, 1),
})  # fmt: skip
person = st.integers(0, PEOPLE - 1)
choices = st.dictionaries(
    st.sampled_from(["name", "location", "tier", "notes", "tags", "organisation", "custom_fields.plan"]),
    st.sampled_from([MINE, THEIRS, BOTH]),
)
step = st.one_of(
    st.tuples(st.just("merge"), person, person, choices),
    st.tuples(st.just("undo"), st.integers(0, 9), st.none(), st.none()),
)


class Undoing(TestCase):
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        records=st.lists(record, min_size=PEOPLE, max_size=PEOPLE),
        copies=st.lists(st.tuples(person, person), max_size=4, unique=True),
        steps=st.lists(step, min_size=1, max_size=8),
    )
    def test_what_was_merged_and_taken_back_is_as_it_was(self, records: Any, copies: Any, steps: Any) -> None:
        people = _make(records, copies)
        before = _everything()
        for kind, one, other, chosen in steps:
            if kind == "merge":
                _try(partial(merging.merge, people[one], people[other], chosen, actor=SYSTEM, confirmed=True))
            elif merges := list(CustomerMerge.objects.filter(undone_at=None)):
                _try(partial(merging.undo, merges[one % len(merges)], actor=SYSTEM))
        merging.follow_recent(now=timezone.now())
        while left := list(CustomerMerge.objects.filter(undone_at=None)):
            assert sum(_try(partial(merging.undo, done, actor=SYSTEM)) for done in left), "nothing can be taken back"
        assert _everything() == before


def _try(deed: Any) -> bool:
    """Whether it was done; what is refused leaves nothing."""
    try:
        with transaction.atomic():
            deed()
    except Refused:
        return False
    return True


def _make(records: list[dict[str, Any]], copies: list[tuple[int, int]]) -> list[Customer]:
    inbox = Inbox.objects.create(name="Support", address="support@onethread.test")
    company = Organisation.objects.create(name="Analytical Engines")
    people = []
    for number, facts in enumerate(records):
        fields = {name: facts[name] for name in ("name", "location", "tier", "notes", "tags", "custom_fields")}
        made = Customer.objects.create(organisation=company if facts["has_organisation"] else None, **fields)
        Identity.objects.create(customer=made, kind="email", value=f"{number}@example.org", proved_by="received_mail")
        for _n in range(facts["tickets"]):
            ticket = Ticket.objects.create(subject="Help", requester=made, inbox=inbox, channel="email")
            Message.objects.create(ticket=ticket, kind="public", channel="email", author_customer=made, author_name="x")
        for _n in range(facts["dates"]):
            ImportantDate.objects.create(customer=made, label="Birthday", day="2000-01-01")
        people.append(made)
    for whose, who in copies:
        theirs = people[whose].tickets.first()
        if theirs and whose != who:
            TicketCC.objects.create(ticket=theirs, customer=people[who], address=f"{who}@example.org")
    return people


def _everything() -> dict[str, Any]:
    rows = {
        model.__name__: list(model._default_manager.order_by("pk").values())
        for model in (Identity, ImportantDate, Ticket, Message, TicketCC)
    }
    people = Customer.objects.order_by("pk")
    return rows | {"people": [(snapshot(each), each.merged_into_id, each.erased_at) for each in people]}
