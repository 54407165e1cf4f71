"""When a mail or a push may leave: quiet hours and digests, told by the clock on the person's own wall. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAILY = 1440  # minutes
MORNING = time(8)


@dataclass(frozen=True)
class Rhythm:
    """`quiet_from` later than `quiet_until` goes over midnight; without either nothing is quiet."""

    zone: ZoneInfo
    quiet_from: time | None = None
    quiet_until: time | None = None
    each_minutes: int = 60


def mail_due(now: datetime, rhythm: Rhythm) -> datetime:
    """When the mail about something of `now` goes out: at once, with the digest, or in the morning."""
    if rhythm.each_minutes == DAILY:
        moment = _next(MORNING, now, rhythm.zone)
    else:
        moment = now + timedelta(minutes=rhythm.each_minutes)
    return after_quiet(moment, rhythm)


def after_quiet(moment: datetime, rhythm: Rhythm) -> datetime:
    """`moment`, or the end of the quiet hours that it falls into."""
    while is_quiet(moment, rhythm):
        assert rhythm.quiet_until
        moment = _next(rhythm.quiet_until, moment, rhythm.zone)  # twice where the clock jumps into the next quiet hours
    return moment


def is_quiet(moment: datetime, rhythm: Rhythm) -> bool:
    """Whether the person's clock shows a time inside their quiet hours, the last minute of which is no longer quiet."""
    start, end = rhythm.quiet_from, rhythm.quiet_until
    if start is None or end is None or start == end:
        return False
    shown = moment.astimezone(rhythm.zone).time()
    return start <= shown < end if start < end else shown >= start or shown < end


def _next(wall: time, after: datetime, zone: ZoneInfo) -> datetime:
    """The first moment after `after` when the clock shows `wall`.

    On the night when the clocks go back it shows it twice (PEP 495 `fold`); when they go forward it may never show it,
    and the moment that would have shown it counts.
    """
    today = after.astimezone(zone).date()
    return min(
        moment
        for days in (0, 1)
        for fold in (0, 1)
        if (moment := _moment(today + timedelta(days=days), wall, fold, zone)) > after
    )


def _moment(day: date, wall: time, fold: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, wall.replace(fold=fold), tzinfo=zone).astimezone(UTC)
