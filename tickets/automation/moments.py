"""How the answer to a question runs on while nothing happens to a ticket: pure, for automations by time.

Between two turns of its conditions (`Kind.turns`) an answer stays as it is, so that asking at each of them tells all.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cached_property, lru_cache

from tickets.conditions.asking import Asking
from tickets.conditions.facts import Facts
from tickets.conditions.field import Field
from tickets.conditions.operators import OPPOSITES
from tickets.conditions.reading import holds
from tickets.conditions.scopes import AUTOMATION
from tickets.conditions.times import Bounded
from tickets.conditions.tree import Condition, Group, Node, parse

INSTANT = timedelta(microseconds=1)  # "more than four hours ago" begins so much after four hours


@lru_cache(maxsize=1024)
def read(text: str) -> Group:
    """The tree as it is stored, as text: rules change seldom and are asked often. Raises `Invalid`."""
    return parse(json.loads(text), AUTOMATION)


def moves(condition: Condition) -> bool:
    return condition.field.compared_as.moves(condition.operator, condition.value)


def needs_value(condition: Condition) -> bool:
    """Whether it never holds for a ticket on which there is no such moment: not pending, no hours since pending."""
    return isinstance(condition.field.compared_as, Bounded) and condition.operator not in OPPOSITES


def asked_fields(groups: Iterable[Group]) -> list[Field]:
    fields = [condition.field for group in groups for condition in group.conditions()]
    return list({field.key: field for field in fields}.values())


class Course:
    """The answer to `group`, of these facts, as time goes on from `now`."""

    def __init__(self, group: Group, facts: Facts, now: datetime) -> None:
        self.group, self.facts, self.now = group, facts, now

    def at(self, moment: datetime) -> bool:
        return holds(self.group, self.facts, Asking(None, moment))

    @cached_property
    def holds(self) -> bool:
        return self.at(self.now)

    @property
    def true_until(self) -> datetime | None:
        """When time alone will end what holds now; None: never."""
        return next((turn for turn in self._to_come if not self.at(turn)), None)

    @property
    def next_true_at(self) -> datetime | None:
        """The next moment at which it begins to hold, after whatever holds now has ended; None: never."""
        before = self.holds
        for turn in self._to_come if self._can_ever_hold else ():
            after = self.at(turn)
            if after and not before:
                return turn
            before = after
        return None

    @property
    def became_true_at(self) -> datetime | None:
        """The last moment, now or past, at which it began to hold; None: it holds from the beginning, or never did."""
        past = [turn for turn in self._turns if turn <= self.now]
        answers = [self.at(turn - INSTANT) for turn in past[:1]] + [self.at(turn) for turn in past]
        begun = [turn for place, turn in enumerate(past) if answers[place + 1] and not answers[place]]
        return begun[-1] if begun else None

    @property
    def _to_come(self) -> Iterator[datetime]:
        return (turn for turn in self._turns if turn > self.now)

    @cached_property
    def _turns(self) -> list[datetime]:
        asking = Asking(None, self.now)
        found = {
            turn
            for condition in self.group.conditions()
            if moves(condition)
            for turn in condition.field.compared_as.turns(
                self.facts.values(condition.field), condition.operator, condition.value, asking
            )
        }
        return sorted({moment for turn in found for moment in (turn, turn + INSTANT)})

    @cached_property
    def _can_ever_hold(self) -> bool:
        """False where what time does not touch stands in the way: most rules, of most tickets."""
        return could_be(self.group, self.facts, Asking(None, self.now))


def could_be(node: Node, facts: Facts, asking: Asking, *, wanted: bool = True) -> bool:
    """Whether the answer could be `wanted` at some time: what moves by itself may say either."""
    if isinstance(node, Condition):
        values = facts.values(node.field)
        if moves(node):
            return bool(values) or not wanted or not needs_value(node)
        return node.field.test(values, node.operator, node.value, asking) == wanted
    every = [could_be(child, facts, asking, wanted=wanted) for child in node.all]
    every += [could_be(child, facts, asking, wanted=not wanted) for child in node.none]
    some = [could_be(child, facts, asking, wanted=wanted) for child in node.any]
    if wanted:
        return all(every) and (not some or any(some))
    return any(every) or (bool(some) and all(some))
