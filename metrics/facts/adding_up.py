"""Days added up ahead: what the catalogue's measures count on a day, by team and by what is asked most.

A day is added up from its rows by the same columns that `metrics.statement` reads, and only what differs is written.
Days are taken from `DirtyDay`, the newest first, one to a transaction: whoever dies leaves the day marked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any, Final, NamedTuple

from django.db import connection, transaction
from django.db.models import F, Max, Min
from django.db.models.expressions import Combinable

from metrics.dimensions import DIMENSIONS
from metrics.expressions import part_of
from metrics.facts.claiming import claimed
from metrics.facts.storing import copy_rows, mark
from metrics.histogram import bucket_sql
from metrics.measure import Measure, Source, Unit
from metrics.measures import MEASURES
from metrics.models import DayFigure, Fact
from metrics.sources import SOURCES
from metrics.spans import Span, reporting_zone
from metrics.statement import columns_of

NAME: Final = "day figures"
EDITION: Final = 2
ADDED: Final = (Source.FACT, Source.MOMENT, Source.RATING)
BY: Final = ("team", "channel", "agent", "priority", "inbox", "hour", "policy", "sla_metric")
ALL, HOUR = "", "hour"


class Place(NamedTuple):
    """Where a figure stands, on its day."""

    measure: str
    team_id: int
    dimension: str
    key: str


Values = tuple[Any, ...]  # as COLUMNS
COLUMNS: Final = ("n", "total", "total_business", "buckets", "counts", "buckets_business", "counts_business")
TAKE = """
DELETE FROM metrics_dirtyday WHERE day = (
  SELECT day FROM metrics_dirtyday ORDER BY day DESC LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING day
"""


def add_up(*, now: datetime) -> date | None:
    """Add up the newest day that is to be; None where there is none."""
    mark_all_where_new(now=now)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(TAKE)
            row = cursor.fetchone()
        if row is None:
            return None
        day: date = row[0]
        zone = reporting_zone()
        store(day, figures_of_day(Span(day, day, zone)))
        return day


def mark_all_where_new(*, now: datetime) -> None:
    """Days that begin at another hour, and measures that count otherwise, are all to be added up again."""
    zone = reporting_zone()
    with claimed(NAME) as data:
        if data is None or (data.get("zone"), data.get("edition")) == (str(zone), EDITION):
            return
        ends = Fact.objects.aggregate(first=Min("opened_at"), last=Max("opened_at"))
        first = ends["first"].astimezone(zone).date() if ends["first"] else None
        today = now.astimezone(zone).date()
        DayFigure.objects.all().delete()
        if first:
            mark({first + timedelta(days=n) for n in range(-1, (today - first).days + 2)}, now=now)
        data.update({"zone": str(zone), "edition": EDITION})


def figures_of_day(span: Span) -> dict[Place, Values]:
    """Of a day, told from its rows."""
    found: dict[Place, Values] = {}
    for batch in _batches(span):
        found |= _Scan(batch, span).figures()
    return found


def _batches(span: Span) -> list[list[Measure]]:
    """Those that one scan answers. Scores are of few rows, and asked of them."""
    batches: dict[tuple[str, str, bool], list[Measure]] = defaultdict(list)
    for measure in MEASURES.values():
        if measure.source in ADDED and not measure.is_live and measure.unit is not Unit.SCORE:
            is_promise = DIMENSIONS["policy"].value(measure, span) is not None
            batches[measure.source, measure.date, is_promise].append(measure)
    return list(batches.values())


class _Scan:
    """The rows of a day that some measures count. d0 is the team that decides who sees them."""

    def __init__(self, batch: Sequence[Measure], span: Span) -> None:
        self.batch, one = batch, batch[0]
        rows = SOURCES[one.source].model._default_manager.filter(
            **{f"{one.date}__gte": span.start, f"{one.date}__lt": span.end}
        )
        if (when := SOURCES[one.source].when) is not None:
            rows = rows.filter(when)
        wanted = [measure.where for measure in batch if measure.where is not None]
        if len(wanted) == len(batch):  # moments are found by kind and time
            rows = rows.filter(reduce(or_, wanted))
        whose = F("team_id") if one.source is Source.FACT else F("ticket__team_id")
        values = {name: _value(name, one, span) for name in BY}
        self.by = [name for name, value in values.items() if value is not None]
        found = [value for value in values.values() if value is not None]
        self.sql, self.params = columns_of(rows, batch, [whose, *found]).query.sql_with_params()

    def figures(self) -> dict[Place, Values]:
        found: dict[Place, list[Any]] = {}
        for dimension, team, key, told in self._sums():
            for n, measure in enumerate(self.batch):
                count, total, business = told[n * 3 : n * 3 + 3]
                if count and not (dimension == HOUR and measure.unit is Unit.DURATION):
                    place = Place(measure.name, team, dimension, key)
                    found[place] = [count, int(total or 0), int(business or 0), [], [], [], []]
        for dimension, team, key, n, is_business, buckets, counts in self._histograms():
            values = found[Place(self.batch[n].name, team, dimension, key)]
            first = 5 if is_business else 3
            values[first], values[first + 1] = buckets, counts
        return {place: tuple(values) for place, values in found.items()}

    def _sums(self) -> Iterator[tuple[str, int, str, Sequence[Any]]]:
        """Dimension, team, key, and count, sum and sum of working time of each measure."""
        told = ", ".join(column for n, measure in enumerate(self.batch) for column in _summed(n, measure))
        which, chosen, sets = self._sets([f"d{n}" for n in range(1, len(self.by) + 1)])
        statement = f"SELECT {which}, d0, {chosen}, {told} FROM ({self.sql}) AS r GROUP BY GROUPING SETS ({sets})"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(statement, self.params)
            for place, team, key, *rest in cursor.fetchall():
                yield ALL if place is None else self.by[place], team or 0, key or "", rest

    def _histograms(self) -> Iterator[tuple[str, int, str, int, bool, list[int], list[int]]]:
        """Dimension, team, key, which of the batch, whether of working time, buckets and how many are in each."""
        columns = [
            f"({n}, {is_business}, CASE WHEN {_counts(n, measure)} THEN {letter}{n} END)"
            for n, measure in enumerate(self.batch)
            if measure.unit is Unit.DURATION
            for is_business, letter in ((False, "v"), (True, "b"))
        ]
        if not columns:
            return
        keys = [f"d{n}" for n, name in enumerate(self.by, 1) if name != HOUR]
        which, chosen, sets = self._sets(keys, "n, is_business, bucket")
        statement = f"""
            SELECT which, d0, key, n, is_business, array_agg(bucket ORDER BY bucket), array_agg(counted ORDER BY bucket)
            FROM (SELECT {which} AS which, d0, {chosen} AS key, n, is_business, bucket, count(*)::int AS counted
                  FROM (SELECT {", ".join(["d0", *keys])}, n, is_business, {bucket_sql("v")} AS bucket
                        FROM ({self.sql}) AS r CROSS JOIN LATERAL (VALUES {", ".join(columns)}) AS x(n, is_business, v)
                        WHERE v IS NOT NULL) AS b GROUP BY GROUPING SETS ({sets})) AS c GROUP BY 1, 2, 3, 4, 5"""  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(statement, self.params)
            for place, team, key, *rest in cursor.fetchall():
                yield ALL if place is None else self.by[place], team or 0, key or "", *rest

    def _sets(self, keys: Sequence[str], more: str = "") -> tuple[str, str, str]:
        """SQL of which dimension a row is of and of its key, and the sets that are grouped by, each by team."""
        places = [int(key.removeprefix("d")) - 1 for key in keys]
        when = [f"WHEN GROUPING({key}) = 0 THEN" for key in keys]
        which = "CASE " + " ".join(f"{one} {place}" for one, place in zip(when, places, strict=True)) + " END"
        chosen = "CASE " + " ".join(f"{one} {key}::text" for one, key in zip(when, keys, strict=True)) + " END"
        rest = f", {more}" if more else ""
        return which, chosen, ", ".join([f"(d0{rest})", *(f"(d0, {key}{rest})" for key in keys)])


def _counts(n: int, measure: Measure) -> str:
    return f"n{n}" if measure.where is not None else "true"


def _summed(n: int, measure: Measure) -> Iterator[str]:
    counts = _counts(n, measure)
    yield f"count(*) FILTER (WHERE {counts})"
    if measure.unit is Unit.PERCENT:
        yield f"count(*) FILTER (WHERE {counts} AND h{n})"
    else:
        yield f"sum(v{n}) FILTER (WHERE {counts})" if measure.value is not None else "0"
    yield f"sum(b{n}) FILTER (WHERE {counts})" if measure.business is not None else "0"


def _value(name: str, measure: Measure, span: Span) -> Combinable | None:
    if name == HOUR:  # of the week, from Monday's first on
        moment, zone = F(measure.date), str(span.zone)
        return (part_of(moment, zone, "isodow") - 1) * 24 + part_of(moment, zone, "hour")
    return DIMENSIONS[name].value(measure, span)


def store(day: date, told: Mapping[Place, Values]) -> int:
    """Write what differs from what is kept of that day; how many figures do."""
    kept: dict[Place, tuple[int, Values]] = {}
    for pk, measure, team, dimension, key, *values in DayFigure.objects.filter(day=day).values_list(
        "pk", "measure", "team_id", "dimension", "key", *COLUMNS
    ):
        kept[Place(measure, team, dimension, key)] = (pk, tuple(values))
    gone = [pk for place, (pk, values) in kept.items() if told.get(place) != values]
    come = [(place, values) for place, values in told.items() if place not in kept or kept[place][1] != values]
    DayFigure.objects.filter(pk__in=gone).delete()
    with connection.cursor() as cursor:
        columns = ("day", *Place._fields, *COLUMNS)
        copy_rows(cursor, DayFigure._meta.db_table, columns, ((day, *place, *values) for place, values in come))
    return len(gone) + len(come)
