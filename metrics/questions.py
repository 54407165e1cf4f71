"""What a report asks and what it is answered: the one shape that dashboards, goals, Explore and exports share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from helpdesk.accounts.models import User
from metrics.spans import Span

Key = tuple[str, ...]  # one value for each dimension of `by`, as text; "" is none


@dataclass(frozen=True)
class Question:
    """`measures` of metrics.measures, `by` of metrics.dimensions, `conditions` in the condition language (scope list).

    Only what `user` may see is counted.
    """

    measures: tuple[str, ...]
    span: Span
    user: User
    by: tuple[str, ...] = ()
    conditions: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Figure:
    """One measure of one group. Durations are seconds; `value` is what the measure is known by.

    That is the count of a count, the median of a duration, and per cent of a ratio with `low` and `high`, the ends of
    its 95 % confidence interval (Wilson's); None where nothing is there to count. `n` is how many it was told from.
    `is_close`: median and p90 come from a histogram and are right within one per cent. `hits` of a ratio: how many of
    the `n`.
    """

    n: int
    value: float | None
    hits: int | None = None
    mean: float | None = None
    median: float | None = None
    p90: float | None = None
    mean_business: float | None = None
    median_business: float | None = None
    p90_business: float | None = None
    low: float | None = None
    high: float | None = None
    is_close: bool = False


@dataclass(frozen=True)
class Group:
    key: Key
    names: tuple[str, ...]  # as people read them
    figures: Mapping[str, Figure]  # by measure


@dataclass(frozen=True)
class Answer:
    """`total` over everything, told from the tickets themselves: medians of groups can't be added up.

    A measure that can't be told by what was asked is missing in `groups`; `notes` say so, in sentences for people.
    """

    question: Question
    total: Mapping[str, Figure]
    groups: Sequence[Group] = ()
    notes: Sequence[str] = ()
