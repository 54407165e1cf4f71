"""What a measure is: where its rows lie, which of them it counts, on which day, and how people are told of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q
from django.db.models.expressions import Combinable
from django.utils.functional import Promise

Text = str | Promise


class Unit(StrEnum):
    COUNT = "count"
    DURATION = "duration"  # seconds
    PERCENT = "percent"
    SCORE = "score"  # a number of its own scale


class Source(StrEnum):
    """The rows that a measure counts; metrics.sources says how each is read."""

    FACT = "fact"  # one of each ticket
    MOMENT = "moment"  # one of each thing that happened
    RATING = "rating"  # those that count, without answers that were changed since
    INVITATION = "invitation"  # one of each time a customer was asked
    CHAT = "chat"
    CALL = "call"
    UNSOLVED = "unsolved"  # tickets as they are now, whatever the span
    BACKLOG = "backlog"  # tickets counted at the end of each day


@dataclass(frozen=True)
class Measure:
    """`date` is the column that says on which day a row counts; empty: now. `where` says which rows count.

    A duration has its seconds in `value`, and in `business` those of working time. A score is the mean of `value`. Of
    a percentage `hit` says which of the rows are meant: 100 × hits ÷ rows. `formula` and `sentence` define it, on
    screen and in docs/metrics.md.
    `better` is the way that is good: `up`, `down` or empty, where neither is.
    """

    name: str
    label: Text
    unit: Unit
    source: Source
    date: str
    sentence: Text
    formula: Text
    where: Q | None = None
    value: str | Combinable | None = None
    business: str | None = None
    hit: Q | None = None
    better: str = ""

    @property
    def is_live(self) -> bool:
        """Told of now, not of days."""
        return not self.date
