"""Any rules, any gestures: what triggers do is what the plainest reading says, alone and in a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from tests.cast import open_for
from tests.tickets.automation import naive
from tests.tickets.automation.rules import does, trigger
from tickets import services
from tickets.automation.actions import apply as make
from tickets.models import Inbox, Rule, RuleTrace, Ticket, TicketEvent
from tickets.models.ticket import ForbiddenMove
from tickets.services import gesture, gestures

pytestmark = pytest.mark.django_db

STATUSES, PRIORITIES = ["open", "pending", "hold", "solved"], ["", "low", "normal", "high", "urgent"]
TYPES, TAGS, WORDS = ["", "question", "task"], ["a", "b", "c"], ["refund", "broken", "thanks"]
CHANGES = ["changed", "not_changed", "value", "not_value", "value_previous", "not_value_previous"]
ORDER = ["less_than", "less_than_equal", "greater_than", "greater_than_equal"]
TEAMS, PEOPLE = [11, 12], [101, 102]


def asked(field: str, operators: list[str], values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def with_value(operator: str) -> st.SearchStrategy[Any]:
        if operator.endswith(("changed", "present")):
            return st.just({"field": field, "operator": operator})
        value = st.lists(values, min_size=1, max_size=2) if operator.endswith("includes") else values
        return value.map(lambda value: {"field": field, "operator": operator, "value": value})

    return st.sampled_from(operators).flatmap(with_value)


IS = ["is", "is_not", "includes", "not_includes"]
CONDITIONS = st.one_of(
    asked("status", [*IS, *ORDER, *CHANGES], st.sampled_from(["new", *STATUSES])),
    asked("priority", [*IS, *ORDER, *CHANGES], st.sampled_from(PRIORITIES)),
    asked("type", [*IS, *CHANGES], st.sampled_from(TYPES)),
    asked("group_id", [*IS, "present", "not_present", *CHANGES], st.sampled_from(["", *TEAMS])),
    asked("assignee_id", ["is", "is_not", "present", *CHANGES], st.sampled_from(["", *PEOPLE, "current_user"])),
    asked("current_tags", ["includes", "not_includes"], st.sampled_from(TAGS)),
    asked("update_type", ["is", "is_not"], st.sampled_from(["Create", "Change"])),
    asked("role", ["is", "is_not"], st.sampled_from(["agent", "end_user"])),
    asked("comment_is_public", ["is", "is_not"], st.sampled_from(["true", "false", "not_relevant"])),
    asked("comment_includes_word", ["includes", "not_includes"], st.sampled_from(WORDS)),
)


def groups(nodes: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[Any]:
    part = st.lists(nodes, min_size=1, max_size=most)
    return st.fixed_dictionaries({}, optional=dict.fromkeys(("all", "any", "none"), part))


TREES = st.recursive(groups(CONDITIONS, 3), lambda inner: groups(st.one_of(CONDITIONS, inner), 2), max_leaves=2)
DEEDS = st.one_of(
    st.tuples(st.just("status"), st.sampled_from(STATUSES)),
    st.tuples(st.just("priority"), st.sampled_from(PRIORITIES)),
    st.tuples(st.just("type"), st.sampled_from(TYPES)),
    st.tuples(st.just("group_id"), st.sampled_from(["", *TEAMS])),
    st.tuples(st.just("assignee_id"), st.sampled_from(["", *PEOPLE])),
    st.tuples(st.sampled_from(["current_tags", "remove_tags"]), st.sampled_from(TAGS)),
)
SAYS = st.one_of(st.none(), st.sampled_from(WORDS))
GESTURES = st.tuples(st.sampled_from([None, *PEOPLE]), st.lists(DEEDS, max_size=3), SAYS)
RULES = st.lists(st.tuples(TREES, st.lists(DEEDS, min_size=1, max_size=2, unique_by=lambda it: it[0])), max_size=6)


@pytest.fixture
def house(db: None) -> None:
    for pk in TEAMS:
        Team.objects.create(pk=pk, name=f"Team {pk}")
    for pk in PEOPLE:
        User.objects.create(pk=pk, email=f"u{pk}@onethread.test", name=f"Agent {pk}", password="-")


def depth(tree: Any) -> int:
    children = [child for part in tree.values() for child in part if "field" not in child]
    return 1 + max(map(depth, children), default=0)


class Both:
    """One ticket and its model, to which the same is done."""

    def __init__(self, ticket: Ticket, customer: Customer) -> None:
        self.ticket, self.customer = ticket, customer
        self.model = naive.Model(self.state())

    def state(self) -> dict[str, Any]:
        it = Ticket.objects.get(pk=self.ticket.pk)
        return {
            "status": it.status, "priority": it.priority, "type": it.type, "current_tags": it.tags,
            "group_id": it.team_id or "", "assignee_id": it.assignee_id or "",
        }  # fmt: skip

    def act(self, ticket: Ticket, actor: Actor, deeds: list[tuple[str, Any]], says: str | None) -> None:
        self.model.begin(agent=actor.user.pk if actor.user else None)
        for name, value in deeds:
            try:
                self.model.do(name, value)
            except naive.Forbidden:
                with pytest.raises(ForbiddenMove):
                    make(ticket, [{"field": name, "value": str(value)}], actor=actor)
            else:
                make(ticket, [{"field": name, "value": str(value)}], actor=actor)
        if says and actor.user:
            self.model.note(says)
            services.add_note(ticket, f"<p>{says}</p>", actor=actor)
        elif says:
            self.model.hear(says)
            incoming = services.Incoming(says, from_address="ada@example.org")
            services.receive_message(ticket, incoming, customer=self.customer, channel="email", actor=actor)

    def settle(self, rules: list[Any]) -> list[str]:
        """What the model's rules fire; nothing where nothing happened."""
        # What was changed and changed back has happened, too: the events say so.
        return naive.run(rules, self.model)


def actor_of(who: int | None, customer: Customer) -> Actor:
    return Actor.agent(User.objects.get(pk=who)) if who else Actor.of_customer(customer)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(rules=RULES, story=st.lists(GESTURES, min_size=1, max_size=3), together=st.booleans())
def test_triggers_do_what_the_plainest_reading_says(
    house: None, ada: Customer, support: Inbox, rules: list[Any], story: list[Any], together: bool
) -> None:
    rules = [(tree, deeds) for tree, deeds in rules if depth(tree) <= 3]
    with transaction.atomic():
        both = [Both(open_for(ada, support, f"It {n}"), ada) for n in range(2)]
        named = []
        for place, (tree, deeds) in enumerate(rules):
            trigger(f"R{place}", tree, *(does(name, str(value)) for name, value in deeds), position=place + 1)
            named.append((f"R{place}", tree, deeds))
        tell = _together if together else _apart
        for who, deeds, says in story:

            def act(one: Both, ticket: Ticket, actor: Actor, deeds: Any = deeds, says: Any = says) -> None:
                one.act(ticket, actor, deeds, says)

            tell(both, actor_of(who, ada), act, named)
        transaction.set_rollback(True)


def _apart(both: list[Both], actor: Actor, act: Callable[..., None], rules: list[Any]) -> None:
    for one in both:
        with gesture(one.ticket, actor=actor) as g:
            act(one, g.ticket, actor)
            happened = bool(g.events)
        _compare(one, g.id, rules, happened)


def _together(both: list[Both], actor: Actor, act: Callable[..., None], rules: list[Any]) -> None:
    with gestures([one.ticket.pk for one in both], actor=actor) as running:
        happened = {}
        for one in both:
            g = running[one.ticket.pk]
            act(one, g.ticket, actor)
            happened[one.ticket.pk] = bool(g.events)
    for one in both:
        _compare(one, running[one.ticket.pk].id, rules, happened[one.ticket.pk])


def _compare(one: Both, gesture_id: Any, rules: list[Any], happened: bool) -> None:
    expected = one.settle(rules) if happened else []
    told = TicketEvent.objects.filter(gesture_id=gesture_id, kind="rule.fired").order_by("pk")
    fired = [event.payload["rule"] for event in told]
    assert one.state() == one.model.now
    if happened and rules:
        trace = RuleTrace.objects.get(pk=gesture_id)
        titles = dict(Rule.objects.values_list("pk", "title"))
        assert [titles[row[0]] for row in trace.steps["rules"]] == [title for title, _tree, _deeds in rules]
        assert [titles[row[0]] for row in trace.steps["rules"] if row[2] in "+="] == expected
        assert [titles[row[0]] for row in trace.steps["rules"] if row[2] == "+"] == fired
    else:
        assert fired == expected
