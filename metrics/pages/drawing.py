"""Answers as charts: groups become points, bars and cells, each with the way to its tickets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _

from metrics.charts import Chart, HeatMap, Series, bars, heat, line, rows, stack
from metrics.dimensions import DIMENSIONS
from metrics.measures import MEASURES
from metrics.pages.parts import Block, in_order, known_by
from metrics.pages.wanted import Wanted, short_day
from metrics.questions import Answer, Group

MOST_BARS: Final = 20
PARTS: Final = 5  # of a stack, beside all others together


def over_time(answer: Answer, wanted: Wanted, name: str, title: str, *measures: str, width: str = "whole") -> Block:
    """Lines of `measures`, all of one unit, along the days, weeks or months that `answer` is told by."""
    grain = answer.question.by[0]
    groups = answer.groups
    series = [
        Series(
            str(MEASURES[measure].label),
            [_value(group, measure, wanted) for group in groups],
            [wanted.link(measure, [grain], group.key) for group in groups],
        )
        for measure in measures
    ]
    chart = Chart(
        name, title, [short_day(group.key[0], grain) for group in groups], series, str(DIMENSIONS[grain].label),
        unit=MEASURES[measures[0]].unit, hint=_hint(grain), full_labels=[group.names[0] for group in groups],
    )  # fmt: skip
    return Block(line(chart), width=width)


def _hint(grain: str) -> str:
    return {"day": "", "week": _("by week"), "month": _("by month")}.get(grain, "")


def _value(group: Group, measure: str, wanted: Wanted) -> float | None:
    figure = group.figures.get(measure)
    return known_by(MEASURES[measure], figure, wanted.is_working_time) if figure else None


def stacked(answer: Answer, wanted: Wanted, name: str, title: str, measure: str, *, width: str = "half") -> Block:
    """Of an answer by time and something else: the largest parts of each day, week or month, and all others."""
    grain, other = answer.question.by
    cells = {group.key: group for group in answer.groups}
    times = list(dict.fromkeys((group.key[0], group.names[0]) for group in answer.groups))
    sizes: dict[str, float] = {}
    for group in answer.groups:
        sizes[group.key[1]] = sizes.get(group.key[1], 0) + (_value(group, measure, wanted) or 0)
    names = {group.key[1]: group.names[1] for group in answer.groups}
    ordered = sorted((key for key, size in sizes.items() if size), key=lambda key: -sizes[key])
    shown, rest = (ordered, []) if len(ordered) <= PARTS + 1 else (ordered[:PARTS], ordered[PARTS:])

    def of(keys: Sequence[str]) -> list[float | None]:
        found = [[cells.get((time, key)) for key in keys] for time, _name in times]
        return [sum(_value(group, measure, wanted) or 0 for group in groups if group) for groups in found]

    series = [
        Series(names[key], of([key]), [wanted.link(measure, [grain, other], [time, key]) for time, _name in times])
        for key in shown
    ]
    if rest:
        series.append(Series(_("Other"), of(rest), style=6))
    chart = Chart(
        name, title, [_short(key, said, grain) for key, said in times], series, str(DIMENSIONS[grain].label),
        unit=MEASURES[measure].unit, hint=_hint(grain), full_labels=[said for _key, said in times],
    )  # fmt: skip
    return Block(stack(chart), width=width)


def _short(key: str, name: str, grain: str) -> str:
    return short_day(key, grain) if grain in ("day", "week", "month") else name[:3] if grain == "weekday" else name


def bars_by(
    answer: Answer, wanted: Wanted, name: str, title: str, *measures: str, width: str = "half", hint: str = ""
) -> Block:
    """A bar, or several, for each group: upright along the time, lying where names need room."""
    by = answer.question.by
    is_time = DIMENSIONS[by[0]].is_of_time if by[0] in DIMENSIONS else False
    groups = list(answer.groups) if is_time else in_order(answer)[:MOST_BARS]
    series = [
        Series(
            str(MEASURES[measure].label),
            [_value(group, measure, wanted) for group in groups],
            [wanted.link(measure, by, group.key) for group in groups],
        )
        for measure in measures
    ]
    labels = [_short(group.key[0], group.names[0], by[0]) for group in groups]
    chart = Chart(
        name, title, labels, series, str(DIMENSIONS[by[0]].label), unit=MEASURES[measures[0]].unit, hint=hint,
        full_labels=[group.names[0] for group in groups],
    )  # fmt: skip
    return Block(bars(chart) if is_time else rows(chart), width=width)


def hour_map(answer: Answer, wanted: Wanted, name: str, title: str, measure: str, *, width: str = "half") -> Block:
    """Of an answer by weekday and hour."""
    cells = {group.key: group for group in answer.groups}
    days = list(dict.fromkeys((group.key[0], group.names[0]) for group in answer.groups))
    hours = [str(hour) for hour in range(24)]
    values = [
        [_value(found, measure, wanted) if (found := cells.get((day, hour))) else None for hour in hours]
        for day, _name in days
    ]
    links = [[wanted.link(measure, ["weekday", "hour"], [day, hour]) for hour in hours] for day, _name in days]
    chart = HeatMap(
        name, title, [said[:3] for _day, said in days], [f"{int(hour):02}" for hour in hours], values,
        str(DIMENSIONS["weekday"].label), unit=MEASURES[measure].unit, hint=wanted.span.zone.key, links=links,
    )  # fmt: skip
    return Block(heat(chart), width=width)
