"""A company as large as wanted: the tickets that were told become the patterns of all the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from random import Random

from django.db import connection
from django.db.models import Q

from channels_app.models import Delivery, OutboxState
from customers.models import Customer, Identity, ProvedBy
from helpdesk.demo.copying import Copy, copy_tickets
from helpdesk.demo.seed import SEED
from helpdesk.demo.telling import CLOSED_AFTER
from tickets.models import MESSAGING, Channel, Status, Ticket
from tickets.models.ticket import UNSOLVED
from tickets.search.upkeep import index_above

BATCH = 20_000
YEARS_BACK = timedelta(days=730)
UNSOLVED_SHARE, SOLVED_SHARE = 0.04, 0.03  # the rest was closed long ago
SECOND_NAMES = (
    "Abbott Bielski Cardoso Dahl Engström Fontaine Grieve Haas Iversen Jarvis Kowalczyk Larsen Moreau Novák Oliveira "
    "Petrov Quist Romano Schuster Thorne Ueda Valdés Wójcik Yates Zimmer Aldridge Bakker Conti Doyle Eriksen"
).split()


def grow(tickets: int, customers: int, *, now: datetime, say: Callable[[str], None] = print) -> None:
    """Bring the company, which must have been told before, to these numbers; what is there stays."""
    rng = Random(SEED)
    grow_customers(customers, rng)
    grow_tickets(tickets, rng, now=now, say=say)


def grow_customers(number: int, rng: Random) -> None:
    """Make known as many further customers as it takes to have `number`."""
    missing = number - Customer.objects.count()
    names = list(Customer.objects.order_by("pk").values_list("name", flat=True)[:60])
    first_names = [name.split()[0] for name in names if not name.startswith("Dr ")]
    second_names = [name.split()[-1] for name in names] + SECOND_NAMES
    while missing > 0:
        customers = []
        for _ in range(min(missing, BATCH)):
            name = f"{rng.choice(first_names)} {rng.choice(second_names)}"
            customers.append(Customer(name=name, language="en", time_zone="Europe/London"))
        Customer.objects.bulk_create(customers, batch_size=2_000)
        Identity.objects.bulk_create(
            [
                Identity(
                    customer=customer, kind="email", proved_by=ProvedBy.RECEIVED_MAIL,
                    value=f"{address_part(customer.name)}.{customer.pk}@mail.example",
                )
                for customer in customers
            ],
            batch_size=2_000,
        )  # fmt: skip
        missing -= len(customers)


def address_part(name: str) -> str:
    plain = "".join(char for char in name.lower().replace(" ", ".") if char.isascii())
    return plain.strip(".") or "someone"


def grow_tickets(number: int, rng: Random, *, now: datetime, say: Callable[[str], None]) -> None:
    """Copy until there are `number` tickets, a batch a transaction; then tell the planner what the tables look like."""
    missing = number - Ticket.objects.count()
    if missing <= 0:
        return
    plan = iter(sorted(_copies(missing, rng, now=now), key=lambda copy: -copy[1]))
    done = 0
    while batch := list(islice(plan, BATCH)):
        newest = Ticket.objects.latest("pk").pk
        done += copy_tickets(batch)
        index_above(newest)
        say(f"{done:,} of {missing:,} tickets")
    with connection.cursor() as cursor:  # vacuumed, the side bar's counts need only the indexes
        cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE")


def _copies(number: int, rng: Random, *, now: datetime) -> Iterator[Copy]:
    """Which ticket is repeated, how much earlier and for whom, so that a copy is in a state its age allows."""
    closed = [pk for pk, _ in _patterns(Status.CLOSED)]
    solved = list(_patterns(Status.SOLVED))
    unsolved = [pk for status in UNSOLVED for pk, _ in _patterns(status)]
    known = list(Identity.objects.order_by("customer").values_list("customer_id", flat=True).distinct())
    for _ in range(number):
        draw = rng.random()
        if draw < UNSOLVED_SHARE:
            pattern, earlier = rng.choice(unsolved), timedelta(days=rng.expovariate(1 / 6))
        elif draw < UNSOLVED_SHARE + SOLVED_SHARE:
            pattern, solved_at = rng.choice(solved)
            assert solved_at is not None
            earlier = (CLOSED_AFTER - (now - solved_at)) * rng.random()
        else:
            pattern, earlier = rng.choice(closed), YEARS_BACK * rng.random()
        yield pattern, earlier, rng.choice(known)


def _patterns(status: str) -> list[tuple[int, datetime | None]]:
    """Told tickets with nobody but their requester on them, nothing before or after, and nothing left to send.

    Chats are a log as well as a ticket, which nobody copies.
    """
    unsent = Delivery.objects.filter(state__in=[OutboxState.QUEUED, OutboxState.DEFERRED, OutboxState.SENDING])
    told = Ticket.objects.filter(pk__in=Ticket.objects.order_by("pk").values("pk")[:300], status=status)
    told = told.exclude(channel__in=[Channel.CHAT, *MESSAGING])
    alone = told.filter(ccs=None, follow_up_of=None, follow_ups=None, also_seen_in=None)
    return list(
        alone.exclude(Q(messages__delivery__in=unsent) | Q(messages__is_unverified=True) | Q(payloads__isnull=False))
        .order_by("pk")
        .values_list("pk", "solved_at")
    )
