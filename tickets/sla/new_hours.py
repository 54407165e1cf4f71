"""Clocks that run while their hours change: what is to come counts by the new ones, what was counted stays.

A calendar's change asks for it (settings.HOURS_CHANGED), the beat looks again for a while, and the sweep looks before
it tells of a breach, so that nobody is late on a holiday. Each ticket whose targets move has a line that says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic

from celery import shared_task
from django.db import connection, transaction
from django.utils import timezone

from customers.actors import SYSTEM
from helpdesk.accounts import working_hours
from helpdesk.accounts.calendars import Calendar
from helpdesk.accounts.working_hours import Timeline
from helpdesk.lib.handover import hand_over
from tickets.events import SlaApplied
from tickets.models import SlaMemory, SlaState, SlaTarget
from tickets.realtime import publish
from tickets.services import gestures
from tickets.sla.clock import SECOND
from tickets.sla.hours import WorkingHours
from tickets.sla.knowledge import read_shelf

HOURS_TOPIC = "hours"  # static/src/live/countdowns.ts
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
RECENT = timedelta(minutes=10)  # after a change the beat still looks for what a lost message or worker left
BATCH = 100
SLICE = 10.0  # seconds that one task goes on for
LOCK = 0x0A55161A  # any number of our own


def ask_to_follow(calendar: Calendar) -> None:
    """HOURS_CHANGED: once it is committed. Open pages fetch the hours that their targets count down by."""
    transaction.on_commit(lambda: hand_over(follow_new_hours))
    transaction.on_commit(lambda: publish({"t": "changed", "topics": [HOURS_TOPIC]}))


def has_counted(calendar: Calendar) -> bool:
    """HOURS_NEEDED: receipts, and what is told again from timelines, count by them for ever."""
    return SlaTarget.objects.filter(calendar=calendar).exists()


@shared_task(expires=60)
def follow_new_hours() -> int:
    until, followed = monotonic() + SLICE, 0
    changed = Calendar.objects.filter(updated_at__gt=timezone.now() - RECENT).values_list("pk", flat=True)
    book = working_hours.book()
    for timeline, numbers in moved(book, changed) if changed else ():
        for at in range(0, len(numbers), BATCH):
            if monotonic() > until:
                hand_over(follow_new_hours)
                return followed
            followed += follow(timeline, numbers[at : at + BATCH])
    return followed


Moved = list[tuple[Timeline, list[int]]]


def moved(book: working_hours.Book, calendars: Collection[int], numbers: Sequence[int] | None = None) -> Moved:
    """Tickets with a running clock that is due at another time by the hours there are now; `numbers`: among these."""
    running = SlaTarget.objects.filter(
        state=SlaState.ACTIVE, is_business=True, calendar__in=calendars, counting_since__isnull=False, breached_at=None
    )
    if numbers is not None:
        running = running.filter(ticket__in=numbers)
    hours, found = WorkingHours(book), defaultdict[int, set[int]](set)
    rows = running.values_list("ticket_id", "calendar_id", "counting_since", "target", "elapsed", "due_at")
    for number, calendar_id, since, target, elapsed, due_at in rows.iterator():
        timeline = hours.timeline(calendar_id)
        if timeline is None or since is None or number in found[timeline.calendar_id]:
            continue
        left, known_at = target * SECOND - round(elapsed * SECOND), max(since, _in_force_since(timeline))
        if left > 0 and hours.add(calendar_id, since, left, known_at=known_at) != due_at:
            found[timeline.calendar_id].add(number)
    return [(book.timelines[pk], sorted(tickets)) for pk, tickets in found.items() if tickets]


@transaction.atomic
def follow(timeline: Timeline, numbers: Sequence[int]) -> int:
    """Say on these tickets since when other hours count, where nobody has; how many there were.

    One at a time, in the whole house: two would only wait for each other's tickets.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
    return follow_at_once(timeline, numbers)


def follow_at_once(timeline: Timeline, numbers: Sequence[int]) -> int:
    """The same, whoever else does it. Told as of the change: what was due later was not late before."""
    shelf, version, followed = read_shelf(), len(timeline.versions), 0
    with gestures(numbers, actor=SYSTEM, now=_in_force_since(timeline)) as running:
        for memory in SlaMemory.objects.filter(ticket__in=running):
            data = memory.data
            terms = shelf.find(*data["terms"]) if data["terms"] else None
            known = data["calendar_id"], data["calendar_version"]
            if terms is None or known[0] != timeline.calendar_id or known[1] == version:
                continue
            applied = SlaApplied(
                terms.policy_id, terms.title, terms.revision, timeline.calendar_id, timeline.name, version,
                data["requester_user_id"],
            )  # fmt: skip
            running[memory.ticket_id].record(applied)
            followed += 1
    return followed


def _in_force_since(timeline: Timeline) -> datetime:
    return timeline.versions[-1].since or LONG_AGO
