"""Important dates: a birthday, the end of a contract; and how long it is until then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers import words
from customers.actors import Actor
from customers.errors import Refused
from customers.events import record
from customers.identity_events import DateAdded, DateRemoved
from customers.models import Customer, ImportantDate
from customers.record import refuse_gone

MAX_DATES = 50


@dataclass(frozen=True)
class Coming:
    """`days` until `on`, the next time that the day comes; negative when it is over for good."""

    row: ImportantDate
    on: date
    days: int


def next_time(day: date, is_yearly: bool, today: date) -> date:
    """A yearly 29 February is kept on the 28th in years without one."""
    if not is_yearly or day >= today:
        return day
    this_year = _in_year(day, today.year)
    return this_year if this_year >= today else _in_year(day, today.year + 1)


def _in_year(day: date, year: int) -> date:
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def coming(dates: Iterable[ImportantDate], today: date) -> list[Coming]:
    """The soonest first, those that are over at the end."""
    found = [Coming(row, on := next_time(row.day, row.is_yearly, today), (on - today).days) for row in dates]
    return sorted(found, key=lambda one: (one.days < 0, abs(one.days), one.row.label))


@transaction.atomic
def add_date(
    customer: Customer, label: str, day: date, *, is_yearly: bool, actor: Actor, now: datetime | None = None
) -> ImportantDate:
    locked = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    refuse_gone(locked)
    label = words.line(label, 80)
    if not label:
        raise Refused(_("Say what day it is, like “Birthday”."), field="label")
    if locked.important_dates.count() >= MAX_DATES:
        raise Refused(_("A record has at most %(count)s dates.") % {"count": MAX_DATES}, field="label")
    row, is_new = ImportantDate.objects.get_or_create(customer=locked, label=label, day=day, is_yearly=is_yearly)
    if is_new:
        record(locked, DateAdded(label, day.isoformat(), is_yearly), actor=actor, now=now)
    return row


@transaction.atomic
def remove_date(row: ImportantDate, *, actor: Actor, now: datetime | None = None) -> None:
    locked = ImportantDate.objects.select_for_update(of=("self",)).select_related("customer").filter(pk=row.pk).first()
    if locked is None:
        return
    refuse_gone(locked.customer)
    removed = DateRemoved(locked.label, locked.day.isoformat(), locked.is_yearly)
    locked.delete()
    record(locked.customer, removed, actor=actor, now=now)
