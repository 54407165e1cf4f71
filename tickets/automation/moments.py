"""How the answer to a question runs on while nothing happens to a ticket: pure, for automations by time.

Between two turns of its conditions (`Kind.turns`) an answer stays as it is, so that asking at each of them tells all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache

from tickets.automation.evaluating import Answer, Asked
from tickets.conditions.asking import Asking
from tickets.conditions.facts import Facts, facts_for
from tickets.conditions.operators import OPPOSITES
from tickets.conditions.scopes import AUTOMATION
from tickets.conditions.situation import KnowsValues, Situation
from tickets.conditions.sources import OfUpdate
from tickets.conditions.times import Bounded
from tickets.conditions.tree import Condition, Node, Tree, parse
from tickets.conditions.working import OpenNow, WithinCalendar
from tickets.models import Ticket

INSTANT = timedelta(microseconds=1)  # "more than four hours ago" begins so much after four hours


@dataclass(frozen=True)
class Draft:
    conditions: Tree
    kind: str = AUTOMATION


class Timed(Asked):
    """The conditions of an automation, read, and as the tree that they are."""

    def __init__(self, conditions: Tree) -> None:
        super().__init__(Draft(conditions))
        self.group = parse(conditions, AUTOMATION)
        self.stored = [field for field in self.fields if not isinstance(field.source, OfUpdate)]


@lru_cache(maxsize=1024)
def read(text: str) -> Timed:
    """Conditions as they are stored, as text: rules change seldom and are asked often. Raises `Invalid`."""
    return Timed(json.loads(text))


def moves(condition: Condition) -> bool:
    return condition.field.compared_as.moves(condition.operator, condition.value)


def needs_value(condition: Condition) -> bool:
    """Whether it never holds for a ticket on which there is no such moment: not pending, no hours since pending."""
    return isinstance(condition.field.compared_as, Bounded) and condition.operator not in OPPOSITES


def facts_for_all(tickets: Sequence[Ticket], asked: Iterable[Timed]) -> dict[int, Facts]:
    """What is stored of the tickets, as far as any of `asked` wants to know; one statement at most."""
    return facts_for(tickets, list({field.key: field for each in asked for field in each.stored}.values()))


def situation_at(moment: datetime, ticket: Ticket, facts: KnowsValues) -> Situation:
    """Nothing happens to the ticket, only time passes."""
    return Situation(ticket, facts, Asking(None, moment, of_rule=True))


class Course:
    """The answer to `asked`, of a ticket of which these facts are known, as time goes on from `now`."""

    def __init__(self, asked: Timed, ticket: Ticket, facts: KnowsValues, now: datetime) -> None:
        self.asked, self.ticket, self.facts, self.now = asked, ticket, facts, now

    def at(self, moment: datetime) -> bool:
        situation = situation_at(moment, self.ticket, self.facts)
        return bool(self.asked.decide([situation.holds(condition) for condition in self.asked.conditions]))

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
        return self.next_true()

    def next_true(self, before: datetime | None = None) -> datetime | None:
        """The same, looking only so far."""
        held = self.holds
        for turn in self._to_come if self.can_ever_hold else ():
            if before and turn >= before:
                return None
            holds = self.at(turn)
            if holds and not held:
                return turn
            held = holds
        return None

    def ends_before(self, end: datetime) -> bool:
        """Whether time alone ends what holds now."""
        return any(not self.at(turn) for turn in self._to_come if turn < end)

    @property
    def look_again_at(self) -> datetime | None:
        """When to look further: what lies behind is not known. Office hours open for ever, and are told for weeks."""
        return self._horizon if self.can_ever_hold else None

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
        situation = situation_at(self.now, self.ticket, self.facts)
        found = {
            turn for condition in self.asked.conditions if moves(condition) for turn in _turns(condition, situation)
        }
        horizon = self._horizon or max(found, default=self.now)
        return sorted({moment for turn in found if turn <= horizon for moment in (turn, turn + INSTANT)})

    @cached_property
    def _horizon(self) -> datetime | None:
        situation = situation_at(self.now, self.ticket, self.facts)
        endless = [it for it in self.asked.conditions if isinstance(it.field.compared_as, OpenNow | WithinCalendar)]
        turns = [turn for condition in endless for turn in _turns(condition, situation) if turn > self.now]
        return max(turns, default=None)

    @cached_property
    def can_ever_hold(self) -> bool:
        """False where what time does not touch stands in the way: most rules, of most tickets."""
        situation = situation_at(self.now, self.ticket, self.facts)

        def answer(condition: Condition) -> Answer:
            if not moves(condition):
                return situation.holds(condition)
            return None if situation.values(condition.field) or not needs_value(condition) else False

        return could_be(self.asked.group, answer)


def _turns(condition: Condition, situation: Situation) -> list[datetime]:
    kind, values = condition.field.compared_as, situation.values(condition.field)
    return kind.turns(values, condition.operator, condition.value, situation.asking)


def could_be(node: Node, answer: Callable[[Condition], Answer], *, wanted: bool = True) -> bool:
    """Whether the whole could be `wanted` where `answer` leaves some conditions open by saying None."""
    if isinstance(node, Condition):
        return answer(node) in (wanted, None)
    every = [could_be(child, answer, wanted=wanted) for child in node.all]
    every += [could_be(child, answer, wanted=not wanted) for child in node.none]
    some = [could_be(child, answer, wanted=wanted) for child in node.any]
    if wanted:
        return all(every) and (not some or any(some))
    return any(every) or (bool(some) and all(some))
