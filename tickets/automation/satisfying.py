"""Whether conditions can hold at all, together with others, or after some fields were set: what lint asks.

A tree is taken apart into its cases (which conditions hold, which do not). For the conditions of a case that ask the
same column, values around everything they name are tried, by the same test that decides when the rule runs. Where
nothing fits, the case can't be. Kinds of fields that are not known here can only contradict themselves word by word,
so that the answer errs on one side: what is called impossible is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import combinations, product
from typing import Any

from helpdesk.accounts.models import User
from tickets.conditions.asking import Asking
from tickets.conditions.choices import Choice, Flag, Presence
from tickets.conditions.field import Field
from tickets.conditions.numbers import Number
from tickets.conditions.references import CURRENT_USER, Reference
from tickets.conditions.scopes import AUTOMATION, TRIGGER
from tickets.conditions.situation import Situation, Update, Values
from tickets.conditions.sources import Column, ColumnWhile, Source
from tickets.conditions.times import Bounded
from tickets.conditions.tree import Condition, Group, Node
from tickets.conditions.words import Code, Tags, Words
from tickets.conditions.working import SUFFIX, Counted
from tickets.models import Status, Ticket

MOST_CASES = 300
MOST_ITEMS = 6  # of which every selection is tried
SOMEBODY, SOMETHING_ELSE = -1, -2  # ids that no row has
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)  # any moment
MINUTE = timedelta(minutes=1)
COMMENTS: tuple[Values, ...] = ((), ("false", "not_relevant"), ("true", "not_relevant", "requester_can_see_comment"))

Literal = tuple[Condition, bool]  # and whether it is to hold
Fixed = Mapping[str, Values]  # values of fields that are known, by key


@dataclass(frozen=True)
class Clash:
    """Conditions of one case that can't be so at once."""

    conditions: tuple[Condition, ...]


@dataclass
class Outcome:
    """`clashes` of all cases; where one case has none, the whole can hold."""

    can_hold: bool
    clashes: list[Clash] = field(default_factory=list)


def cases_of(node: Node, *, holds: bool = True) -> list[list[Literal]] | None:
    """Disjunctive normal form; None where it has too many cases to look at."""
    if isinstance(node, Condition):
        return [[(node, holds)]]
    every = [(child, holds) for child in node.all] + [(child, not holds) for child in node.none]
    some = [(child, holds) for child in node.any]
    if holds:
        parts = [cases_of(child, holds=wanted) for child, wanted in every]
        parts += [_either([cases_of(child, holds=wanted) for child, wanted in some])] if some else []
        return _both(parts)
    parts = [cases_of(child, holds=wanted) for child, wanted in every]
    parts += [_both([cases_of(child, holds=wanted) for child, wanted in some])] if some else []
    return _either(parts)


def _both(parts: Sequence[list[list[Literal]] | None]) -> list[list[Literal]] | None:
    cases: list[list[Literal]] = [[]]
    for part in parts:
        if part is None or len(cases) * len(part) > MOST_CASES:
            return None
        cases = [[*case, *more] for case, more in product(cases, part)]
    return cases


def _either(parts: Sequence[list[list[Literal]] | None]) -> list[list[Literal]] | None:
    cases: list[list[Literal]] = []
    for part in parts:
        if part is None or len(cases) + len(part) > MOST_CASES:
            return None
        cases += part
    return cases


def try_all(kind: str, *groups: Group, without: Iterable[Group] = (), fixed: Fixed | None = None) -> Outcome:
    """Whether all of `groups` can hold at once while none of `without` does."""
    whole = Group(all=tuple(groups), none=tuple(without))
    cases = cases_of(whole)
    if cases is None:
        return Outcome(True)
    outcome = Outcome(False)
    for case in cases:
        clash = _clash(kind, case, fixed or {})
        if clash is None:
            return Outcome(True)
        outcome.clashes.append(clash)
    return outcome


def _clash(kind: str, case: Sequence[Literal], fixed: Fixed) -> Clash | None:
    together: dict[str, list[Literal]] = defaultdict(list)
    for literal in case:
        together[_place(literal[0].field)].append(literal)
    bound = _bound_to_status(case)
    if bound and "status" not in together:
        together["status"] = []
    for place, literals in together.items():
        more = bound if place == "status" else []
        if not _fits(kind, place, literals, more, fixed):
            conditions = {condition.path: condition for condition, _holds in [*literals, *more]}
            return Clash(tuple(conditions.values()))
    return None


def _place(asked: Field) -> str:
    """What is the same for fields that ask the same thing."""
    source = _column(asked)
    return source.path if isinstance(source, Column) else asked.key


def _column(asked: Field) -> Source:
    """Where its values lie, whoever counts working hours from them."""
    return asked.source.moments if isinstance(asked.source, Counted) else asked.source


def statuses_of(asked: Field) -> tuple[str, ...]:
    """Those in which alone there is a value."""
    source = _column(asked)
    return source.statuses if isinstance(source, ColumnWhile) else ()


def _bound_to_status(case: Sequence[Literal]) -> list[Literal]:
    """Those that can only hold in some statuses, as the hours since pending."""
    return [literal for literal in case if statuses_of(literal[0].field) and _needs_value(literal)]


def _needs_value(literal: Literal) -> bool:
    condition, holds = literal
    return condition.field.test((), condition.operator, condition.value, Asking(None, NOW)) is not holds


def _fits(kind: str, place: str, literals: list[Literal], bound: list[Literal], fixed: Fixed) -> bool:
    if _contradicts_itself(literals):
        return False
    literals = [literal for literal in literals if not literal[0].operator.endswith(SUFFIX)]
    if not literals and place != "status":
        return True
    if place == "status":
        allowed: set[str] = set(Status.values)
        for condition, _holds in bound:
            allowed &= set(statuses_of(condition.field))
        allowed -= {Status.CLOSED} if kind == AUTOMATION else set()
        values: list[Values] | None = [(status,) for status in Status.values if status in allowed]
        if "status" in fixed:
            values = [fixed["status"]] if fixed["status"][0] in allowed else []
    elif known := {condition.field.key for condition, _holds in literals} & set(fixed):
        values = [fixed[known.pop()]]
    else:
        values = _tried([condition for condition, _holds in literals])
    if values is None:
        return True
    return any(_all_so(kind, literals, now, before) for now in values for before in _befores(literals, values))


def _contradicts_itself(literals: Sequence[Literal]) -> bool:
    said: dict[tuple[str, str, str], bool] = {}
    for condition, holds in literals:
        words = (condition.field.key, condition.operator, repr(condition.value))
        if said.setdefault(words, holds) is not holds:
            return True
    return False


def _befores(literals: Sequence[Literal], values: list[Values]) -> list[Values]:
    asks_changes = any(condition.field.has_changed_operator(condition.operator) for condition, _holds in literals)
    return [*values, ()] if asks_changes else [()]


@dataclass(frozen=True)
class _One:
    """A ticket of which one value is known."""

    now: Values

    def values(self, asked: Field) -> Values:
        return self.now


def _all_so(kind: str, literals: Sequence[Literal], now: Values, before: Values) -> bool:
    user = User(pk=SOMEBODY) if kind == TRIGGER else None
    asking = Asking(user, NOW, of_rule=True)
    for condition, holds in literals:
        asked = condition.field
        if asked.has_changed_operator(condition.operator):
            situation = Situation(Ticket(), _One(now), asking, Update(before={asked.key: before}))
            found = situation.holds(condition)
        else:
            found = asked.test(now, condition.operator, condition.value, asking)
        if found is not holds:
            return False
    return True


def _tried(conditions: Sequence[Condition]) -> list[Values] | None:
    """Values worth trying; None where too little is known of the kind of field."""
    kinds = {type(condition.field.compared_as) for condition in conditions}
    if conditions[0].field.key == "comment_is_public":
        return list(COMMENTS)
    if all(issubclass(kind, Bounded) or kind is Flag for kind in kinds):
        moments = [moment for condition in conditions for moment in _moments(condition)]
        return [(), *((moment,) for moment in moments)] if moments else [(), (1,)]
    if kinds <= {Presence, Flag}:
        return [(), (1,)]
    if kinds == {Choice}:
        return [(value,) for value, _label in conditions[0].field.choices()]
    if kinds == {Number}:
        return [(number,) for it in conditions for number in (it.value - 1, it.value, it.value + 1) if number >= 0]
    items = _items(conditions)
    if len(items) > MOST_ITEMS:
        return None
    chosen = [picked for size in range(len(items) + 1) for picked in combinations(items, size)]
    is_one = isinstance(conditions[0].field.source, Column)
    if kinds == {Tags}:
        return [(list(picked),) for picked in chosen]
    if kinds == {Reference}:
        return [picked for picked in [*chosen, (SOMETHING_ELSE,)] if len(picked) < 2 or not is_one]
    if kinds == {Code}:
        return [picked for picked in [*chosen, ("\0",)] if len(picked) == 1 or not is_one]
    if kinds == {Words}:
        whole = [(it.value,) for it in conditions if isinstance(it.value, str)]
        return [*whole, *(("\n".join(picked),) for picked in chosen)]
    return None


def _moments(condition: Condition) -> list[datetime]:
    kind = condition.field.compared_as
    if not isinstance(kind, Bounded) or condition.operator in ("present", "not_present"):
        return []
    operator = condition.operator.removeprefix("not_").replace("is_not", "is")
    bounds = kind.bounds(operator, condition.value, Asking(None, NOW, of_rule=True)).values()
    return [bound + away for bound in bounds for away in (-MINUTE, timedelta(), MINUTE)]


def _items(conditions: Sequence[Condition]) -> list[Any]:
    named = [item for it in conditions for item in (it.value if isinstance(it.value, list) else [it.value])]
    named = [SOMEBODY if item == CURRENT_USER else item for item in named if item not in (None, "")]
    return list(dict.fromkeys(named))
