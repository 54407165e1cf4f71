"""One scan for many figures: the rows of some measures that share a date, added up in total and by group."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Any, Final

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.expressions import Combinable

from metrics.intervals import Z, wilson
from metrics.measure import Measure, Unit
from metrics.questions import Figure, Key

Figures = dict[str, Figure]
MOST_GROUPS: Final = 2000


def figures_of(
    rows: QuerySet[Any], measures: Sequence[Measure], by: Sequence[Combinable] = ()
) -> tuple[Figures, dict[Key, Figures]]:
    """In total, and by the values of `by`. The largest groups, should there be more than anybody reads."""
    sql, params = columns_of(rows, measures, by).query.sql_with_params()
    keys = ", ".join(f"d{n}" for n in range(len(by)))
    told = ", ".join([*(f"d{n}" for n in range(len(by))), *([f"GROUPING({keys})"] if by else ["1"]), *_told(measures)])
    grouping = f"GROUP BY GROUPING SETS ((), ({keys})) ORDER BY {len(by) + 1} DESC, count(*) DESC" if by else ""
    statement = f"SELECT {told} FROM ({sql}) AS counted {grouping} LIMIT {MOST_GROUPS + 1}"  # noqa: S608 - names of ours
    total: Figures = {}
    groups: dict[Key, Figures] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        for row in cursor.fetchall():
            figures = _figures(measures, row[len(by) + 1 :])
            if row[len(by)]:
                total = figures
            else:
                groups[tuple("" if value is None else str(value) for value in row[: len(by)])] = figures
    return total, groups


def columns_of(rows: QuerySet[Any], measures: Sequence[Measure], by: Sequence[Combinable]) -> QuerySet[Any]:
    """The narrow table that is added up: d… are keys, n… whether a row counts, h… whether it is a hit, v… seconds."""
    columns: dict[str, Any] = {f"d{n}": value for n, value in enumerate(by)}
    for n, measure in enumerate(measures):
        if measure.where is not None:
            columns[f"n{n}"] = _holds(measure.where)
        if measure.hit is not None:
            columns[f"h{n}"] = _holds(measure.hit)
        if measure.value is not None:
            columns[f"v{n}"] = F(measure.value) if isinstance(measure.value, str) else measure.value
        if measure.business is not None:
            columns[f"b{n}"] = F(measure.business)
    narrow: QuerySet[Any] = rows.order_by().annotate(**columns).values(*columns or ["pk"])
    return narrow


def _holds(condition: Q) -> Combinable:
    return ExpressionWrapper(condition, output_field=BooleanField())


def _told(measures: Sequence[Measure]) -> list[str]:
    """Six columns of each measure: rows, hits, then mean and [median, p90] in calendar and in working time."""
    told = []
    for n, measure in enumerate(measures):
        counts = f" FILTER (WHERE n{n})" if measure.where is not None else ""
        hits = f"h{n}" + (f" AND n{n}" if measure.where is not None else "")
        told += [
            f"count(*){counts}",
            f"count(*) FILTER (WHERE {hits})" if measure.hit is not None else "NULL",
            *_spread(f"v{n}", counts, measure if measure.value is not None else None),
            *_spread(f"b{n}", counts, measure if measure.business is not None else None),
        ]
    return told


def _spread(column: str, counts: str, measure: Measure | None) -> list[str]:
    """Mean, and [median, p90] of a duration or the standard deviation of a score."""
    if measure is None:
        return ["NULL", "NULL"]
    if measure.unit is Unit.SCORE:
        return [f"avg({column}){counts}", f"stddev_samp({column}){counts}"]
    return [
        f"avg({column}){counts}",
        f"percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY {column}){counts}",
    ]


def _figures(measures: Sequence[Measure], row: Sequence[Any]) -> Figures:
    width = 6
    return {measure.name: _figure(measure, row[n * width : (n + 1) * width]) for n, measure in enumerate(measures)}


def _figure(measure: Measure, told: Sequence[Any]) -> Figure:
    n, hits, mean, spread, mean_business, spread_business = told
    match measure.unit:
        case Unit.COUNT:
            return Figure(n, n)
        case Unit.PERCENT:
            return ratio(hits, n)
        case Unit.SCORE:
            return _score(n, _number(mean), _number(spread))
    median, p90 = spread or (None, None)
    median_business, p90_business = spread_business or (None, None)
    return Figure(
        n, median,
        mean=_number(mean), median=median, p90=p90,
        mean_business=_number(mean_business), median_business=median_business, p90_business=p90_business,
    )  # fmt: skip


def ratio(hits: int, n: int) -> Figure:
    if not n:
        return Figure(0, None, hits=0)
    low, high = wilson(hits, n)
    return Figure(n, 100 * hits / n, hits=hits, low=low, high=high)


def _score(n: int, mean: float | None, deviation: float | None) -> Figure:
    """With its 95 % confidence interval, by the normal distribution; none for a single answer."""
    if mean is None or deviation is None:
        return Figure(n, mean, mean=mean)
    reach = Z * deviation / sqrt(n)
    return Figure(n, mean, mean=mean, low=mean - reach, high=mean + reach)


def nothing(measure: Measure) -> Figure:
    """What a group without rows is: a count of none, and no value of anything else."""
    return Figure(0, 0) if measure.unit is Unit.COUNT else Figure(0, None)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
