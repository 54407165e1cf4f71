"""Keeping what is told: only what differs is written, and the days that it was or is counted on are marked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection

from metrics.facts.told import COLUMNS, PLACE, MomentTold, Row, Told
from metrics.models import Fact, Moment

FACTS, MOMENTS = Fact._meta.db_table, Moment._meta.db_table
MOMENT_COLUMNS: Final = ("at", "kind", "user_id", "team_id", "channel", "seconds", "seconds_business", "name", "ref")
# What a figure is asked by, whatever it is about: another value moves the ticket on each of its days.
ATTRIBUTES: Final = ("priority", "channel", "inbox_id", "team_id", "assignee_id", "opened_by_agent", "is_merged")
ONLY_OURS: Final = ("event_id", "edition")  # no figure tells of them
# The days that facts are counted on, and what is counted there; what is not named belongs to the day of solving.
COUNTED_ON: Final = {
    "opened_at": ("opened_at",),
    "first_reply_at": ("first_reply_at", "first_reply", "first_reply_business"),
    "first_assigned_at": ("first_assigned_at", "first_assignment", "first_assignment_business"),
    "last_assigned_at": ("last_assigned_at", "last_assignment", "last_assignment_business"),
    "first_solved_at": ("first_solved_at", "first_resolution", "first_resolution_business"),
}
ELSEWHERE: Final = {
    *ONLY_OURS,
    *ATTRIBUTES,
    "status",
    "type",
    *(name for names in COUNTED_ON.values() for name in names),
}
AT_SOLVING: Final = tuple(name for name in COLUMNS if name not in ELSEWHERE)
DATES: Final = (*COUNTED_ON, "solved_at")

Kept = tuple[int, MomentTold]  # its id, and what it says


@dataclass
class Change:
    """What differs between the stored and the told, and the days on which it does."""

    rows: list[Row] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)  # ids of moments
    come: list[tuple[int, MomentTold]] = field(default_factory=list)  # of tickets
    days: set[date] = field(default_factory=set)
    first_opened: datetime | None = None  # the earliest opening among tickets that nothing was known of

    def __bool__(self) -> bool:
        return bool(self.rows or self.gone or self.come)


def store(told: Sequence[Told], *, zone: ZoneInfo) -> Change:
    """Inside a transaction; the caller marks the days of the change, last of all.

    Where two tell the same ticket anew at the same moment, the later one gets an IntegrityError and nothing is lost.
    """
    change = compare(told, zone=zone)
    with connection.cursor() as cursor:
        if change.gone:
            cursor.execute(f"DELETE FROM {MOMENTS} WHERE id = ANY(%s)", [change.gone])  # noqa: S608  our own table
        if change.rows:
            numbers = [row[0] for row in change.rows]
            cursor.execute(f"DELETE FROM {FACTS} WHERE ticket_id = ANY(%s)", [numbers])  # noqa: S608
            copy_rows(cursor, FACTS, COLUMNS, change.rows)
        if change.come:
            rows = ((number, *moment) for number, moment in change.come)
            copy_rows(cursor, MOMENTS, ("ticket_id", *MOMENT_COLUMNS), rows)
    return change


def compare(told: Sequence[Told], *, zone: ZoneInfo) -> Change:
    """Nothing is written."""
    numbers = [each.number for each in told]
    facts, moments = stored_facts(numbers), _stored_moments(numbers)
    change = Change()
    moments_of_days: set[datetime] = set()
    for each in told:
        old = facts.get(each.number)
        if old != each.row:
            change.rows.append(each.row)
            if old is None:
                opened_at = each.row[PLACE["opened_at"]]
                change.first_opened = min(opened_at, change.first_opened or opened_at)
            moments_of_days |= set(_days_of_change(old, each.row))
        gone, come = _differences(moments.get(each.number, ()), each.moments)
        change.gone += [pk for pk, _moment in gone]
        change.come += [(each.number, moment) for moment in come]
        moments_of_days |= {moment.at for moment in come} | {moment.at for _pk, moment in gone}
        if old and _moves(old, each.row):
            moments_of_days |= {moment.at for moment in each.moments}
    change.days = {moment.astimezone(zone).date() for moment in moments_of_days}
    return change


def _moves(old: Row, new: Row) -> bool:
    return any(old[PLACE[name]] != new[PLACE[name]] for name in ATTRIBUTES)


def _days_of_change(old: Row | None, new: Row) -> Iterator[datetime]:
    for name in DATES:
        names = COUNTED_ON.get(name, AT_SOLVING)
        if old is None or _moves(old, new) or any(old[PLACE[each]] != new[PLACE[each]] for each in names):
            yield from (row[PLACE[name]] for row in (old, new) if row is not None and row[PLACE[name]] is not None)


def _differences(stored: Sequence[Kept], told: Sequence[MomentTold]) -> tuple[list[Kept], list[MomentTold]]:
    """What is stored and not told any more, and what is told and not stored yet; the same may be there twice."""
    if not stored:
        return [], list(told)
    wanted = Counter(told)
    gone = []
    for kept in stored:
        if wanted[kept[1]] > 0:
            wanted[kept[1]] -= 1
        else:
            gone.append(kept)
    return gone, list(wanted.elements())


def stored_facts(numbers: list[int]) -> Mapping[int, Row]:
    with connection.cursor() as cursor:
        names = ", ".join(COLUMNS)
        cursor.execute(f"SELECT {names} FROM {FACTS} WHERE ticket_id = ANY(%s)", [numbers])  # noqa: S608
        return {row[0]: row for row in cursor.fetchall()}


def _stored_moments(numbers: list[int]) -> Mapping[int, list[Kept]]:
    found: dict[int, list[Kept]] = defaultdict(list)
    with connection.cursor() as cursor:
        names = ", ".join(MOMENT_COLUMNS)
        cursor.execute(
            f"SELECT ticket_id, id, {names} FROM {MOMENTS} WHERE ticket_id = ANY(%s) ORDER BY id",  # noqa: S608
            [numbers],
        )
        for number, pk, *values in cursor.fetchall():
            found[number].append((pk, MomentTold(*values)))
    return found


def copy_rows(cursor: Any, table: str, columns: Sequence[str], rows: Any) -> None:
    with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as out:
        for row in rows:
            out.write_row(row)


MARK = """
INSERT INTO metrics_dirtyday (day, marked_at) SELECT day, %s FROM unnest(%s::date[]) AS day ORDER BY day
ON CONFLICT (day) DO UPDATE SET marked_at = excluded.marked_at
"""


def mark(days: set[date], *, now: datetime) -> None:
    """Their figures are to be added up anew. Always in order: who marks the same days waits and never in a circle."""
    if days:
        with connection.cursor() as cursor:
            cursor.execute(MARK, [now, list(days)])
