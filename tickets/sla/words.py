"""Clocks in words: what a metric is called, and how long something is."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tickets.models import SlaMetric

MOST_HOURS = 100


def metric_name(metric: str) -> str:
    """A metric of a later release stays as it is."""
    return str(SlaMetric(metric).label) if metric in SlaMetric.values else metric


def length(seconds: float) -> str:
    """ "1 h 20 min", "32 h", "45 s", "5 d 3 h": two units at most.

    Days, of 24 hours, only where hours say nothing any more: a working day has others.
    """
    left = round(abs(seconds))
    parts: list[str] = []
    days = ((86_400, pgettext("unit of time", "%(n)d d")),) if left >= MOST_HOURS * 3600 else ()
    for size, unit in (
        *days,
        (3600, pgettext("unit of time", "%(n)d h")),
        (60, pgettext("unit of time", "%(n)d min")),
        (1, pgettext("unit of time", "%(n)d s")),
    ):
        count, left = divmod(left, size)
        if count or (parts and left and size != 1):
            parts.append(unit % {"n": count})
    shown = [part for part in parts[:2] if not part.startswith("0 ")]
    return " ".join(shown) or _("no time")


def exact(seconds: int) -> str:
    """ "26:03:20": hours, minutes, seconds; what adds up is read in one unit."""
    hours, left = divmod(abs(seconds), 3600)
    return f"{'−' if seconds < 0 else ''}{hours}:{left // 60:02}:{left % 60:02}"
