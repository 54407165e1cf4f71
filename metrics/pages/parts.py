"""Figures as people read them: value, change, how sure it is, the definition, and the way to the tickets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from metrics.charts import Unit, in_words, spark
from metrics.charts.units import change_in_words
from metrics.measure import Measure
from metrics.measures import MEASURES
from metrics.pages.wanted import Wanted
from metrics.questions import Answer, Figure, Group, Key
from tickets.models import Priority

FEW: Final = 30  # below it nobody is judged: the share is grey, with the range in which the truth lies

ENDS: Final = {"nps": (-100, 100), "ces": (1, 7)}  # of scores: no range reaches beyond them


@dataclass(frozen=True)
class Cell:
    """A number in words. `about` stands small beside it; `is_few`: told from too little to judge anybody by."""

    words: str
    link: str = ""
    about: str = ""
    is_few: bool = False
    value: float | None = None  # for bars and the file
    is_words: bool = False  # a sentence, not a number


@dataclass(frozen=True)
class Explained:
    """What a figure means that is no measure of the catalogue."""

    name: str
    label: str
    sentence: str
    formula: str = ""


@dataclass(frozen=True)
class Tile:
    """A figure of the strip at the top."""

    measure: Measure | Explained
    label: str
    cell: Cell
    change: str = ""
    tone: str = ""
    spark: SafeString = field(default=SafeString(""))
    details: Sequence[tuple[str, Sequence[str]]] = ()  # mean, median and p90 by clock


@dataclass(frozen=True)
class Row:
    name: str
    cells: Sequence[Cell]
    key: Key = ()
    link: str = ""
    about: str = ""


@dataclass(frozen=True)
class Column:
    """Of a table: of a measure, whose definition its head explains, or of words."""

    label: str
    measure: Measure | Explained | None = None


@dataclass(frozen=True)
class Table:
    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    hint: str = ""
    first: str = ""  # what the rows are
    note: str = ""  # below it


@dataclass(frozen=True)
class Block:
    """A place in the grid: a drawn chart or a table. `width`: whole, half, third, two-thirds."""

    chart: SafeString = field(default=SafeString(""))
    table: Table | None = None
    width: str = "half"


@dataclass(frozen=True)
class Page:
    tiles: Sequence[Tile] = ()
    blocks: Sequence[Block] = ()
    notes: Sequence[str] = ()


def known_by(measure: Measure, figure: Figure, is_working_time: bool) -> float | None:
    """The one number of a figure: of durations the median, by the clock that was chosen."""
    if measure.unit == Unit.DURATION and is_working_time and measure.business:
        return figure.median_business
    return figure.value


def cell_of(name: str, figure: Figure | None, wanted: Wanted, *, link: str = "") -> Cell:
    if figure is None:
        return Cell("")
    measure = MEASURES[name]
    value = known_by(measure, figure, wanted.is_working_time)
    words = in_words(value, measure.unit)
    is_judged = measure.unit in (Unit.PERCENT, Unit.SCORE)
    few = is_judged and value is not None and figure.n < FEW
    about = _range(figure, measure) if few else _of(figure) if is_judged else ""
    return Cell(
        ("≈ " if figure.is_close else "") + words, link if value else "", about if value is not None else "", few, value
    )


def _range(figure: Figure, measure: Measure) -> str:
    if figure.low is None or figure.high is None:
        return _of(figure)
    if measure.unit == Unit.SCORE:
        least, most = ENDS.get(measure.name, (figure.low, figure.high))
        low, high = max(figure.low, least), min(figure.high, most)
        ends = {"low": in_words(low, Unit.SCORE), "high": in_words(high, Unit.SCORE)}
        return _("%(count)s only: %(low)s to %(high)s") % {"count": figure.n, **ends}
    return _("%(count)s only: %(low)s–%(high)s %%") % {
        "count": figure.n,
        "low": round(figure.low),
        "high": round(figure.high),
    }


def _of(figure: Figure) -> str:
    return _("of %(count)s") % {"count": in_words(figure.n, Unit.COUNT)}


def tile(name: str, wanted: Wanted, answer: Answer, before: Answer | None, *, label: str = "") -> Tile:
    """`answer` may be grouped by days: then the tile shows how it went."""
    measure = MEASURES[name]
    figure = answer.total[name]
    change, tone = _change(measure, figure, before.total.get(name) if before else None, wanted)
    days = [
        known_by(measure, group.figures[name], wanted.is_working_time)
        for group in answer.groups
        if name in group.figures
    ]
    return Tile(
        measure, label or str(measure.label), cell_of(name, figure, wanted, link=wanted.link(name)), change, tone,
        spark(days), details_of(measure, figure),
    )  # fmt: skip


def _change(measure: Measure, figure: Figure, former: Figure | None, wanted: Wanted) -> tuple[str, str]:
    if measure.is_live:  # there is no yesterday's now
        return "", ""
    now = known_by(measure, figure, wanted.is_working_time)
    then = known_by(measure, former, wanted.is_working_time) if former else None
    if now is None or then is None or former is None:
        return "", ""
    difference = now - then
    if measure.unit == Unit.PERCENT and min(figure.n, former.n) < FEW:
        return change_in_words(difference, measure.unit), ""  # said, but neither good nor bad: it may be chance
    is_good = (difference > 0) == (measure.better == "up")
    tone = "" if not difference or not measure.better else "green" if is_good else "red"
    return change_in_words(difference, measure.unit), tone


def details_of(measure: Measure, figure: Figure) -> list[tuple[str, Sequence[str]]]:
    """Mean, median and 90th percentile by both clocks."""
    if measure.unit != Unit.DURATION or not figure.n:
        return []
    rows = [(_("Calendar"), (figure.mean, figure.median, figure.p90))]
    if measure.business:
        rows.append((_("Working time"), (figure.mean_business, figure.median_business, figure.p90_business)))
    return [(name, [in_words(value, measure.unit) for value in values]) for name, values in rows]


def columns_of(*names: str) -> list[Column]:
    return [Column(str(MEASURES[name].label), MEASURES[name]) for name in names]


def rows_by(answer: Answer, wanted: Wanted, *names: str) -> list[Row]:
    """A row for each group, in the order of names: an order by size would be a ranking nobody asked for."""
    return rows_of_groups(in_order(answer), answer, wanted, *names)


def rows_of_groups(groups: Sequence[Group], answer: Answer, wanted: Wanted, *names: str) -> list[Row]:
    by = answer.question.by
    return [Row(group.names[0], [_cell_in(group, name, wanted, by) for name in names], group.key) for group in groups]


def in_order(answer: Answer) -> list[Group]:
    """By name, those without one last, and priorities by weight; without groups of which nothing is told."""
    told = [group for group in answer.groups if any(figure.n for figure in group.figures.values())]
    weights = Priority.values[::-1] if answer.question.by[0] == "priority" else []

    def place(group: Group) -> tuple[bool, int, list[str]]:
        weight = weights.index(group.key[0]) if group.key[0] in weights else len(weights)
        return not group.key[0], weight, [name.casefold() for name in group.names]

    return sorted(told, key=place)


def _cell_in(group: Group, name: str, wanted: Wanted, by: Sequence[str]) -> Cell:
    return cell_of(name, group.figures.get(name), wanted, link=wanted.link(name, by, group.key))


def few_note(rows: Sequence[Row]) -> str:
    """Says what grey numbers mean, where there are any."""
    if not any(cell.is_few for row in rows for cell in row.cells):
        return ""
    return _(
        "Grey: told from fewer than %(few)s, with the range in which the true share lies in 19 of 20 cases. "
        "Nobody should be judged by that."
    ) % {"few": FEW}
