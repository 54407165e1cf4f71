"""What numbers are in, and how they are written for people: 12,345 · 2 h 5 min · 94.2 % · 4.6."""

from __future__ import annotations

from typing import Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from metrics.measure import Unit

__all__ = ["Unit", "change_in_words", "duration", "in_words", "on_axis"]

NOTHING: Final = "–"  # nothing was there to be counted, which is not the same as 0
MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


def in_words(value: float | None, unit: str) -> str:
    """As exact as one can make use of."""
    if value is None:
        return NOTHING
    if unit == Unit.DURATION:
        return duration(value)
    if unit == Unit.PERCENT:
        return _("%(number)s %%") % {
            "number": _plain(value, 0 if isinstance(value, int) or abs(value) in (0, 100) else 1)
        }
    return _plain(value, 0 if unit == Unit.COUNT and float(value).is_integer() else 1)


def change_in_words(difference: float, unit: str) -> str:
    """With its sign, a true minus; of per cents in points, because 2 % more of 90 % would be 91.8 %."""
    sign = "+" if difference > 0 else "−" if difference < 0 else "±"
    if unit == Unit.PERCENT:
        return sign + _("%(number)s pt") % {"number": _plain(abs(difference), 1)}
    return sign + in_words(abs(difference), unit)


def duration(seconds: float) -> str:
    """Two units at most, the second left out where nobody would miss it: 45 s, 14 min, 2 h 5 min, 3 d 4 h, 120 d."""
    amount = abs(seconds)
    sign = "−" if seconds < 0 else ""
    if amount < MINUTE:
        return sign + _seconds(_plain(amount, 1 if 0 < amount < 10 and amount % 1 else 0))
    if amount < HOUR:
        minutes, rest = divmod(round(amount), MINUTE)
        return sign + " ".join([_minutes(minutes), *([_seconds(str(rest))] if minutes < 5 and rest else [])])
    if amount < DAY:
        hours, rest = divmod(round(amount / MINUTE), 60)
        return sign + " ".join([_hours(hours), *([_minutes(rest)] if rest else [])])
    days, rest = divmod(round(amount / HOUR), 24)
    return sign + " ".join([_days(_plain(days, 0)), *([_hours(rest)] if rest and days < 14 else [])])


def on_axis(value: float, unit: str, step: float) -> str:
    """All ticks of an axis in the same unit, the one of its step; thousands short."""
    if value == 0:
        return "0"
    if unit == Unit.DURATION:
        return _duration_on_axis(value, step)
    if unit == Unit.PERCENT:
        return _("%(number)s %%") % {"number": _plain(value, 0 if step >= 1 else 1)}
    if step >= 100_000_000:
        return pgettext("billions", "%(number)s bn") % {"number": _rounded(value / 1_000_000_000)}
    if step >= 1_000_000:
        return pgettext("millions", "%(number)s M") % {"number": _rounded(value / 1_000_000)}
    if step >= 1_000:
        return pgettext("thousands", "%(number)sk") % {"number": _rounded(value / 1_000)}
    return _rounded(value)


def _duration_on_axis(value: float, step: float) -> str:
    for length, words in ((DAY, _days), (HOUR, _hours), (MINUTE, _minutes)):
        if step >= length:
            return words(_rounded(value / length))
    return _seconds(_rounded(value))


def _plain(value: float, decimals: int) -> str:
    return number_format(round(value, decimals) if decimals else round(value), decimals, force_grouping=True)


def _rounded(value: float) -> str:
    return _plain(value, 0 if float(round(value, 6)).is_integer() else 1)


def _seconds(number: object) -> str:
    return pgettext("seconds", "%(number)s s") % {"number": number}


def _minutes(number: object) -> str:
    return pgettext("minutes", "%(number)s min") % {"number": number}


def _hours(number: object) -> str:
    return pgettext("hours", "%(number)s h") % {"number": number}


def _days(number: object) -> str:
    return pgettext("days", "%(number)s d") % {"number": number}
