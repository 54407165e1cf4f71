"""A customer with 10,000 entries on the timeline, and an organisation of two hundred who share as many."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import uuid4

from django.utils import timezone

from customers.models import Customer, Organisation, RecordEvent
from helpdesk.accounts.models import User
from tests.bench.client import Client, measure
from tests.bench.pages import browsers
from tests.bench.results import Results
from tests.bench.stack import Stack
from tickets.customers.timeline import Asked, Subject, page_of
from tickets.models import Channel, Inbox, Message, Ticket, TicketEvent

ENTRIES = 10_000
MEMBERS = 200
OF_A_TICKET = 8  # entries: it is opened, five messages, a note, it is solved
WORDS = "The pump of the watering kit hums, and then it stops. I have cleaned the filter as you said. " * 4


def old_friend() -> Customer:
    """Made once. Most wrote short tickets over the years; one is as long as they get."""
    known = Customer.objects.filter(name="Old Friend").first()
    if known:
        return known
    friend = Customer.objects.create(name="Old Friend")
    _live_through([friend], ENTRIES - 100)
    RecordEvent.objects.bulk_create(
        RecordEvent(
            customer=friend, kind="record.changed", payload={"field": "tier", "old": "", "new": str(n)},
            actor_kind="user", actor_name="Lead", created_at=timezone.now() - timedelta(days=n),
        )
        for n in range(100)
    )  # fmt: skip
    return friend


def old_house() -> Organisation:
    known = Organisation.objects.filter(name="Old House").first()
    if known:
        return known
    house = Organisation.objects.create(name="Old House")
    members = Customer.objects.bulk_create(
        Customer(name=f"Member {number}", organisation=house) for number in range(MEMBERS)
    )
    _live_through(members, ENTRIES)
    return house


def _live_through(customers: list[Customer], entries: int) -> None:
    agent, inbox = User.objects.get(email="agent@demo.test"), Inbox.objects.order_by("pk").first()
    assert inbox is not None
    began = timezone.now() - timedelta(days=1_500)
    numbers = range(entries // OF_A_TICKET)
    tickets = Ticket.objects.bulk_create(
        Ticket(
            requester=customers[number % len(customers)], subject=f"The pump hums, number {number}", inbox=inbox,
            channel=Channel.EMAIL, status="closed", created_at=began + timedelta(days=number), solved_at=began,
            updated_at=began + timedelta(days=number, hours=9), message_count=6,
        )
        for number in numbers
    )  # fmt: skip
    Message.objects.bulk_create((said for ticket in tickets for said in _said(ticket, agent)), batch_size=1_000)
    TicketEvent.objects.bulk_create((done for ticket in tickets for done in _done(ticket, agent)), batch_size=1_000)


def _said(ticket: Ticket, agent: User) -> Iterator[Message]:
    for hour in range(6):
        is_note, is_customers = hour == 5, hour % 2 == 0
        yield Message(
            ticket=ticket, kind="note" if is_note else "public", channel=Channel.EMAIL, text=WORDS,
            html=f"<p>{WORDS}</p>", author_customer=ticket.requester if is_customers else None,
            author_user=None if is_customers else agent, author_role="" if is_customers else agent.role,
            author_name=str(ticket.requester if is_customers else agent), created_at=_after(ticket, hour),
        )  # fmt: skip


def _done(ticket: Ticket, agent: User) -> Iterator[TicketEvent]:
    """Two that are told, and as many again that are not, as tickets have them."""
    for hour, kind in ((0, "ticket.opened"), (0, "message.received"), (1, "reply.added"), (8, "status.changed")):
        yield TicketEvent(
            ticket=ticket, kind=kind, payload={"old": "open", "new": "solved"}, actor_kind="user", actor_user=agent,
            actor_name=str(agent), gesture_id=uuid4(), created_at=_after(ticket, hour),
        )  # fmt: skip


def _after(ticket: Ticket, hours: int) -> datetime:
    return ticket.created_at + timedelta(hours=hours)


def bench_timeline(stack: Stack, results: Results, seconds: float) -> None:
    friend, house = old_friend(), old_house()
    agent = User.objects.get(email="agent@demo.test")
    far = page_of(Subject.of(friend), agent, Asked(size=ENTRIES // 2)).after
    of_friend, of_house = f"/agent/of-customer/{friend.pk}/timeline/", f"/agent/of-organisation/{house.pk}/timeline/"
    for what, path in (
        ("the first page", of_friend),
        ("a page far down", f"{of_friend}?after={far}"),
        ("notes only", f"{of_friend}?kinds=notes"),
        ("an organisation of 200", of_house),
    ):

        async def ask(client: Client, path: str = path) -> None:
            await client.get(path, fragment=True)

        alone = measure(browsers(stack.port, 1), ask, seconds=min(seconds, 5), warm_up=10)
        results.at_most(f"timeline of 10,000 entries, {what}: p50, 1 client", alone.p50, "ms", 40)
