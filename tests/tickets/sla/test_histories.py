"""The property that clocks stand on: what is stored after any history is what its timeline tells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.actors import Actor
from customers.identify import identify
from helpdesk.accounts import working_hours
from helpdesk.accounts.calendar_changes import add_day, change_calendar, create_calendar
from helpdesk.accounts.calendars import Calendar
from helpdesk.accounts.models import Role, Team
from tests.cast import staff
from tests.tickets.sla.conftest import rows
from tickets import revisions, services
from tickets.models import (
    Channel,
    ForbiddenMove,
    Inbox,
    Message,
    Priority,
    SlaMemory,
    SlaMetric,
    SlaPolicy,
    SlaTarget,
    Ticket,
)
from tickets.models.ticket import MOVES
from tickets.services import Incoming, Refused, gestures
from tickets.sla.knowledge import known_of
from tickets.sla.memory import load
from tickets.sla.new_hours import follow, moved
from tickets.sla.storing import row_of
from tickets.sla.sweep import sweep
from tickets.sla.targets import columns_of, recompute
from tickets.sla.terms import SWITCHES

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
VIP = {"field": "current_tags", "operator": "includes", "value": "vip"}
WEEK = [[day * 1440 + start, day * 1440 + end] for day in range(1, 6) for start, end in ((540, 720), (780, 1020))]


class House:
    """Two policies, two teams with calendars of their own, staff of each role, and a customer who works here."""

    def __init__(self) -> None:
        self.berlin = create_calendar("Berlin", time_zone="Europe/Berlin", week=WEEK, now=NINE - timedelta(days=30))
        self.tokyo = create_calendar("Tokyo", time_zone="Asia/Tokyo", week=WEEK, now=NINE - timedelta(days=30))
        self.teams = [Team.objects.create(name="Support"), Team.objects.create(name="Tokyo", calendar=self.tokyo)]
        self.inbox = Inbox.objects.create(name="Support", address="support@onethread.test", team=self.teams[0])
        self.staff = {
            role: staff(f"{role}@onethread.test", f"The {role}", role) for role in (Role.AGENT, Role.LEAD, Role.LIGHT)
        }
        self.customers = [
            identify("email", "ada@example.org", name="Ada").customer,
            identify("email", "agent@onethread.test", name="The agent").customer,
        ]
        some = [metric.value for metric in SlaMetric]
        self.vip = SlaPolicy.objects.create(
            title="VIP", position=0, conditions={"all": [VIP]},
            targets=[row for n, metric in enumerate(some) for row in rows(metric, 1800 * (n + 1), business=n % 2 == 0)],
            settings=dict.fromkeys(SWITCHES, True),
        )  # fmt: skip
        self.standard = SlaPolicy.objects.create(
            title="Standard", position=1, targets=[
                row for n, metric in enumerate(some)
                for row in rows(metric, 14_400 * (n + 1), business=n % 3 != 0, priorities=["normal", "high", "urgent"])
            ],
        )  # fmt: skip
        for policy in (self.vip, self.standard):
            revisions.begin(policy)


class Life:
    """One ticket; each method is something that can happen to it."""

    def __init__(self, house: House, requester: int, by_agent: bool) -> None:
        self.house, self.now = house, NINE
        self.customer = house.customers[requester]
        self.messages: list[int] = []
        agent = Actor.agent(house.staff[Role.AGENT])
        actor = agent if by_agent else Actor.of_customer(self.customer)
        with services.opening_ticket(
            self.customer, "Rattles", inbox=house.inbox, channel=Channel.EMAIL, actor=actor, now=self.now
        ) as ticket:
            if by_agent:
                services.add_note(ticket, "<p>They called.</p>", actor=agent)
            else:
                self._receive(ticket)
        self.number = ticket.pk

    @property
    def ticket(self) -> Ticket:
        return Ticket.objects.get(pk=self.number)

    def _receive(self, ticket: Ticket, **more: Any) -> None:
        actor = Actor.of_customer(self.customer)
        services.receive_message(ticket, Incoming("Hm.", **more), customer=self.customer, channel="email", actor=actor)

    def do(self, what: str, argument: int) -> None:
        getattr(self, what)(argument)

    # Each inside a gesture of its own, or of a batch

    def customer_writes(self, n: int) -> None:
        self._receive(self.ticket, is_auto_reply=n % 4 == 0)

    def agent_replies(self, n: int) -> None:
        user = self.house.staff[Role.LEAD if n % 2 else Role.AGENT]
        self.messages.append(services.add_reply(self.ticket, "<p>Oil it.</p>", actor=Actor.agent(user)).pk)

    def someone_notes(self, n: int) -> None:
        user = list(self.house.staff.values())[n % 3]
        services.add_note(self.ticket, "<p>Hm.</p>", actor=Actor.agent(user))

    def status_changes(self, n: int) -> None:
        allowed = [status for status in MOVES[self.ticket.status] if status != "closed"]
        if allowed:
            services.change_status(self.ticket, allowed[n % len(allowed)], actor=self.agent)

    def priority_changes(self, n: int) -> None:
        services.change_priority(self.ticket, Priority.values[n % 5], actor=self.agent)

    def team_changes(self, n: int) -> None:
        services.assign_team(self.ticket, [None, *self.house.teams][n % 3], actor=self.agent)

    def tag_changes(self, n: int) -> None:
        services.set_tags(self.ticket, ["vip"] if n % 2 else [], actor=self.agent)

    def reply_is_taken_back(self, n: int) -> None:
        if self.messages:
            services.retract_reply(Message.objects.get(pk=self.messages.pop()), actor=self.agent)

    # Outside of the ticket

    def policy_changes(self, n: int) -> None:
        policy = SlaPolicy.objects.get(pk=(self.house.vip, self.house.standard)[n % 2].pk)
        for row in policy.targets:
            row["target"] = max(60, row["target"] + (n - 5) * 600)
        policy.is_active = n % 7 != 0
        policy.save()
        revisions.keep(policy, None)

    def hours_change(self, n: int) -> None:
        """At a moment of its own, as it is in life: a gesture knows of hours, or it was before them."""
        self.now += timedelta(seconds=1)
        calendar = Calendar.objects.get(pk=(self.house.berlin, self.house.tokyo)[n % 2].pk)
        day = (self.now + timedelta(days=n % 3)).date()
        if n % 3 == 0:
            change_calendar(calendar, week=[[a, b - 30 * (n % 4)] for a, b in WEEK], now=self.now)
        elif not calendar.holidays.filter(first=day).exists():
            add_day(calendar, "Founders", first=day, last=day, now=self.now)
        for each in moved(working_hours.book(), [calendar.pk]) if n % 4 else ():
            follow(*each)
        self.now += timedelta(seconds=1)

    @property
    def agent(self) -> Actor:
        return Actor.agent(self.house.staff[Role.AGENT])


ON_TICKET = (
    "customer_writes", "agent_replies", "someone_notes", "status_changes", "priority_changes", "team_changes",
    "tag_changes", "reply_is_taken_back",
)  # fmt: skip
AROUND = ("policy_changes", "hours_change")
deeds = st.tuples(st.sampled_from(ON_TICKET), st.integers(0, 11))
batches = st.one_of(
    st.lists(deeds, min_size=1, max_size=3), st.tuples(st.tuples(st.sampled_from(AROUND), st.integers(0, 11)))
)
waits = st.one_of(st.integers(0, 120), st.integers(0, 86_400), st.just(0))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    history=st.lists(st.tuples(waits, batches, st.booleans(), st.booleans()), min_size=3, max_size=14),
    requester=st.integers(0, 1),
    by_agent=st.booleans(),
)
def test_what_is_stored_is_what_the_timeline_tells(history: Any, requester: int, by_agent: bool, db: None) -> None:
    with transaction.atomic():
        house = House()
        lives = [Life(house, requester, by_agent), Life(house, 0, False)]
        for seconds, batch, is_swept, is_bulk in history:
            for life in lives:
                life.now += timedelta(seconds=seconds)
            if is_swept:
                while sweep(now=lives[0].now):
                    pass
            _make(lives if is_bulk else lives[:1], batch)
            for life in lives:
                check(life.ticket)
        while sweep(now=lives[0].now):
            pass
        for life in lives:
            check(life.ticket, now=life.now)
        transaction.set_rollback(True)


def _make(lives: list[Life], batch: Any) -> None:
    """Several deeds are one gesture; with several tickets they are one bulk edit."""
    if batch[0][0] in AROUND:
        lives[0].do(*batch[0])
        return
    with gestures([life.number for life in lives], actor=lives[0].agent, now=lives[0].now) as running:
        for life in lives:
            try:
                with running[life.number].attempt():
                    for what, argument in batch:
                        life.do(what, argument)
            except (Refused, ForbiddenMove):
                pass


def check(ticket: Ticket, now: datetime | None = None) -> None:
    """`now`: nothing is due any more that nobody has told."""
    told = recompute(ticket, now=now)
    stored = {(row.metric, row.instance): row for row in SlaTarget.objects.filter(ticket=ticket)}
    memory = SlaMemory.objects.filter(ticket=ticket).first()
    if told is None:
        assert not stored and memory is None
        return
    clocks = {key: clock for key, clock in told.pages.items() if clock.target}
    assert set(stored) == set(clocks)
    for key, clock in clocks.items():
        row = row_of(ticket.pk, clock)
        assert {name: getattr(stored[key], name) for name in row} == row
    assert memory
    assert load(memory.data, known_of([ticket]).shelf.find) == told
    columns = columns_of(told.clocks.values())
    assert {name: getattr(ticket, name) for name in columns} == columns
