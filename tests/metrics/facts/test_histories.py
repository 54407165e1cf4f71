"""The property that reports stand on: what is kept after any history is what its timeline tells from nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from customers.actors import Actor
from customers.identify import identify
from helpdesk.accounts.calendar_changes import add_day, change_calendar, create_calendar, make_default
from helpdesk.accounts.calendars import Calendar
from helpdesk.accounts.models import Role, Team
from metrics.facts.adding_up import Place, add_up, figures_of_day
from metrics.facts.backlog import keep_backlog, rebuild_backlog
from metrics.facts.catching_up import catch_up, retell
from metrics.facts.history import read_histories
from metrics.facts.hours import HoursThen
from metrics.facts.telling import tell
from metrics.facts.verifying import verify
from metrics.models import BacklogDay, DayFigure, Fact, Moment
from metrics.spans import Span, reporting_zone
from tests.cast import staff
from tests.tickets.sla.conftest import rows
from tickets import revisions, services
from tickets.models import Channel, ForbiddenMove, Inbox, Message, Priority, SlaMetric, SlaPolicy, Status, Ticket
from tickets.models.ticket import MOVES
from tickets.services import Incoming, Refused
from tickets.sla.sweep import sweep

pytestmark = pytest.mark.django_db
BEGIN = datetime(2026, 3, 27, 9, tzinfo=UTC)  # a Friday; on Sunday Berlin's clocks go forward
WEEK = [[day * 1440 + 540, day * 1440 + 1020] for day in range(1, 6)]


class House:
    """Two teams, one with hours of its own, a promise to keep, and people."""

    def __init__(self) -> None:
        before = BEGIN - timedelta(days=30)
        self.berlin = make_default(create_calendar("Berlin", time_zone="Europe/Berlin", week=WEEK, now=before))
        self.tokyo = create_calendar("Tokyo", time_zone="Asia/Tokyo", week=WEEK, now=before)
        self.teams = [Team.objects.create(name="Support"), Team.objects.create(name="Tokyo", calendar=self.tokyo)]
        self.inbox = Inbox.objects.create(name="Support", address="support@onethread.test", team=self.teams[0])
        self.staff = [staff(f"{n}@onethread.test", f"Agent {n}", Role.AGENT) for n in range(2)]
        self.ada = identify("email", "ada@example.org", name="Ada").customer
        targets = [*rows(SlaMetric.FIRST_REPLY, 7200, business=True), *rows(SlaMetric.TOTAL_RESOLUTION, 86_400)]
        revisions.begin(SlaPolicy.objects.create(title="Standard", targets=targets))


class Life:
    """Two tickets; each method is something that can happen."""

    def __init__(self, house: House) -> None:
        self.house, self.now = house, BEGIN
        self.replies: list[int] = []
        self.words: list[int] = []
        self.numbers: list[int] = []
        self.has_moved = False
        for by_agent in (False, True):
            self.now += timedelta(minutes=1)
            self.opens(int(by_agent))

    @property
    def agent(self) -> Actor:
        return Actor.agent(self.house.staff[0])

    def ticket(self, n: int) -> Ticket:
        return Ticket.objects.get(pk=self.numbers[n % 2])

    def opens(self, n: int) -> None:
        ada = self.house.ada
        actor = self.agent if n % 2 else Actor.of_customer(ada)
        with services.opening_ticket(
            ada, "Rattles", inbox=self.house.inbox, channel=Channel.EMAIL, actor=actor, now=self.now
        ) as ticket:
            if n % 2:
                services.add_reply(ticket, "<p>We noticed.</p>", actor=actor)
            else:
                self._receive(ticket)
        self.numbers.append(ticket.pk)

    def _receive(self, ticket: Ticket, **more: Any) -> None:
        actor = Actor.of_customer(self.house.ada)
        incoming = Incoming("Hm.", **more)
        message = services.receive_message(
            ticket, incoming, customer=self.house.ada, channel="email", actor=actor, now=self.now
        )
        self.words.append(message.pk)

    def do(self, what: str, n: int) -> None:
        try:
            with transaction.atomic():
                getattr(self, what)(n)
        except (Refused, ForbiddenMove):
            pass

    def customer_writes(self, n: int) -> None:
        self._receive(self.ticket(n), is_auto_reply=n % 5 == 0)

    def agent_replies(self, n: int) -> None:
        actor = Actor.agent(self.house.staff[n % 2])
        with services.gesture(self.ticket(n // 2), actor=actor, now=self.now) as g:
            self.replies.append(services.add_reply(g.ticket, "<p>Oil it.</p>", actor=actor).pk)
            if n % 3 == 0 and Status.SOLVED in MOVES[g.ticket.status]:
                services.change_status(g.ticket, Status.SOLVED, actor=actor)

    def someone_notes(self, n: int) -> None:
        services.add_note(self.ticket(n), "<p>Hm.</p>", actor=self.agent, now=self.now)

    def status_changes(self, n: int) -> None:
        with services.gesture(self.ticket(n), actor=self.agent, now=self.now) as g:
            for m in range(1 + n % 2):
                allowed = MOVES[g.ticket.status]
                services.change_status(g.ticket, allowed[(n // 2 + m) % len(allowed)] if allowed else "", actor=g.actor)

    def assignee_changes(self, n: int) -> None:
        with services.gesture(self.ticket(n), actor=self.agent, now=self.now) as g:
            services.assign(g.ticket, [None, *self.house.staff][n // 2 % 3], actor=g.actor)

    def team_changes(self, n: int) -> None:
        with services.gesture(self.ticket(n), actor=self.agent, now=self.now) as g:
            services.assign_team(g.ticket, [None, *self.house.teams][n // 2 % 3], actor=g.actor)

    def fields_change(self, n: int) -> None:
        with services.gesture(self.ticket(n), actor=self.agent, now=self.now) as g:
            services.change_priority(g.ticket, Priority.values[n % 5], actor=g.actor)
            services.change_type(g.ticket, ["", "incident"][n // 2 % 2], actor=g.actor)

    def reply_is_taken_back(self, n: int) -> None:
        if self.replies:
            message = Message.objects.get(pk=self.replies.pop())
            with services.gesture(message.ticket, actor=self.agent, now=self.now):
                services.retract_reply(message, actor=self.agent)

    def message_moves(self, n: int) -> None:
        message = Message.objects.get(pk=self.words[n % len(self.words)])
        there = self.ticket(n)
        first, second = sorted([message.ticket, there], key=lambda ticket: ticket.pk)
        if first.pk == second.pk:
            return
        at, agent = self.now, self.agent
        with services.gesture(first, actor=agent, now=at), services.gesture(second, actor=agent, now=at):
            services.join_message(message, there, actor=agent)
            self.has_moved = True

    def hours_change(self, n: int) -> None:
        calendar = Calendar.objects.get(pk=(self.house.berlin, self.house.tokyo)[n % 2].pk)
        day = (self.now + timedelta(days=n % 3)).date()
        if n % 3 == 0:
            change_calendar(calendar, week=[[a, b - 30 * (n % 4)] for a, b in WEEK], now=self.now)
        elif not calendar.holidays.filter(first=day).exists():
            add_day(calendar, "Founders", first=day, last=day, now=self.now)

    def team_gets_other_hours(self, n: int) -> None:
        team = Team.objects.get(pk=self.house.teams[n % 2].pk)
        team.calendar = [None, self.house.berlin, self.house.tokyo][n // 2 % 3]
        team.save(update_fields=["calendar"])
        catch_up(now=self.now)  # within five seconds, in life


DEEDS = (
    "customer_writes", "agent_replies", "someone_notes", "status_changes", "assignee_changes", "team_changes",
    "fields_change", "reply_is_taken_back", "message_moves", "hours_change", "team_gets_other_hours",
)  # fmt: skip
deeds = st.tuples(st.sampled_from(DEEDS), st.integers(0, 11))
waits = st.one_of(st.integers(0, 120), st.integers(0, 86_400), st.integers(0, 3 * 86_400))


@settings(max_examples=15, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(history=st.lists(st.tuples(waits, deeds, st.booleans()), min_size=3, max_size=12))
def test_what_is_kept_is_what_the_timelines_tell(history: Any, db: None) -> None:
    with transaction.atomic():
        life = Life(House())
        for seconds, (what, argument), is_caught in history:
            life.now += timedelta(seconds=seconds)
            while sweep(now=life.now):
                pass
            life.do(what, argument)
            if is_caught:
                check(life)
        check(life)
        check_days(life)
        check_tickets(life)
        check_from_nothing(life)
        transaction.set_rollback(True)


def check(life: Life) -> None:
    while not catch_up(now=life.now).is_done:
        pass
    while keep_backlog(now=life.now):
        pass
    for _checked, differences in verify():
        assert not differences, str(differences[0])
    while add_up(now=life.now):
        pass


def check_days(life: Life) -> None:
    """Days that nobody marked have not changed."""
    zone = reporting_zone()
    day = BEGIN.date() - timedelta(days=1)
    while day <= life.now.astimezone(zone).date():
        kept = {
            Place(row.measure, row.team_id, row.dimension, row.key): (row.n, row.total, row.total_business, row.buckets)
            for row in DayFigure.objects.filter(day=day)
        }
        told = {place: values[:4] for place, values in figures_of_day(Span(day, day, zone)).items()}
        assert kept == told
        day += timedelta(days=1)


def check_tickets(life: Life) -> None:
    """Where the ticket itself keeps the same, it says the same."""
    then = HoursThen()
    for history in read_histories(life.numbers):
        ticket, fact = Ticket.objects.get(pk=history.ticket.number), Fact.objects.get(pk=history.ticket.number)
        assert fact.reopens_in_history == ticket.reopen_count
        assert (fact.assignee_stations, fact.team_stations) == (ticket.assignee_stations, ticket.team_stations)
        assert fact.solved_at == ticket.solved_at or fact.status == Status.CLOSED
        if not life.has_moved:  # what is moved there and back again waits there by its time and here by its place
            assert tell(history, then.clock_for(history)).waiting_since == ticket.waiting_since


def check_from_nothing(life: Life) -> None:
    """Throw all away and tell it again: the same rows."""
    facts, moments, backlog = snapshot()
    Fact.objects.all().delete()
    Moment.objects.all().delete()
    retell(life.numbers, now=life.now)
    rebuild_backlog(now=life.now)
    assert snapshot() == (facts, moments, backlog)


def snapshot() -> tuple[list[Any], list[Any], list[Any]]:
    def of(model: type[Any]) -> list[Any]:
        names = [field.attname for field in model._meta.concrete_fields if field.attname not in ("id", "event_id")]
        return sorted(map(repr, model.objects.values_list(*names)))

    return of(Fact), of(Moment), of(BacklogDay)
