"""An answer as people see it: a chart where one was asked for, and always the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from metrics.charts import Chart, HeatMap, Series, bars, heat, in_words, line, stack
from metrics.explore.wanted import Explored
from metrics.measure import Measure, Unit
from metrics.pages.parts import FEW
from metrics.pages.wanted import short_day
from metrics.questions import Answer, Figure, Group, Key

PARTS = 6  # lines or parts of a stack, beside all others together
ROWS_SHOWN = 500


@dataclass(frozen=True)
class Cell:
    """`n`: what it was told from, where that is not the number itself."""

    words: str
    link: str = ""
    n: int | None = None
    is_few: bool = False


@dataclass(frozen=True)
class Line:
    names: Sequence[str]
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Table:
    heads: Sequence[str]
    columns: Sequence[str]
    lines: Sequence[Line]
    total: Sequence[Cell]
    left_out: int = 0


def table(explored: Explored, answer: Answer) -> Table:
    lines = [
        Line(
            group.names,
            [cell(explored, measure, group.figures.get(measure.name), group.key) for measure in explored.measures],
        )
        for group in answer.groups[:ROWS_SHOWN]
    ]
    total = [cell(explored, measure, answer.total[measure.name], ()) for measure in explored.measures]
    heads = [str(one.label) for one in explored.by]
    return Table(
        heads, [explored.label(one) for one in explored.measures], lines, total, len(answer.groups) - len(lines)
    )


def cell(explored: Explored, measure: Measure, figure: Figure | None, key: Key) -> Cell:
    if figure is None:
        return Cell("")
    value = explored.value(measure, figure)
    words = ("≈ " if figure.is_close else "") + in_words(value, measure.unit)
    link = explored.wanted.link(measure.name, [one.name for one in explored.by] if key else (), key) if figure.n else ""
    is_share = measure.unit in (Unit.PERCENT, Unit.SCORE)
    return Cell(words, link, None if measure.unit is Unit.COUNT else figure.n, is_share and figure.n < FEW)


def pivot(explored: Explored, answer: Answer) -> Table:
    """The first dimension down, the second across, the first measure in the cells."""
    measure = explored.measures[0]
    cells = {group.key: group for group in answer.groups}
    rows, columns = _axis(answer.groups, 0), _axis(answer.groups, 1)
    lines = [
        Line([name], [_pivoted(explored, measure, cells.get((row, column))) for column, _name in columns[:ROWS_SHOWN]])
        for row, name in rows[:ROWS_SHOWN]
    ]
    return Table([str(explored.by[0].label)], [name for _key, name in columns], lines, (), len(rows) - len(lines))


def _pivoted(explored: Explored, measure: Measure, group: Group | None) -> Cell:
    return cell(explored, measure, group.figures.get(measure.name), group.key) if group else Cell("")


def _axis(groups: Sequence[Group], place: int) -> list[tuple[str, str]]:
    return list(dict.fromkeys((group.key[place], group.names[place]) for group in groups))


def chart(explored: Explored, answer: Answer) -> SafeString | None:
    """None for tables, and where nothing can be drawn."""
    if not answer.groups:
        return None
    match explored.shown:
        case "heat":
            return _heat(explored, answer)
        case "line":
            return line(_chart(explored, answer))
        case "bars":
            drawn = _chart(explored, answer)
            return stack(drawn) if len(explored.by) == 2 and explored.measures[0].unit is Unit.COUNT else bars(drawn)
    return None


def _chart(explored: Explored, answer: Answer) -> Chart:
    first = explored.by[0]
    labels = _axis(answer.groups, 0)
    series = _by_measure(explored, answer) if len(explored.by) == 1 else _by_second(explored, answer, labels)
    grain = first.name if first.name in ("day", "week", "month") else ""
    short = [short_day(key, grain) if grain else name[:3] if first.name == "weekday" else name for key, name in labels]
    unit = explored.measures[0].unit
    return Chart("explore", _title(explored), short, series, str(first.label), unit=unit,
                 full_labels=[name for _key, name in labels])  # fmt: skip


def _title(explored: Explored) -> str:
    drawn = [explored.label(one) for one in explored.measures if one.unit is explored.measures[0].unit]
    return ", ".join(drawn if len(explored.by) == 1 else drawn[:1])


def _by_measure(explored: Explored, answer: Answer) -> list[Series]:
    """One axis has one unit: measures of another stand in the table alone."""
    by = [one.name for one in explored.by]
    return [
        Series(
            explored.label(measure),
            [explored.value(measure, group.figures.get(measure.name)) for group in answer.groups],
            [explored.wanted.link(measure.name, by, group.key) for group in answer.groups],
        )
        for measure in explored.measures
        if measure.unit is explored.measures[0].unit
    ]


def _by_second(explored: Explored, answer: Answer, labels: Sequence[tuple[str, str]]) -> list[Series]:
    """The largest of the second dimension as series of the first measure."""
    measure, by = explored.measures[0], [one.name for one in explored.by]
    cells = {group.key: group for group in answer.groups}
    parts = _axis(answer.groups, 1)
    sizes = {key: sum(_n(cells.get((label, key)), measure) for label, _name in labels) for key, _name in parts}
    parts.sort(key=lambda part: -sizes[part[0]])
    return [
        Series(
            name,
            [explored.value(measure, _figure(cells.get((label, key)), measure)) for label, _name in labels],
            [explored.wanted.link(measure.name, by, (label, key)) for label, _name in labels],
        )
        for key, name in parts[:PARTS]
        if sizes[key]
    ]


def _figure(group: Group | None, measure: Measure) -> Figure | None:
    return group.figures.get(measure.name) if group else None


def _n(group: Group | None, measure: Measure) -> int:
    figure = _figure(group, measure)
    return figure.n if figure else 0


def _heat(explored: Explored, answer: Answer) -> SafeString:
    measure, by = explored.measures[0], [one.name for one in explored.by]
    cells = {group.key: group for group in answer.groups}
    rows, columns = _axis(answer.groups, 0), _axis(answer.groups, 1)
    values = [
        [explored.value(measure, _figure(cells.get((row, column)), measure)) for column, _name in columns]
        for row, _name in rows
    ]
    links = [
        [explored.wanted.link(measure.name, by, (row, column)) for column, _name in columns] for row, _name in rows
    ]
    return heat(
        HeatMap(
            "explore", explored.label(measure), [name for _key, name in rows], [name for _key, name in columns],
            values, str(explored.by[0].label), unit=measure.unit, links=links,
        )
    )  # fmt: skip


def left_out(found: Table) -> str:
    if not found.left_out:
        return ""
    return _("The largest %(shown)s are shown, %(more)s more are in the CSV file.") % {
        "shown": ROWS_SHOWN,
        "more": found.left_out,
    }
