"""When a reply is sent later: the times that are offered, and reading what was chosen. Pure; `now` is passed in.

All in the agent's own time zone, that of `now`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

MORNING = time(9)
MONDAY = 0


@dataclass(frozen=True)
class SendTime:
    """One offer. `value` is what the form sends, so that it is right whenever it is pressed."""

    value: str
    label: str
    at: datetime

    @property
    def when(self) -> str:
        return moment(self.at)


def shown(now: datetime) -> tuple[tuple[str, str, str], ...]:
    """Each offer's value, label and time, as pages say it: the same for a whole minute."""
    return _shown(int(now.timestamp()) // 60, now.tzinfo, get_language())


@lru_cache(maxsize=64)
def _shown(minute: int, zone: tzinfo | None, language: str | None) -> tuple[tuple[str, str, str], ...]:
    offers = offered(datetime.fromtimestamp(60 * minute, zone))
    return tuple((offer.value, offer.label, offer.when) for offer in offers)


def offered(now: datetime) -> list[SendTime]:
    times = [
        SendTime("2h", _("In 2 hours"), in_two_hours(now)),
        SendTime("tomorrow", _("Tomorrow morning"), tomorrow(now)),
    ]
    if monday(now) != tomorrow(now):
        times.append(SendTime("monday", _("Monday morning"), monday(now)))
    return times


def read(value: str, now: datetime) -> datetime:
    """The moment that `value` names: an offer, or a local `2026-11-23T09:00`. Raises `ValueError`."""
    named = {"2h": in_two_hours, "tomorrow": tomorrow, "monday": monday}
    if value in named:
        return named[value](now)
    chosen = datetime.fromisoformat(value)
    return chosen if chosen.tzinfo else chosen.replace(tzinfo=now.tzinfo)


def in_two_hours(now: datetime) -> datetime:
    """To the next full five minutes, as a person would say it."""
    later = now.astimezone(UTC) + timedelta(hours=2)  # real hours, in the night of the clocks too
    rounded = later.replace(second=0, microsecond=0) + timedelta(minutes=-later.minute % 5)
    return rounded.astimezone(now.tzinfo)


def tomorrow(now: datetime) -> datetime:
    return _morning(now, 1)


def monday(now: datetime) -> datetime:
    """The next one; on a Monday that of next week."""
    return _morning(now, (MONDAY - now.weekday() - 1) % 7 + 1)


def _morning(now: datetime, days: int) -> datetime:
    return datetime.combine(now.date() + timedelta(days=days), MORNING, tzinfo=now.tzinfo)


def moment(at: datetime) -> str:
    """Weekday, day and time, as they stand below a scheduled message."""
    return f"{date_format(at, 'D j M')}, {at:%H:%M}"
