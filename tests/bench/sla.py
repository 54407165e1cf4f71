"""Clocks: a sweep with 100,000 of them running, how late breaches are told, what policies add to a gesture."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from statistics import median, quantiles
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone

from customers.actors import Actor
from helpdesk.accounts import working_hours
from helpdesk.accounts.models import User
from tests.bench.results import Results
from tests.bench.stack import Stack
from tests.bench.triggers import pace
from tickets.models import SlaEvent, SlaMemory, SlaMetric, SlaPolicy, SlaTarget, Ticket, TicketEvent
from tickets.models.ticket import UNSOLVED
from tickets.services import add_tags, remove_tags
from tickets.sla.book import Book
from tickets.sla.facts import Applied, Beginning, Step, Wrote
from tickets.sla.hours import WorkingHours
from tickets.sla.storing import Kept, store
from tickets.sla.sweep import sweep
from tickets.sla.terms import Promise, Terms

CLOCKS, DUE, BATCH = 100_000, 600, 1000
FIRST_DUE, SPREAD = timedelta(seconds=20), timedelta(seconds=60)
POLICIES, GESTURES = 5, 150


def bench_sla(stack: Stack, results: Results) -> None:
    """Rows that are deleted again; the breaches that were told stay on their tickets' timelines."""
    stack.stop("worker", "beat")
    policy = SlaPolicy.objects.create(title="Bench", is_active=False)
    try:
        started = timezone.now()
        numbers = start_clocks(policy)
        idle = [_timed(lambda: sweep(now=started - timedelta(days=1))) for _ in range(20)]
        results.at_most("sweep of clocks, nothing due", max(idle), "ms", 200, f"{SlaTarget.objects.count():,} running")
        _watch_breaches(stack, results, numbers)
        stack.stop("worker", "beat")
        _cost(results)
    finally:
        SlaTarget.objects.all().delete()
        SlaMemory.objects.all().delete()
        SlaEvent.objects.all().delete()
        SlaPolicy.objects.filter(title__startswith="Bench").delete()
        Ticket.objects.exclude(sla_state="").update(sla_state="", sla_metric="", sla_due_at=None, sla_calendar_id=None)
        stack.start("worker", "beat")


def start_clocks(policy: SlaPolicy) -> list[int]:
    """One on each ticket: far from due, but for `DUE` of them on unsolved tickets, whose numbers are returned."""
    soon = list(Ticket.objects.filter(status__in=UNSOLVED).order_by("-pk").values_list("pk", flat=True)[:DUE])
    others = Ticket.objects.exclude(pk__in=soon).order_by("pk").values_list("pk", flat=True)[: CLOCKS - len(soon)]
    books = _books([(number, timedelta(days=2)) for number in others], policy)
    while batch := list(islice(books, BATCH)):
        store(batch)
    step = SPREAD / max(len(soon), 1)
    store(list(_books([(number, FIRST_DUE + step * place) for place, number in enumerate(soon)], policy)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tickets_slatarget")
    return soon


def _books(planned: list[tuple[int, timedelta]], policy: SlaPolicy) -> Iterator[Kept]:
    hours, now = WorkingHours(working_hours.book()), timezone.now()
    for number, after in planned:
        book = Book.begun(Beginning(now, "open", "normal"))
        promise = {("normal", str(SlaMetric.FIRST_REPLY)): Promise(round(after.total_seconds()), is_business=False)}
        applied = Applied(Terms(policy.pk, policy.revision, promises=promise, warn_percent=0), None)
        book.turn([Step(now, (Wrote(0, "", is_public=True), applied))], hours)
        yield Kept(number, book, uuid4())


def _watch_breaches(stack: Stack, results: Results, numbers: list[int]) -> None:
    stack.start("worker", "beat")
    due = SlaTarget.objects.filter(ticket__in=numbers)
    until = time.monotonic() + (FIRST_DUE + SPREAD).total_seconds() + 60
    while due.filter(told="").exists() and time.monotonic() < until:
        time.sleep(1)
    breaches = TicketEvent.objects.filter(ticket__in=numbers, kind="sla.breached", created_at__gte=_first(numbers))
    late = [
        (event.created_at - datetime.fromisoformat(event.payload["breached_at"])).total_seconds() for event in breaches
    ]
    if len(late) != len(numbers):
        raise AssertionError(f"{len(late)} breaches were told of {len(numbers)}")
    p95 = quantiles(late, n=20)[-1]
    remark = f"{len(late)} of {SlaTarget.objects.count():,}; p50 {median(late):.1f} s"
    results.at_most("breach told after it was due, p95", p95, "s", 5, remark)


def _first(numbers: list[int]) -> datetime:
    first = SlaTarget.objects.filter(ticket__in=numbers).earliest("started_at")
    return first.started_at


def _cost(results: Results) -> None:
    user = User.objects.get(email="agent@demo.test")
    tickets = list(Ticket.objects.visible_to(user).unsolved().order_by("pk")[:GESTURES])
    SlaMemory.objects.all().delete()
    without = pace(tickets, user)
    targets = [
        {"priority": priority, "metric": metric, "target": 3600 * 24 * 900, "business_hours": True}
        for priority in ("low", "normal", "high", "urgent")
        for metric in SlaMetric.values
    ]
    never = {"all": [{"field": "current_tags", "operator": "includes", "value": "never"}]}
    rows = [SlaPolicy(title=f"Bench {n}", position=n, targets=targets, conditions=never) for n in range(POLICIES - 1)]
    SlaPolicy.objects.bulk_create([*rows, SlaPolicy(title="Bench last", position=99, targets=targets)])
    first = pace(tickets, user)
    for ticket in tickets:  # their books are begun: from here on a gesture turns a page
        _touch(ticket, user)
    then = pace(tickets, user)
    remark = f"{without:.1f} ms without a policy; {first - without:.1f} ms on top where the first one comes to apply"
    results.at_most(f"{POLICIES} SLA policies with 8 targets, on top of a gesture", then - without, "ms", 4, remark)


def _touch(ticket: Ticket, user: User) -> None:
    with transaction.atomic():
        add_tags(ticket, ["bench"], actor=Actor.agent(user))
        remove_tags(ticket, ["bench"], actor=Actor.agent(user))


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
