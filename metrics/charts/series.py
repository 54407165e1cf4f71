"""What a chart shows, as values with their unit; how it is drawn is `kinds`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from metrics.charts.units import Unit

COLOURS: Final = 6  # styles s1 to s6, each with its own dash and pattern (static/css/reports.css)


@dataclass(frozen=True)
class Series:
    """`values` fit the chart's labels one by one; None where nothing was there to measure.

    `links` lead to the tickets behind each value. `low` and `high` are the edges of a band around a line.
    `is_expected`: not what happened but what may: drawn thin, and without a mark at its end.
    """

    name: str
    values: Sequence[float | None]
    links: Sequence[str] = ()
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()
    is_expected: bool = False
    style: int = 0  # of 1 to 6; 0: by its place

    def link(self, at: int) -> str:
        return self.links[at] if at < len(self.links) else ""


@dataclass(frozen=True)
class Chart:
    """`name` is unique on the page and names exported files. `of` says what the labels are, in the table's head."""

    name: str
    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    of: str
    unit: str = Unit.COUNT
    hint: str = ""
    full_labels: Sequence[str] = field(default=())  # where an axis has no room for the whole of them

    def style_of(self, at: int) -> int:
        return self.series[at].style or at % COLOURS + 1

    def label(self, at: int) -> str:
        return (self.full_labels or self.labels)[at]

    @property
    def is_empty(self) -> bool:
        """Nothing to see: no label, or no value but zeros."""
        return not any(value for series in self.series for value in series.values)


@dataclass(frozen=True)
class HeatMap:
    """`values[row][column]`; `links` alike, or none."""

    name: str
    title: str
    rows: Sequence[str]
    columns: Sequence[str]
    values: Sequence[Sequence[float | None]]
    of: str
    unit: str = Unit.COUNT
    hint: str = ""
    links: Sequence[Sequence[str]] = ()

    def link(self, row: int, column: int) -> str:
        return self.links[row][column] if self.links else ""

    @property
    def is_empty(self) -> bool:
        return not any(value for row in self.values for value in row)
