"""One scan for many figures: the rows of some measures that share a date, added up in total and by group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import sqrt
from typing import Any, Final

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.expressions import Combinable

from metrics.histogram import bucket_sql, quantile
from metrics.intervals import Z, wilson
from metrics.measure import Measure, Unit
from metrics.questions import Figure, Key

Figures = dict[str, Figure]
MOST_GROUPS: Final = 2000
EXACT: Final = 20_000  # rows; over more, medians come from a histogram
WIDTH: Final = 6  # columns of each measure


def figures_of(
    rows: QuerySet[Any], measures: Sequence[Measure], by: Sequence[Combinable] = (), *, is_exact: bool | None = None
) -> tuple[Figures, dict[Key, Figures]]:
    """In total, and by the values of `by`. The largest groups, should there be more than anybody reads.

    Medians and percentiles are exact over few rows; of many they come from a histogram that is counted in one scan.
    """
    query = columns_of(rows, measures, by).query
    durations = any(measure.unit is Unit.DURATION for measure in measures)
    if is_exact is None:
        is_exact = not durations or not _are_many(query)
    sql, params = query.sql_with_params()
    keys = ", ".join(f"d{n}" for n in range(len(by)))
    columns = [column for n, measure in enumerate(measures) for column in _told(n, measure, is_exact=is_exact)]
    told = ", ".join([*(f"d{n}" for n in range(len(by))), f"GROUPING({keys})" if by else "1", *columns])
    grouping = f"GROUP BY GROUPING SETS ((), ({keys})) ORDER BY {len(by) + 1} DESC, count(*) DESC" if by else ""
    statement = f"SELECT {told} FROM ({sql}) AS counted {grouping} LIMIT {MOST_GROUPS + 1}"  # noqa: S608 - names of ours
    spreads = _Spreads() if is_exact else counted_spreads(sql, params, measures, len(by))
    total: Figures = {}
    groups: dict[Key, Figures] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        for row in cursor.fetchall():
            key = None if row[len(by)] else key_of(row[: len(by)])
            figures = _figures(measures, row[len(by) + 1 :], spreads, key)
            if key is None:
                total = figures
            else:
                groups[key] = figures
    return total, groups


def key_of(values: Sequence[Any]) -> Key:
    return tuple("" if value is None else str(value) for value in values)


def _are_many(query: Any) -> bool:
    few = query.clone()
    few.set_limits(high=EXACT + 1)
    sql, params = few.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({sql}) AS few", params)  # noqa: S608 - as above
        return bool((cursor.fetchone() or (0,))[0] > EXACT)


class _Spreads(dict[tuple[Key | None, int, bool], Counter[int]]):
    """Histograms by group (None: all), place of the measure, and whether of working time."""

    def of(self, key: Key | None, place: int, *, is_business: bool) -> list[float | None]:
        counts = self.get((key, place, is_business))
        return [quantile(counts, 0.5), quantile(counts, 0.9)] if counts else [None, None]


def counted_spreads(sql: str, params: Sequence[Any], measures: Sequence[Measure], by: int) -> _Spreads:
    """One scan, one histogram of each duration in each group and in total."""
    columns = ", ".join(
        f"({n}, {letter == 'b'}, CASE WHEN {f'n{n}' if measure.where is not None else 'true'} THEN {letter}{n} END)"
        for n, measure in enumerate(measures)
        if measure.unit is Unit.DURATION
        for letter in ("v", "b")
        if letter == "v" or measure.business is not None
    )
    keys = "".join(f"d{n}, " for n in range(by))
    total = f"GROUPING({keys.rstrip(', ')})" if by else "1"
    sets = (
        f"GROUPING SETS ((n, is_business, bucket), ({keys}n, is_business, bucket))" if by else "n, is_business, bucket"
    )
    statement = f"""
        SELECT {keys}{total}, n, is_business, bucket, count(*) FROM (
          SELECT {keys}n, is_business, {bucket_sql("v")} AS bucket FROM ({sql}) AS r
          CROSS JOIN LATERAL (VALUES {columns}) AS x(n, is_business, v) WHERE v IS NOT NULL) AS b
        GROUP BY {sets}"""  # noqa: S608 - names of ours
    found = _Spreads()
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        for row in cursor.fetchall():
            key = None if row[by] else key_of(row[:by])
            place, is_business, bucket, count = row[by + 1 :]
            found.setdefault((key, place, is_business), Counter())[bucket] = count
    return found


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


def _told(n: int, measure: Measure, *, is_exact: bool) -> list[str]:
    """Six columns: rows, hits, then mean and [median, p90] in calendar and in working time."""
    counts = f" FILTER (WHERE n{n})" if measure.where is not None else ""
    hits = f"h{n}" + (f" AND n{n}" if measure.where is not None else "")
    return [
        f"count(*){counts}",
        f"count(*) FILTER (WHERE {hits})" if measure.hit is not None else "NULL",
        *_spread(f"v{n}", counts, measure if measure.value is not None else None, is_exact=is_exact),
        *_spread(f"b{n}", counts, measure if measure.business is not None else None, is_exact=is_exact),
    ]


def _spread(column: str, counts: str, measure: Measure | None, *, is_exact: bool) -> list[str]:
    """Mean, and [median, p90] of a duration or the standard deviation of a score."""
    if measure is None:
        return ["NULL", "NULL"]
    if measure.unit is Unit.SCORE:
        return [f"avg({column}){counts}", f"stddev_samp({column}){counts}"]
    exact = f"percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY {column}){counts}"
    return [f"avg({column}){counts}", exact if is_exact else "NULL"]


def _figures(measures: Sequence[Measure], row: Sequence[Any], spreads: _Spreads, key: Key | None) -> Figures:
    found = {}
    for place, measure in enumerate(measures):
        n, hits, mean, spread, mean_business, spread_business = row[place * WIDTH : (place + 1) * WIDTH]
        match measure.unit:
            case Unit.COUNT:
                found[measure.name] = Figure(n, n)
            case Unit.PERCENT:
                found[measure.name] = ratio(hits, n)
            case Unit.SCORE:
                found[measure.name] = _score(n, _number(mean), _number(spread))
            case Unit.DURATION:
                is_close = bool(n) and spread is None
                spread = spreads.of(key, place, is_business=False) if is_close else spread
                spread_business = spreads.of(key, place, is_business=True) if is_close else spread_business
                means = (_number(mean), _number(mean_business))
                found[measure.name] = duration(n, means, spread, spread_business, is_close=is_close)
    return found


def duration(
    n: int,
    means: tuple[float | None, float | None],
    spread: Sequence[float | None] | None,
    business: Sequence[float | None] | None,
    *,
    is_close: bool,
) -> Figure:
    """`spread` and `business`: median and 90th percentile in calendar and in working time."""
    median, p90 = spread or (None, None)
    median_business, p90_business = business or (None, None)
    return Figure(
        n, median,
        mean=means[0], median=median, p90=p90,
        mean_business=means[1], median_business=median_business, p90_business=p90_business, is_close=is_close,
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
    return (
        Figure(0, 0)
        if measure.unit is Unit.COUNT
        else Figure(0, None, hits=0 if measure.unit is Unit.PERCENT else None)
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
