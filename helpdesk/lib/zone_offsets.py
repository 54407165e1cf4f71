"""Where a time zone's distance from UTC changes, found by asking zoneinfo: it publishes no list of its own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

SECOND = 1_000_000  # everything here is counted in microseconds since 1970, so that sums are exact
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_YEAR = 9999

# No zone of the database has ever changed its offset twice within less than 3.98 days (Freetown, 1939), so steps of
# three days see each change, and never two of them in one step.
STEP = 3 * 86_400 * SECOND

Span = tuple[int, int]  # the moment from which an offset counts, and that offset


class UnknownZone(ValueError):
    """No time zone has this name."""


@cache
def zone_of(name: str) -> ZoneInfo:
    """Raises UnknownZone also for what is no name at all: a folder of the database, a way out of it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError, TypeError) as error:
        raise UnknownZone(f"There is no time zone called {name!r}.") from error


def micros(moment: datetime) -> int:
    """Microseconds since 1970, exactly: `timestamp()` would round."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError("A moment needs a time zone.")
    since = moment.astimezone(UTC) - EPOCH
    return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds


def moment_at(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)


def year_of(micros: int) -> int:
    return moment_at(micros).year


@cache
def year_start(year: int) -> int:
    day = date(year, 1, 1).toordinal() if year <= LAST_YEAR else date.max.toordinal() + 1
    return (day - EPOCH.toordinal()) * 86_400 * SECOND


def offset_at(zone: ZoneInfo, at: int) -> int:
    """In the first and the last year it is their neighbour's: zoneinfo cannot answer where local time would leave."""
    at = max(year_start(2), min(at, year_start(LAST_YEAR) - SECOND))
    found = moment_at(at).astimezone(zone).utcoffset()
    assert found is not None
    return (found.days * 86_400 + found.seconds) * SECOND + found.microseconds


@lru_cache(maxsize=8192)
def offsets_in(name: str, year: int) -> tuple[Span, ...]:
    """The offsets of the (UTC) year in order; the first span begins with the year."""
    zone = zone_of(name)
    at, end = year_start(year), year_start(year + 1)
    spans = [(at, offset_at(zone, at))]
    while at < end:
        after = min(at + STEP, end)
        if (offset := offset_at(zone, after)) != spans[-1][1]:
            changed = _change_between(zone, at, after)
            if changed < end:
                spans.append((changed, offset))
        at = after
    return tuple(spans)


def _change_between(zone: ZoneInfo, before: int, after: int) -> int:
    """The first second with the offset of `after`. Changes fall on whole seconds."""
    offset = offset_at(zone, after)
    low, high = before // SECOND, after // SECOND
    while high - low > 1:
        middle = (low + high) // 2
        if offset_at(zone, middle * SECOND) == offset:
            high = middle
        else:
            low = middle
    return high * SECOND
