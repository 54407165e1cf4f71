"""An answer as rows of a file: every number of every group, unrounded, durations in seconds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from helpdesk.lib.spreadsheets import Cell, csv_bytes
from metrics.explore.wanted import Explored
from metrics.measure import Measure, Unit
from metrics.questions import Answer, Figure

OF_DURATIONS = ("mean", "median", "p90", "mean_business", "median_business", "p90_business")


def csv_of(explored: Explored, answer: Answer) -> bytes:
    return b"".join(csv_bytes(rows_of(explored, answer)))


def rows_of(explored: Explored, answer: Answer) -> Iterator[Sequence[Cell]]:
    """A line for each group and one for all of them. Of dimensions their key and what it is called."""
    yield [*(head for one in explored.by for head in (str(one.label), f"{one.name}_key")), *_heads(explored.measures)]
    for group in answer.groups:
        parts = [part for name, key in zip(group.names, group.key, strict=True) for part in (name, key)]
        yield [*parts, *_numbers(explored.measures, [group.figures.get(one.name) for one in explored.measures])]
    parts = [_("All"), ""] + [""] * (2 * len(explored.by) - 2) if explored.by else []
    yield [*parts, *_numbers(explored.measures, [answer.total[one.name] for one in explored.measures])]


def _heads(measures: Sequence[Measure]) -> Iterator[str]:
    for measure in measures:
        yield measure.name
        if measure.unit is not Unit.COUNT:
            yield f"{measure.name}_n"
        if measure.unit is Unit.DURATION:
            yield from (f"{measure.name}_{name}" for name in OF_DURATIONS)
        if measure.unit in (Unit.PERCENT, Unit.SCORE):
            yield from (f"{measure.name}_low", f"{measure.name}_high")


def _numbers(measures: Sequence[Measure], figures: Sequence[Figure | None]) -> Iterator[Cell]:
    for measure, figure in zip(measures, figures, strict=True):
        yield _plain(figure.value if figure else None)
        if measure.unit is not Unit.COUNT:
            yield figure.n if figure else None
        if measure.unit is Unit.DURATION:
            yield from (_plain(getattr(figure, name) if figure else None) for name in OF_DURATIONS)
        if measure.unit in (Unit.PERCENT, Unit.SCORE):
            yield from (_plain(figure.low if figure else None), _plain(figure.high if figure else None))


def _plain(value: float | None) -> Cell:
    if value is None:
        return None
    return int(value) if float(value).is_integer() else round(value, 4)
