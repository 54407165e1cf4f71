"""Every order of a list: its pages put together are the whole list, whatever is equal, missing or changes meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from customers.models import Customer, Organisation
from helpdesk.accounts.models import Team, User
from tickets.columns import GROUPABLE, SORTABLE, order_by
from tickets.models import Inbox, Priority, Status, Ticket, TicketType
from tickets.paging import NEWEST, Order, page_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SORTS = [f"{minus}{key}" for key in SORTABLE for minus in ("", "-")]


@pytest.fixture
def crowd(support: Inbox, billing: Inbox, support_team: Team, grace: User, alan: User) -> list[Ticket]:
    """Forty tickets with few different values, so that most are tied, and many without any."""
    rng = Random(7)
    guild = Organisation.objects.create(name="Guild")
    people = [
        Customer.objects.create(name=name, organisation=organisation)
        for name, organisation in (("Ada", None), ("ada", guild), ("", guild), ("Élodie", None))
    ]
    known = [NOW, NOW - timedelta(hours=1), NOW - timedelta(microseconds=1)]
    moments = [None, *known]
    return Ticket.objects.bulk_create(
        Ticket(
            subject=rng.choice(["", "Gears", "gears", "É\n\u200b\t“x”", "A" * 300]),
            status=rng.choice([Status.NEW, Status.OPEN, Status.PENDING, Status.HOLD]),
            priority=rng.choice(Priority.values), type=rng.choice(TicketType.values),
            requester=rng.choice(people), inbox=rng.choice([support, billing]), channel="email",
            assignee=rng.choice([None, grace, alan]), team=rng.choice([None, support_team]),
            updated_at=rng.choice(known), created_at=rng.choice(known),
            due_at=rng.choice(moments), waiting_since=rng.choice(moments), assigned_at=rng.choice(moments),
            requester_updated_at=rng.choice(moments), assignee_updated_at=rng.choice(moments),
            message_count=rng.choice([0, 1, 12]), reply_count=rng.choice([0, 3]),
        )
        for _ in range(40)
    )  # fmt: skip


def walk(order: Order, size: int = 7) -> list[int]:
    seen: list[int] = []
    after = ""
    for _ in range(30):
        page = page_of(Ticket.objects.all(), after, size=size, order=order)
        seen += [ticket.pk for ticket in page.tickets]
        after = page.after
        if not after:
            return seen
    pytest.fail("the pages never end")


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.usefixtures("crowd")
def test_pages_of_every_order_are_the_whole_list(sort: str) -> None:
    order = order_by(sort)
    assert walk(order) == list(order.sort(Ticket.objects.all()).values_list("pk", flat=True))
    assert len(set(walk(order))) == 40


@pytest.mark.parametrize("group", [*GROUPABLE, "-team", "-organisation"])
@pytest.mark.usefixtures("crowd")
def test_pages_of_groups_are_the_whole_list_and_groups_stay_together(group: str) -> None:
    order = order_by("-due_at", group)
    seen = walk(order)
    assert seen == list(order.sort(Ticket.objects.all()).values_list("pk", flat=True))
    column = GROUPABLE[group.removeprefix("-")]
    tickets = Ticket.objects.select_related("requester").in_bulk(seen)
    values = [column.group_of(tickets[pk]) for pk in seen]
    changes = sum(here != there for here, there in pairwise(values))
    assert changes == len(set(values)) - 1


@pytest.mark.usefixtures("crowd")
def test_tickets_without_a_value_come_last_both_ways() -> None:
    for sort in ("due_at", "-due_at", "assignee", "-assignee", "-waiting_since"):
        name = {"assignee": "assignee_id"}.get(sort.removeprefix("-"), sort.removeprefix("-"))
        tickets = Ticket.objects.in_bulk(seen := walk(order_by(sort)))
        empty = [getattr(tickets[pk], name) is None for pk in seen]
        assert empty == sorted(empty), sort


def test_most_urgent_means_most_urgent(crowd: list[Ticket]) -> None:
    first = page_of(Ticket.objects.all(), size=40, order=order_by("-priority")).tickets
    ranks = [Priority.values.index(ticket.priority) for ticket in first]
    assert ranks == sorted(ranks, reverse=True)


def test_rows_that_move_between_pages_break_nothing(crowd: list[Ticket]) -> None:
    for sort in ("-updated_at", "waiting_since", "-requester"):
        order = order_by(sort)
        page = page_of(Ticket.objects.all(), size=10, order=order)
        last = page.tickets[-1]
        Ticket.objects.filter(pk=last.pk).update(updated_at=NOW + timedelta(hours=1), waiting_since=None)
        Ticket.objects.filter(pk=page.tickets[0].pk).delete()
        following = page_of(Ticket.objects.all(), page.after, size=10, order=order)
        assert following.tickets
        assert not {ticket.pk for ticket in page.tickets[:-1]} & {ticket.pk for ticket in following.tickets}


@pytest.mark.parametrize(
    "cursor",
    ["", "nonsense", "e30", "WyJzdWJqZWN0Il0", "WyItdXBkYXRlZF9hdCIsbnVsbCwxXQ", "WyItdXBkYXRlZF9hdCIsMWU5OSwxXQ", "é",
     "a" * 5000],
)  # fmt: skip
def test_a_cursor_we_did_not_make_counts_as_none(cursor: str, crowd: list[Ticket]) -> None:
    assert len(page_of(Ticket.objects.all(), cursor, size=50).tickets) == len(crowd)


def test_a_cursor_of_another_order_counts_as_none(crowd: list[Ticket]) -> None:
    after = page_of(Ticket.objects.all(), size=10, order=order_by("subject")).after
    assert after
    assert NEWEST.read_cursor(after) is None


def test_the_newest_order_walks_its_index() -> None:
    sql = str(NEWEST.sort(Ticket.objects.filter(NEWEST.behind([NOW, 5]))).query)
    assert "NULLS" not in sql
    assert '"updated_at" <= ' in sql
