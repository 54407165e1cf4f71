"""Changing working hours: every change leaves a version behind that says from when on it counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from helpdesk.accounts.calendars import Calendar, CalendarVersion, Holiday
from helpdesk.accounts.working_hours import hours_from
from helpdesk.lib.public_holidays import public_holidays

Week = Sequence[Sequence[int]]


class StillNeeded(ValueError):
    """What was counted by these hours could not be explained without them."""


def data_of(calendar: Calendar) -> dict[str, Any]:
    """What a version keeps: all that decides which moments are working time, and the names of its days."""
    days = list(calendar.holidays.filter(is_ignored=False))
    return {
        "time_zone": calendar.time_zone,
        "week": calendar.week,
        "holidays": [_entry(day) for day in days if not day.hours],
        "exceptions": [{**_entry(day), "hours": day.hours} for day in days if day.hours],
    }


def _entry(day: Holiday) -> dict[str, Any]:
    return {"name": day.name, "first": day.first.isoformat(), "last": day.last.isoformat()}


@transaction.atomic
def create_calendar(name: str, *, time_zone: str, week: Week, now: datetime | None = None, **fields: Any) -> Calendar:
    """Raises ValueError where that makes no calendar. The first one there is becomes the default."""
    fields.setdefault("is_default", not Calendar.objects.exists())
    calendar = Calendar.objects.create(name=name, time_zone=time_zone, week=_listed(week), **fields)
    list_public_holidays(calendar, now=now)
    return keep_version(calendar, now=now)


@transaction.atomic
def change_calendar(calendar: Calendar, *, now: datetime | None = None, **fields: Any) -> Calendar:
    """`fields`: name, time_zone, week, holiday_country, holiday_region. Raises ValueError, with nothing changed."""
    calendar = _locked(calendar)
    if "week" in fields:
        fields["week"] = _listed(fields["week"])
    place = calendar.holiday_country, calendar.holiday_region
    for field, value in fields.items():
        setattr(calendar, field, value)
    calendar.save(update_fields=list(fields))
    if place != (calendar.holiday_country, calendar.holiday_region):
        calendar.holidays.filter(is_public=True, last__gte=(now or timezone.now()).date()).delete()
        list_public_holidays(calendar, now=now)
    return keep_version(calendar, now=now)


@transaction.atomic
def make_default(calendar: Calendar, *, now: datetime | None = None) -> Calendar:
    calendar = _locked(calendar)
    Calendar.objects.filter(is_default=True).exclude(pk=calendar.pk).update(is_default=False)
    calendar.is_default = True
    calendar.save(update_fields=["is_default"])
    return _tell(calendar)


@transaction.atomic
def add_day(
    calendar: Calendar, name: str, *, first: date, last: date, hours: Week = (), now: datetime | None = None
) -> Holiday:
    """A holiday by hand, or, with `hours` in minutes of the day, days on which others count. Raises ValueError."""
    calendar = _locked(calendar)
    day = Holiday.objects.create(calendar=calendar, name=name, first=first, last=last, hours=_listed(hours))
    keep_version(calendar, now=now)
    return day


@transaction.atomic
def remove_day(day: Holiday, *, now: datetime | None = None) -> None:
    """A public holiday stays as one that is ignored, or the country's list would bring it back. Raises ValueError."""
    calendar = _locked(day.calendar)
    if day.is_public:
        day.is_ignored = True
        day.save(update_fields=["is_ignored"])
    else:
        day.delete()
    keep_version(calendar, now=now)


@transaction.atomic
def restore_day(day: Holiday, *, now: datetime | None = None) -> None:
    calendar = _locked(day.calendar)
    day.is_ignored = False
    day.save(update_fields=["is_ignored"])
    keep_version(calendar, now=now)


@transaction.atomic
def delete_calendar(calendar: Calendar) -> None:
    """Teams and tickets that had it fall back to the default. Raises ValueError for the default, StillNeeded."""
    calendar = _locked(calendar)
    if calendar.is_default:
        raise ValueError("The default calendar cannot be deleted: make another the default first.")
    if any(needs(calendar) for needs in _hearing(tuple(settings.HOURS_NEEDED))):
        raise StillNeeded(f"Targets of tickets were counted by the hours of {calendar}.")
    calendar.delete()


def list_public_holidays(calendar: Calendar, *, now: datetime | None = None) -> bool:
    """Enter those of this and the next year that are missing; whether there were any. Raises UnknownCountry.

    What is past stays as it was, and so does what somebody has ignored.
    """
    if not calendar.holiday_country:
        return False
    today = (now or timezone.now()).date()
    years = [today.year, today.year + 1]
    languages = [code for code, _name in settings.LANGUAGES]
    listed = public_holidays(calendar.holiday_country, calendar.holiday_region, years, languages=languages)
    kept = calendar.holidays.filter(is_public=True)
    gone = kept.filter(first__gte=today, first__year__in=years).exclude(first__in=[day.date for day in listed])
    known = set(kept.values_list("first", flat=True))
    missing = [day for day in listed if day.date not in known]
    removed, _rows = gone.delete()
    Holiday.objects.bulk_create(
        Holiday(calendar=calendar, name=day.name, first=day.date, last=day.date, is_public=True) for day in missing
    )
    return bool(missing or removed)


def refresh_public_holidays(*, now: datetime) -> int:
    """Bring every calendar's list up to this and the next year; how many changed. Daily, from the beat."""
    changed = 0
    for calendar in Calendar.objects.exclude(holiday_country=""):
        with transaction.atomic():
            calendar = _locked(calendar)
            if list_public_holidays(calendar, now=now):
                keep_version(calendar, now=now)
                changed += 1
    return changed


def keep_version(calendar: Calendar, *, now: datetime | None = None) -> Calendar:
    """Write down the hours as they are from `now` on, if they differ. Raises ValueError where they are no hours.

    Inside the transaction that changed them, with the calendar's row locked.
    """
    now = now or timezone.now()
    data = data_of(calendar)
    hours_from(data)
    last = CalendarVersion.objects.filter(calendar=calendar).last()
    if last is None or last.data != data:
        calendar.revision += 1 if last else 0
        CalendarVersion.objects.create(
            calendar=calendar, valid_from=max(now, last.valid_from) if last else now, data=data
        )
    return _tell(calendar)


def _tell(calendar: Calendar) -> Calendar:
    """`updated_at` is the clock's and not a caller's: caches of other processes are told apart by it."""
    calendar.updated_at = timezone.now()
    calendar.save(update_fields=["revision", "updated_at"])
    for changed in _hearing(tuple(settings.HOURS_CHANGED)):
        changed(calendar)
    return calendar


@cache
def _hearing(paths: tuple[str, ...]) -> list[Any]:
    return [import_string(path) for path in paths]


def _locked(calendar: Calendar) -> Calendar:
    return Calendar.objects.select_for_update().get(pk=calendar.pk)


def _listed(week: Week) -> list[list[int]]:
    return sorted([start, end] for start, end in week)
