"""A book between two gestures: as JSON in `SlaMemory`, exact to the microsecond."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tickets.sla.book import Book
from tickets.sla.clock import Clock, Span, Target, micros
from tickets.sla.history import Find

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PLAIN = (
    "status", "priority", "team_id", "requester_id", "requester_user_id", "calendar_id", "calendar_version",
    "first_by", "first_is_public", "has_spoken", "is_first_over",
)  # fmt: skip
MOMENTS = ("started_at", "since", "due_at", "warn_at", "warned_at", "breached_at", "settled_at")
PARTS = ("metric", "instance", "state", "calendar_id", "applies", "elapsed", "told")


def dump(book: Book) -> dict[str, Any]:
    return {
        **{name: getattr(book, name) for name in PLAIN},
        "last_at": _number(book.last_at),
        "first_at": _number(book.first_at),
        "terms": list(book.terms.key) if book.terms else None,
        "clocks": [_dump_clock(clock) for clock in book.clocks.values()],
    }


def load(data: Mapping[str, Any], find: Find) -> Book:
    last_at = _moment(data["last_at"])
    assert last_at
    book = Book(**{name: data[name] for name in PLAIN}, last_at=last_at, first_at=_moment(data["first_at"]))
    if data["terms"]:
        book.terms = find(*data["terms"])
    for row in data["clocks"]:
        clock = _load_clock(row)
        book.clocks[clock.metric] = clock
    return book


def _dump_clock(clock: Clock) -> dict[str, Any]:
    target = clock.target
    return {
        **{name: getattr(clock, name) for name in PARTS},
        **{name: _number(getattr(clock, name)) for name in MOMENTS},
        "spans": [[_number(span.start), _number(span.end), span.calendar_id] for span in clock.spans],
        "target": target
        and [target.seconds, target.is_business, target.priority, target.policy_id, target.warn_percent],
    }


def _load_clock(row: Mapping[str, Any]) -> Clock:
    spans = tuple(Span(EPOCH + _length(start), EPOCH + _length(end), by) for start, end, by in row["spans"])
    target = Target(*row["target"]) if row["target"] else None
    moments: dict[str, Any] = {name: _moment(row[name]) for name in MOMENTS}
    return Clock(**{name: row[name] for name in PARTS}, **moments, spans=spans, target=target)


def _number(moment: datetime | None) -> int | None:
    return None if moment is None else micros(moment - EPOCH)


def _moment(number: int | None) -> datetime | None:
    return None if number is None else EPOCH + _length(number)


def _length(number: int) -> timedelta:
    return timedelta(microseconds=number)
