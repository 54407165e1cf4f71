"""Figures over long spans, told from days that were added up ahead (metrics.facts.adding_up) instead of from tickets.

Counts, shares and means come out the same to the last digit; medians and percentiles within one per cent. What days
can't tell (a tag, an organisation, two conditions at once) is told from the tickets, however long that takes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from metrics.dimension import Dimension
from metrics.facts.adding_up import ADDED, BY
from metrics.histogram import quantile
from metrics.measure import Measure, Source, Unit
from metrics.models import DirtyDay
from metrics.questions import Figure, Key, Question
from metrics.spans import Span
from metrics.statement import EXACT, Figures, duration, ratio

LATE: Final = timedelta(seconds=30)  # a day that waits longer to be added up is told from its tickets
FEW: Final = 1000  # rows: they are read at once
GRAINS: Final[Mapping[str, str]] = {
    "day": "day",
    "week": "date_trunc('week', day)::date",
    "month": "date_trunc('month', day)::date",
    "weekday": "EXTRACT(isodow FROM day)::int",
}
OF_WEEK: Final[Mapping[str, str]] = {"weekday": "key::int / 24 + 1", "hour": "mod(key::int, 24)"}
# What conditions call what days are added up by. Of moments channel and agent are those of their time, so that a
# condition, which asks for the ticket's, can't be answered by them.
FIELDS: Final[Mapping[str, str]] = {
    "via_id": "channel", "priority": "priority", "inbox_id": "inbox", "assignee_id": "agent",
}  # fmt: skip
OF_TICKETS: Final = ("priority", "inbox")


@dataclass(frozen=True)
class Plan:
    """Which rows of days are read: of one dimension, perhaps of some of its keys, and of some teams."""

    keys: Sequence[str] = ()  # SQL of each part of the key
    dimension: str = ""
    only: Sequence[str] | None = None
    teams: Sequence[int] | None = None
    hidden: Sequence[int] = field(default=())

    @property
    def has_spread(self) -> bool:
        """Hours of the week keep no durations."""
        return self.dimension != "hour"


def plan(question: Question, measure: Measure, by: Sequence[Dimension]) -> Plan | None:
    """How days can tell the measure, and those counted beside it; None where they can't."""
    if measure.source not in ADDED or measure.unit is Unit.SCORE or question.user.role == "company":
        return None
    grouped = _grouped([one.name for one in by])
    narrowed = _narrowed(question, measure)
    if grouped is None or narrowed is None:
        return None
    keys, dimension = grouped
    teams, asked, only = narrowed
    if asked and dimension and asked != dimension:
        return None
    return Plan(keys, dimension or asked, only if asked else None, teams, question.user.hidden_team_ids)


def _grouped(by: Sequence[str]) -> tuple[list[str], str] | None:
    """SQL of the key's parts, and the one dimension among them that is not of days."""
    if "hour" in by and all(name in OF_WEEK for name in by):
        return [OF_WEEK[name] for name in by], "hour"
    others = [name for name in by if name not in GRAINS]
    if len(others) > 1 or any(name not in BY or name == "hour" for name in others):
        return None
    return [GRAINS.get(name, "key") for name in by], others[0] if others else ""


def _narrowed(question: Question, measure: Measure) -> tuple[list[int] | None, str, list[str]] | None:
    """Teams, and a dimension with its keys, where the conditions ask for no more than that."""
    teams: list[int] | None = None
    asked, only = "", [""]
    for node in question.conditions.get("all", ()):
        values = _values(node, question)
        if values is None:
            return None
        if node["field"] == "group_id" and teams is None:
            teams = [int(value or 0) for value in values]
        elif node["field"] in FIELDS and not asked:
            asked, only = FIELDS[node["field"]], values
        else:
            return None
    if any(question.conditions.get(part) for part in ("any", "none")):
        return None
    if asked and measure.source is not Source.FACT and asked not in OF_TICKETS:
        return None
    return teams, asked, only


def _values(node: Mapping[str, Any], question: Question) -> list[str] | None:
    if node.get("operator") not in ("is", "includes"):
        return None
    value = node["value"]
    values = value if isinstance(value, list) else [value]
    return [str(question.user.pk) if one == "current_user" else str(one) for one in values]


def are_told(span: Span, *, now: datetime | None = None) -> bool:
    """Whether all of its days are added up, but for what has happened just now."""
    before = (now or timezone.now()) - LATE
    return not DirtyDay.objects.filter(day__gte=span.first, day__lte=span.last, marked_at__lt=before).exists()


@dataclass(frozen=True)
class AddedUp:
    """What the days say of each measure and key (None: all): rows, and sums in calendar and in working time."""

    sums: Sequence[tuple[str, Key | None, int, int, int]]

    def n(self, measure: Measure) -> int:
        return next((n for name, key, n, *_sums in self.sums if name == measure.name and key is None), 0)

    def are_many(self, measures: Sequence[Measure]) -> bool:
        return any(self.n(one) > EXACT for one in measures)

    def can_tell(self, measure: Measure, *, has_spread: bool) -> bool:
        """Counts and shares in any case. Medians of few are told exactly, from their rows."""
        return measure.unit is not Unit.DURATION or (has_spread and self.n(measure) > EXACT)


def added_up(span: Span, measures: Sequence[Measure], how: Plan) -> AddedUp | None:
    """None where there is so little that the rows themselves are read as quickly."""
    found = AddedUp(_sums(span, measures, how))
    return found if any(found.n(one) > FEW for one in measures) else None


def _where(span: Span, measures: Sequence[Measure], how: Plan) -> tuple[str, list[Any]]:
    where = ["measure = ANY(%s)", "dimension = %s", "day BETWEEN %s AND %s"]
    params: list[Any] = [[one.name for one in measures], how.dimension, span.first, span.last]
    for column, values in (("key", how.only), ("team_id", how.teams)):
        if values is not None:
            where.append(f"{column} = ANY(%s)")
            params.append(list(values))
    if how.hidden:
        where.append("NOT team_id = ANY(%s)")
        params.append(list(how.hidden))
    return " AND ".join(where), params


def figures(span: Span, measures: Sequence[Measure], how: Plan, added: AddedUp) -> tuple[Figures, dict[Key, Figures]]:
    """As `statement.figures_of`."""
    spreads = _spreads(span, [one for one in measures if one.unit is Unit.DURATION], how)
    known = {one.name: one for one in measures}
    total: Figures = {}
    groups: dict[Key, Figures] = defaultdict(dict)
    for name, key, n, first, second in added.sums:
        if name not in known:
            continue
        figure = _figure(known[name], n, first, second, spreads, key)
        if key is None:
            total[name] = figure
        else:
            groups[key][name] = figure
    return total, dict(groups)


def _sums(span: Span, measures: Sequence[Measure], how: Plan) -> list[tuple[str, Key | None, int, int, int]]:
    where, params = _where(span, measures, how)
    keys = "".join(f"{sql} AS d{n}, " for n, sql in enumerate(how.keys))
    named = "".join(f"d{n}, " for n in range(len(how.keys)))
    total = f"GROUPING({named.rstrip(', ')})" if named else "1"
    statement = f"""
        SELECT {named}measure, {total}, sum(n)::bigint, sum(total)::bigint, sum(total_business)::bigint
        FROM (SELECT {keys}measure, n, total, total_business FROM metrics_dayfigure WHERE {where}) AS d
        GROUP BY GROUPING SETS ((measure){f", (measure, {named.rstrip(', ')})" if named else ""})"""  # noqa: S608
    width = len(how.keys)
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return [
            (row[width], None if row[width + 1] else _key(row[:width]), *row[width + 2 :]) for row in cursor.fetchall()
        ]


def _key(parts: Sequence[Any]) -> Key:
    return tuple(str(part) for part in parts)


Spreads = dict[tuple[str, Key | None, bool], Counter[int]]


def _spreads(span: Span, durations: Sequence[Measure], how: Plan) -> Spreads:
    """Histograms by measure and key (None: all), in calendar and in working time."""
    found: Spreads = defaultdict(Counter)
    if not durations:
        return found
    where, params = _where(span, durations, how)
    keys = "".join(f"{sql} AS d{n}, " for n, sql in enumerate(how.keys))
    named = "".join(f"d{n}, " for n in range(len(how.keys)))
    statement = " UNION ALL ".join(
        f"""(SELECT {named}measure, {is_business}, bucket, sum(counted)::bigint FROM (
               SELECT {keys}measure, bucket, counted FROM metrics_dayfigure,
                 unnest(buckets{suffix}, counts{suffix}) AS u(bucket, counted) WHERE {where}) AS d
             GROUP BY {named}measure, bucket)"""  # noqa: S608
        for suffix, is_business in (("", "false"), ("_business", "true"))
    )
    width = len(how.keys)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, *params])
        for row in cursor.fetchall():
            measure, is_business, bucket, counted = row[width:]
            found[measure, None, is_business][bucket] += counted
            if width:
                found[measure, _key(row[:width]), is_business][bucket] += counted
    return found


def _figure(measure: Measure, n: int, first: int, second: int, spreads: Spreads, key: Key | None) -> Figure:
    match measure.unit:
        case Unit.COUNT:
            return Figure(n, n)
        case Unit.PERCENT:
            return ratio(first, n)
    means = (first / n, second / n if measure.business else None) if n else (None, None)
    calendar, business = ([quantile(counts, share) for share in (0.5, 0.9)] if counts else None for counts in (
        spreads.get((measure.name, key, False)), spreads.get((measure.name, key, True))
    ))  # fmt: skip
    return duration(n, means, calendar, business, is_close=True)
