"""Random histories under a simulated clock: what fires is what somebody sees who looks at every ticket each minute."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.db.models import Min
from django.test import override_settings
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from customers.actors import Actor
from customers.identify import identify
from tests.tickets.automation import witness
from tests.tickets.automation.histories import ACTS, Act, act
from tickets import services
from tickets.automation import timed
from tickets.conditions import Facts, Tree, check
from tickets.conditions.asking import Asking
from tickets.conditions.reading import holds
from tickets.conditions.tree import Group, parse
from tickets.models import Channel, DueRule, DueState, Inbox, Rule

START = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NEVER = datetime.max.replace(tzinfo=UTC)
CLOCKS = ("NEW", "OPEN", "PENDING", "SOLVED", "updated_at", "requester_updated_at", "assignee_updated_at",
          "waiting_since", "assigned_at", "due_date", "until_due_date")  # fmt: skip
__all__ = ["act"]  # a fixture

clock = st.builds(
    lambda field, operator, value: {"field": field, "operator": operator, "value": value},
    st.sampled_from(CLOCKS),
    st.sampled_from(["is", "less_than", "greater_than"]),
    st.integers(0, 4),
)
day = st.builds(
    lambda operator, value: {"field": "updated_on", "operator": operator, "value": value},
    st.sampled_from(["is", "is_not", "less_than", "greater_than_equal"]),
    st.sampled_from(["today", "yesterday", "tomorrow"]),
)
still = st.sampled_from(
    [
        {"field": "status", "operator": "is", "value": "pending"},
        {"field": "status", "operator": "less_than", "value": "solved"},
        {"field": "current_tags", "operator": "includes", "value": ["vip"]},
        {"field": "current_tags", "operator": "not_includes", "value": ["vip"]},
        {"field": "replies", "operator": "greater_than", "value": 0},
        {"field": "comment_includes_word", "operator": "includes", "value": ["please"]},
    ]
)
condition = st.one_of(clock, clock, day, still)
inner = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("all", "any", "none"), st.lists(condition, min_size=1, max_size=2))
)
trees: st.SearchStrategy[Tree] = st.fixed_dictionaries(
    {"all": st.lists(condition, min_size=1, max_size=2)},
    optional={
        "any": st.lists(st.one_of(condition, inner), min_size=1, max_size=3),
        "none": st.lists(condition, max_size=2),
    },
)
MOST = 40  # firings; two rules that undo each other would go on
history = st.lists(st.tuples(st.integers(0, 250), st.sampled_from(ACTS)), min_size=2, max_size=7)


ACTIONS: list[list[dict[str, Any]]] = [
    [{"field": "comment_value", "value": "Looked at."}],
    [{"field": "comment_value", "value": "Looked at."}, {"field": "current_tags", "value": "vip"}],
    [{"field": "comment_value", "value": "Looked at."}, {"field": "remove_tags", "value": "vip"}],
    [{"field": "comment_value", "value": "Please?"}, {"field": "status", "value": "solved"}],
]


@dataclass
class Reference:
    """Looks at the ticket each minute, and after whatever happened to it, and remembers only what it saw."""

    rules: dict[int, Group]
    next_due: datetime = START
    facts: Facts | None = None
    is_closed: bool = False
    answered: set[int] = field(default_factory=set)  # holds, and has fired for it

    def see(self, seen: witness.Seen) -> None:
        self.facts, self.is_closed = seen.facts, seen.is_closed
        self.look(seen.at)

    def look(self, now: datetime) -> None:
        self.answered = {rule for rule in self.answered if self.holds(rule, now)}

    def holds(self, rule: int, now: datetime) -> bool:
        assert self.facts
        return not self.is_closed and holds(self.rules[rule], self.facts, Asking(None, now))

    def titled(self, titles: tuple[str, ...]) -> int:
        (title,) = titles
        return sorted(self.rules)[int(title.removeprefix("Rule "))]

    def due(self, now: datetime) -> set[int]:
        return {rule for rule in self.rules if rule not in self.answered and self.holds(rule, now)}


@pytest.mark.django_db
@hypothesis_settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # a story takes a second: making it shorter would take many minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(conditions=st.lists(trees, min_size=1, max_size=4), happenings=history)
def test_what_fires_is_what_is_seen_minute_by_minute(
    conditions: list[Tree], happenings: list[tuple[int, str]], support: Inbox, act: Act
) -> None:
    ours = [path for path in settings.EVENT_CONSUMERS if path.startswith("tickets.automation")]
    with transaction.atomic(), override_settings(GESTURE_ENDS=[], EVENT_CONSUMERS=[*ours, witness.PATH]):
        run(conditions, happenings, support, act)
        transaction.set_rollback(True)


def run(conditions: list[Tree], happenings: list[tuple[int, str]], support: Inbox, act: Act) -> None:
    witness.seen.clear()
    rules = [
        Rule.objects.create(kind="automation", title=f"Rule {place}", conditions=check(tree), actions=ACTIONS[place])
        for place, tree in enumerate(conditions)
    ]
    reference = Reference({rule.pk: parse(rule.conditions) for rule in rules})
    ada = identify("email", "ada@example.org").customer
    actor = Actor.of_customer(ada)
    ticket = services.open_ticket(ada, "It rattles", inbox=support, channel=Channel.EMAIL, actor=actor, now=START)
    now = START
    for wait, what in [*happenings, (300, "nothing")]:
        reference.see(witness.seen[-1])
        for _minute in range(wait + 1):
            keep_up(reference, now)
            if len(witness.seen) > MOST:
                return
            now += MINUTE
        now -= MINUTE
        act(ticket, what, now)
        reference.next_due = next_due()


def next_due() -> datetime:
    """When the next sweep has something to look at; only sweeps and what happens to the ticket change it."""
    found = DueRule.objects.filter(state=DueState.WAITING).aggregate(next=Min("due_at"))["next"]
    return found or NEVER


def keep_up(reference: Reference, now: datetime) -> None:
    """Sweep until nothing fires; each firing was due, and in the end none is."""
    reference.look(now)
    while True:
        expected, before = reference.due(now), len(witness.seen)
        if not expected and now < reference.next_due:
            return  # a sweep would find no appointment: most minutes are like that
        timed.sweep(clock=lambda: now, seconds=60)
        reference.next_due = next_due()
        fired = witness.seen[before:]
        assert bool(fired) == bool(expected), f"{expected} were due at {now}, {fired} fired"
        for one in fired:
            rule = one.rule_id or reference.titled(one.stopped)  # one that goes round and round is stopped instead
            assert rule in reference.due(now), f"{rule} fired at {now}"
            reference.answered.add(rule)
            reference.see(one)
        if not fired or len(witness.seen) > MOST:
            return
