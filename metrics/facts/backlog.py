"""How many tickets were not solved at the end of each day: counted after midnight, and for the past from timelines.

How a ticket was at a moment is how it is now, but for what has been changed since: the first change after that moment
says what it was before. So a day that was missed, or that tickets were brought in for later, is counted as well as
yesterday; one statement does both.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Min

from metrics.facts.claiming import claimed
from metrics.models import BacklogDay
from metrics.spans import reporting_zone
from tickets.models import Ticket

NAME: Final = "backlog"
BATCH: Final = 20_000  # tickets
AFTER_MIDNIGHT: Final = timedelta(minutes=2)  # what began before it has been written down by then
DAY: Final = timedelta(days=1)

_LATER = """(SELECT {said} FROM tickets_ticketevent e WHERE e.ticket_id = t.id AND e.kind = '{kind}'
             AND e.created_at >= d.over ORDER BY e.id LIMIT 1)"""


def _was(column: str, kind: str, since: str, said: str = "e.payload ->> 'old'") -> str:
    later = _LATER.format(said=said, kind=kind)
    return f"coalesce(CASE WHEN t.{since} >= d.over THEN {later} END, {column})"


# `over` is when the day was: nobody's ticket is counted twice, and none that was solved before it.
COUNT: Final = f"""
INSERT INTO metrics_backlogday (day, status, team_id, inbox_id, channel, priority, type, n)
SELECT day, status, team_id, inbox_id, channel, priority, type, count(*) FROM (
  SELECT d.day, t.inbox_id, t.channel,
         {_was("t.status", "status.changed", "status_changed_at")} AS status,
         {
    _was("coalesce(t.team_id, 0)", "team.changed", "updated_at", "coalesce((e.payload ->> 'old_id')::bigint, 0)")
} AS team_id,
         {_was("t.priority", "priority.changed", "updated_at")} AS priority,
         {_was("t.type", "type.changed", "updated_at")} AS type
  FROM tickets_ticket t CROSS JOIN LATERAL (
    SELECT day::date AS day, (day + interval '1 day') AT TIME ZONE %(zone)s AS over
    FROM generate_series(
      greatest(%(first)s::date, (t.created_at AT TIME ZONE %(zone)s)::date)::timestamp,
      least(%(last)s::date, (CASE WHEN t.status IN ('new', 'open', 'pending', 'hold') THEN 'infinity'
        ELSE coalesce(t.solved_at, t.closed_at, t.status_changed_at) END AT TIME ZONE %(zone)s)::date)::timestamp,
      '1 day') AS day
  ) d
  WHERE t.id > %(after)s AND t.id <= %(until)s
    AND (t.status IN ('new', 'open', 'pending', 'hold') OR t.status_changed_at >= %(since)s)
) AS held WHERE status IN ('new', 'open', 'pending', 'hold') GROUP BY 1, 2, 3, 4, 5, 6, 7
ON CONFLICT (day, status, team_id, inbox_id, channel, priority, type)
DO UPDATE SET n = metrics_backlogday.n + excluded.n
"""  # noqa: S608 - names of ours


def keep_backlog(*, now: datetime, batch: int = BATCH, waits: bool = False) -> bool:
    """Do a piece of what is to be done; whether there is more. Days of the past first, then those that are over."""
    zone = reporting_zone()
    over = (now - AFTER_MIDNIGHT).astimezone(zone).date() - DAY  # the last day that is
    with claimed(NAME, waits=waits) as data:
        if data is None:
            return False
        _begin(data, zone)
        if data["from"] is not None:
            _count_anew(data, over, zone, batch)
        elif data["until"] is not None and date.fromisoformat(data["until"]) < over:
            day = date.fromisoformat(data["until"]) + DAY
            BacklogDay.objects.filter(day=day).delete()
            _count(day, day, 0, _highest(), zone)
            data["until"] = day.isoformat()
        return data["from"] is not None or (data["until"] is not None and data["until"] < over.isoformat())


def count_anew_from(day: date) -> None:
    """Something of that day was brought in later: what was counted from there on is counted again."""
    with claimed(NAME, waits=True) as data:
        assert data is not None
        if data.get("until") and day.isoformat() <= data["until"]:
            data["from"] = min(day.isoformat(), data["from"] or day.isoformat())
            data["after"] = None


def rebuild_backlog(*, now: datetime) -> None:
    """All of it, here and now."""
    with claimed(NAME, waits=True) as data:
        assert data is not None
        data.clear()
    while keep_backlog(now=now, waits=True):
        pass


def _begin(data: dict[str, Any], zone: ZoneInfo) -> None:
    """At first, and when days begin at another hour, all days are counted."""
    if data.get("zone") == str(zone):
        return
    first = Ticket.objects.aggregate(at=Min("created_at"))["at"]
    if first:
        day = first.astimezone(zone).date().isoformat()
        data.update({"zone": str(zone), "until": None, "from": day, "after": None})
    else:
        data.update({"until": None, "from": None, "after": None})


def _count_anew(data: dict[str, Any], over: date, zone: ZoneInfo, batch: int) -> None:
    first = date.fromisoformat(data["from"])
    if data["after"] is None:
        BacklogDay.objects.filter(day__gte=first).delete()
        data["after"], data["to"] = 0, over.isoformat()
        data["until"] = over.isoformat()
    after, highest = data["after"], _highest()
    until = min(after + batch, highest)
    _count(first, date.fromisoformat(data["to"]), after, until, zone)
    data["after"] = until
    if until >= highest:
        data["from"] = data["after"] = None


def _count(first: date, last: date, after: int, until: int, zone: ZoneInfo) -> None:
    since = datetime(first.year, first.month, first.day, tzinfo=zone)
    with connection.cursor() as cursor:
        cursor.execute(
            COUNT,
            {"zone": str(zone), "first": first, "last": last, "after": after, "until": until, "since": since},
        )


def _highest() -> int:
    newest = Ticket.objects.order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0
