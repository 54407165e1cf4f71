"""What if: the tickets of the last days under a changed policy, calendar or holiday, before anybody saves it.

Each ticket's timeline is told twice, by the rules there are and by the draft, both from its beginning on and with the
policy that fits the ticket as it is now: so what differs comes from the draft alone. A job in chunks, of the newest
`MOST` tickets at most; it changes nothing but its own row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.db import transaction
from django.utils import timezone

from helpdesk.accounts import working_hours
from helpdesk.accounts.models import User
from helpdesk.accounts.working_hours import Timeline, Version, hours_from
from helpdesk.lib.leases import take_overdue
from tickets.conditions import Facts
from tickets.conditions.facts import facts_for
from tickets.conditions.scopes import SLA
from tickets.conditions.tree import parse
from tickets.models import SlaWhatIf, Ticket
from tickets.realtime import publish
from tickets.sla.book import Book
from tickets.sla.facts import Applied, Step
from tickets.sla.history import Line, beginning_of, read_lines, steps_of
from tickets.sla.hours import WorkingHours
from tickets.sla.knowledge import Policy, fields_of, read_shelf
from tickets.sla.targets import first_match
from tickets.sla.terms import read_terms

DAYS = 90
MOST = 20_000
CHUNK = 100
LEASE = timedelta(seconds=30)
SLICE = 3.0  # seconds that one task goes on for
EXAMPLES = 50
UNFINISHED = ("waiting", "running")


@dataclass(frozen=True)
class World:
    """Rules by which promises are made: as they are, or as somebody would like to have them."""

    policies: Sequence[Policy]
    hours: WorkingHours


def start(asked_by: User, title: str, draft: Mapping[str, Any], *, now: datetime) -> SlaWhatIf:
    """`draft` has `policy` ({id or null, title, conditions, targets, settings, calendar_id, is_active}) or `calendar`
    ({id, data}, data as a CalendarVersion keeps it), all of it checked."""
    total = min(_tickets(now - timedelta(days=DAYS)).count(), MOST)
    return SlaWhatIf.objects.create(
        asked_by=asked_by, title=title[:200], draft=dict(draft), days=DAYS, total=total, created_at=now,
        claimed_until=now + LEASE,
    )  # fmt: skip


def _tickets(since: datetime) -> Any:
    return Ticket.objects.filter(created_at__gte=since)


def run(pk: int, *, seconds: float = SLICE) -> bool:
    """Work on the job for so long; True when there is more to do."""
    until = monotonic() + seconds
    worlds: tuple[World, World] | None = None
    while True:
        with transaction.atomic():
            jobs = SlaWhatIf.objects.filter(pk=pk, state__in=UNFINISHED)
            job = jobs.select_for_update(skip_locked=True, of=("self",)).first()
            if job is None:
                return False
            worlds = worlds or (world_now(), world_of(job.draft))
            is_more = _chunk(job, *worlds)
        if not is_more or monotonic() > until:
            return is_more


def due(*, now: datetime, limit: int = 10) -> list[int]:
    """Jobs that no worker has, or whose worker is gone."""
    left = SlaWhatIf.objects.filter(state__in=UNFINISHED, claimed_until__lt=now)
    return take_overdue(left, limit=limit, claimed_until=now + LEASE)


def cancel(job: SlaWhatIf, *, now: datetime) -> None:
    SlaWhatIf.objects.filter(pk=job.pk, state__in=UNFINISHED).update(state="cancelled", finished_at=now)


def delete_old(*, now: datetime) -> int:
    return SlaWhatIf.objects.filter(created_at__lt=now - timedelta(days=30)).delete()[0]


def _chunk(job: SlaWhatIf, now_world: World, then_world: World) -> bool:
    found = _tickets(job.created_at - timedelta(days=job.days)).order_by("-pk")
    if job.last_ticket_id:
        found = found.filter(pk__lt=job.last_ticket_id)
    tickets = list(found.with_people()[: min(CHUNK, job.total - job.looked_at)])
    lines = read_lines([ticket.pk for ticket in tickets])
    fields = fields_of([*now_world.policies, *then_world.policies])
    facts = facts_for(tickets, fields)
    for ticket in tickets:
        told = lines.get(ticket.pk, [])
        both = [
            _breaches(simulate(ticket, told, world, facts[ticket.pk], now=job.created_at), ticket)
            for world in (now_world, then_world)
        ]
        _note(job, ticket, *both)
    job.looked_at += len(tickets)
    if tickets:
        job.last_ticket_id = tickets[-1].pk
    is_more = len(tickets) == CHUNK and job.looked_at < job.total
    job.state, job.claimed_until = ("running" if is_more else "done"), timezone.now() + LEASE
    if not is_more:
        job.finished_at = timezone.now()
    job.save()
    transaction.on_commit(lambda: publish({"t": "changed", "topics": [f"sla-what-if:{job.pk}"]}))
    return is_more


Found = dict[str, tuple[int, int]]  # metric → targets, breaches


def _breaches(book: Book, ticket: Ticket) -> Found:
    found: Found = {}
    for clock in book.pages.values():
        if clock.target:
            targets, breaches = found.get(clock.metric, (0, 0))
            found[str(clock.metric)] = targets + 1, breaches + bool(clock.breached_at)
    return found


def _note(job: SlaWhatIf, ticket: Ticket, now: Found, then: Found) -> None:
    metrics, examples = job.result.setdefault("metrics", {}), job.result.setdefault("examples", [])
    for metric in {*now, *then}:
        row = metrics.setdefault(metric, [0, 0, 0, 0])
        for place, number in enumerate((*now.get(metric, (0, 0)), *then.get(metric, (0, 0)))):
            row[place] += number
        before, after = now.get(metric, (0, 0))[1], then.get(metric, (0, 0))[1]
        if before != after:
            job.result["changed"] = job.result.get("changed", 0) + 1
            if len(examples) < EXAMPLES:
                examples.append([ticket.pk, ticket.subject[:120], metric, before, after])


def simulate(ticket: Ticket, lines: Sequence[Line], world: World, facts: Facts, *, now: datetime) -> Book:
    """The ticket's clocks, had these been the rules all along."""
    told = [line for line in lines if not line.kind.startswith("sla.")]
    steps = steps_of(told, lambda policy_id, revision: None)
    start = replace(beginning_of(ticket, told), requester_user_id=beginning_of(ticket, lines).requester_user_id)
    book = Book.begun(start)
    policy = first_match(world.policies, facts, now=now)
    if policy and steps:
        timeline = world.hours.book.first_of(
            policy.terms.calendar_id, ticket.calendar_id, ticket.team.calendar_id if ticket.team else None
        )
        applied = Applied(policy.terms, timeline.calendar_id if timeline else None)
        steps[0] = Step(steps[0].at, (*steps[0].facts, applied))
    book.turn(steps, world.hours)
    book.pass_time(now)
    return book


def world_now() -> World:
    return World(read_shelf().policies, WorkingHours(working_hours.book()))


def world_of(draft: Mapping[str, Any]) -> World:
    world = world_now()
    if "calendar" in draft:
        return World(world.policies, WorkingHours(_with_hours(world.hours.book, draft["calendar"])))
    return World(_with_policy(world.policies, draft["policy"]), world.hours)


def _with_hours(book: working_hours.Book, calendar: Mapping[str, Any]) -> working_hours.Book:
    """As if the calendar had always had these hours; a new one counts for whoever has no other."""
    data = calendar["data"]
    timeline = Timeline(calendar["id"], data.get("name", ""), [Version(None, None, hours_from(data), data)])
    return working_hours.Book({**book.timelines, calendar["id"]: timeline}, book.default_id)


def _with_policy(policies: Sequence[Policy], draft: Mapping[str, Any]) -> list[Policy]:
    """In the place of the one it changes; a new one comes last."""
    terms = read_terms(draft["id"] or 0, 0, draft)
    changed = [Policy(terms, parse(draft["conditions"], SLA))] if draft["is_active"] else []
    place = next((n for n, policy in enumerate(policies) if policy.terms.policy_id == draft["id"]), len(policies))
    return [*policies[:place], *changed, *policies[place + 1 :]]
