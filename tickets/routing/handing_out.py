"""Giving what waits to people: under one lock for the house, so that nobody gets more than they can take.

Arrivals at the same moment ask at the same moment. Each waits for its turn at the lock and then finds what is left,
so fifty arrivals are handed out as if they had come one after the other.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from customers.actors import SYSTEM
from helpdesk.accounts.models import User
from helpdesk.accounts.working_hours import NoTimeLeft
from tickets.events import TicketRouted
from tickets.models import Capacity, Priority, Routed, RoutedState, RoutingMode, WaitingTicket
from tickets.routing.candidates import Choice, Person, Wanted, choose
from tickets.routing.desk import Desk, worked_as
from tickets.routing.queue import WORK
from tickets.services import assign, gestures

BATCH = 100
MOST = 5_000  # tickets in one pass; the next sweep goes on
LOCK = 0x0A551617  # any number of our own
FIRST = [Priority.URGENT, Priority.HIGH, Priority.NORMAL, Priority.NONE, Priority.LOW]


def route_waiting(*, now: datetime) -> int:
    """Give what waits to whoever can take it, the most urgent first; how many found somebody."""
    waiting = WaitingTicket.objects.exclude(team__routing__mode=RoutingMode.MANUAL)
    known = list(waiting.values_list("ticket__priority", "since", "pk")[:MOST])
    known.sort(key=lambda row: (FIRST.index(Priority(row[0])), row[1], row[2]))
    numbers = [number for _priority, _since, number in known]
    return sum(_give(numbers[at : at + BATCH], now) for at in range(0, len(numbers), BATCH))


@transaction.atomic
def _give(numbers: Sequence[int], now: datetime) -> int:
    """Those of these tickets that find somebody, in this order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    rows = WaitingTicket.objects.select_related("ticket", "team__routing", "team__calendar").in_bulk(numbers)
    waiting = [rows[number] for number in numbers if number in rows]
    if not waiting:
        return 0
    desk = Desk.open(sorted({row.team_id for row in waiting}), now)
    chosen: dict[int, Choice] = {}
    for row in waiting:
        choice = _choose(row, desk)
        if choice.person:
            desk.give(choice.person, worked_as(row.ticket.channel))
            chosen[row.pk] = choice
        elif choice.waits != row.reason:
            WaitingTicket.objects.filter(pk=row.pk).update(reason=choice.waits)
    return _write(chosen, rows, desk, now) if chosen else 0


def _choose(row: WaitingTicket, desk: Desk) -> Choice:
    routing = desk.routing[row.team_id]
    people = desk.people_of(row.team_id)
    if routing.only_in_hours and not desk.is_open(row):
        return Choice(None, waits="hours")
    not_to = row.not_to_id if desk.has_others(row.team_id, row.not_to_id) else None
    wanted = Wanted(worked_as(row.ticket.channel), desk.skills_for(row.ticket), not_to)
    return choose(wanted, people, routing.mode, uses_skills=routing.uses_skills)


def _write(chosen: dict[int, Choice], rows: dict[int, WaitingTicket], desk: Desk, now: datetime) -> int:
    users = User.objects.in_bulk({choice.person.id for choice in chosen.values() if choice.person})
    given: list[Routed] = []
    with gestures(chosen, actor=SYSTEM, now=now) as running:
        for number, choice in chosen.items():
            g, person = running.get(number), choice.person
            if g is None or person is None or g.ticket.assignee_id or g.ticket.status not in WORK:
                continue  # somebody was quicker, by hand
            if g.ticket.team_id != rows[number].team_id:
                continue
            assign(g.ticket, users[person.id], actor=SYSTEM)
            g.record(TicketRouted(person.id, person.name, list(choice.reasons)))
            given.append(_routed(rows[number], choice, person, desk, now))
        numbers = [routed.ticket_id for routed in given]
        WaitingTicket.objects.filter(pk__in=numbers).delete()
        Routed.objects.filter(ticket__in=numbers, state=RoutedState.GIVEN).update(state=RoutedState.OVERRIDDEN)
        Routed.objects.bulk_create(given)
        _note_turns([choice.person for choice in chosen.values() if choice.person])
    return len(given)


def _routed(row: WaitingTicket, choice: Choice, person: Person, desk: Desk, now: datetime) -> Routed:
    reasons = [json.dumps(reason) for reason in choice.reasons]
    return Routed(
        ticket_id=row.pk, user_id=person.id, team_id=row.team_id, reasons=reasons, due_at=_due_at(row, desk, now),
        created_at=now,
    )  # fmt: skip


def _due_at(row: WaitingTicket, desk: Desk, now: datetime) -> datetime | None:
    """When it is taken back: minutes of the team's hours where it works only in them."""
    routing = desk.routing[row.team_id]
    if not routing.take_back_after:
        return None
    wait = timedelta(minutes=routing.take_back_after)
    hours = desk.hours_of(row) if routing.only_in_hours else None
    try:
        return hours.add(now, wait.total_seconds()) if hours else now + wait
    except NoTimeLeft:
        return None


def _note_turns(people: Sequence[Person]) -> None:
    """So that the next pass goes on where this one ended."""
    last = {person.id: person.last_given_at for person in people}
    turns = [Capacity(user_id=user, last_given_at=at) for user, at in sorted(last.items())]
    Capacity.objects.bulk_create(turns, update_conflicts=True, unique_fields=["user"], update_fields=["last_given_at"])
