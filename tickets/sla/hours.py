"""Working time as clocks ask for it: whole microseconds, and only by hours that were known at the moment."""

from __future__ import annotations

from datetime import datetime, timedelta

from helpdesk.accounts import working_hours
from helpdesk.accounts.working_hours import NoTimeLeft, Timeline
from tickets.sla.clock import SECOND, micros


class WorkingHours:
    """`tickets.sla.clock.Hours` by the calendars of the installation. A calendar that is gone counts every hour."""

    def __init__(self, book: working_hours.Book) -> None:
        self.book = book

    def measure(self, calendar_id: int | None, start: datetime, end: datetime) -> int:
        timeline = self.timeline(calendar_id)
        if timeline is None:
            return micros(end - start)
        return round(timeline.measure(start, end) * SECOND)

    def add(self, calendar_id: int | None, start: datetime, amount: int, *, known_at: datetime) -> datetime | None:
        timeline = self.timeline(calendar_id)
        if timeline is None:
            return start + timedelta(microseconds=amount)
        try:
            return known(timeline, known_at).add(start, amount / SECOND)
        except NoTimeLeft:
            return None

    def timeline(self, calendar_id: int | None) -> Timeline | None:
        return self.book.timelines.get(calendar_id) if calendar_id else None


def known(timeline: Timeline, at: datetime) -> Timeline:
    """Without the hours that somebody sets later: what was promised at `at` could not know of them."""
    versions = timeline.versions
    if versions[-1].since is None or versions[-1].since <= at:
        return timeline
    return Timeline(timeline.calendar_id, timeline.name, [it for it in versions if it.since is None or it.since <= at])
