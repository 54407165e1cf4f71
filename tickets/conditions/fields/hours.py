"""Working hours: whether somebody is there, by which calendar the ticket counts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import Calendar
from tickets.conditions.field import TIMES, Field
from tickets.conditions.fields.ticket import YES_NO
from tickets.conditions.references import Reference
from tickets.conditions.scopes import AUTOMATION, TRIGGER
from tickets.conditions.sources import Column
from tickets.conditions.working import Calendared, OpenNow, WithinCalendar

NOW = frozenset({TRIGGER, AUTOMATION})
calendars = Reference(Calendar, _("Calendar %(id)s no longer exists"), offered=Calendar.objects.all)

FIELDS: tuple[Field, ...] = (
    Field("in_business_hours", _("Within working hours"), TIMES, OpenNow(*YES_NO), Calendared(), scopes=NOW),
    Field("within_schedule", _("Within the hours of"), TIMES, WithinCalendar(), Calendared(), scopes=NOW),
    Field("schedule_id", _("Calendar"), TIMES, calendars, Column("calendar_id")),
)
