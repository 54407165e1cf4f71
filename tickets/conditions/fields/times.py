"""How long something is ago, and on which day it was."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tickets.conditions.field import TIMES, Field
from tickets.conditions.scopes import EVERYWHERE, TRIGGER
from tickets.conditions.sources import WAITING_SINCE, Column, ColumnWhile
from tickets.conditions.times import Date, HoursSince, HoursUntil
from tickets.models import Status

DAY, DAY_OR_NEVER, SINCE, UNTIL = Date(), Date(can_be_empty=True), HoursSince(), HoursUntil()
# A closed ticket stays solved: its hours since then go on.
SOLVED = ColumnWhile("solved_at", Status.SOLVED, Status.CLOSED)
# A trigger is there at the moment when something happens: hours that pass are for those who wait for them.
WAITS = EVERYWHERE - {TRIGGER}


def hours(key: str, label: str | Promise, compared_as: HoursSince, source: Column) -> Field:
    return Field(key, label, TIMES, compared_as, source, scopes=WAITS)


def in_status(status: Status) -> ColumnWhile:
    return ColumnWhile("status_changed_at", status)


FIELDS: tuple[Field, ...] = (
    Field("created_at", _("Created"), TIMES, DAY, Column("created_at")),
    Field("updated_on", _("Updated"), TIMES, DAY, Column("updated_at")),
    Field("solved_at", _("Solved"), TIMES, DAY_OR_NEVER, Column("solved_at")),
    Field("closed_at", _("Closed"), TIMES, DAY_OR_NEVER, Column("closed_at")),
    Field("due_at", _("Due"), TIMES, DAY_OR_NEVER, Column("due_at")),
    hours("NEW", _("Hours since new"), SINCE, in_status(Status.NEW)),
    hours("OPEN", _("Hours since open"), SINCE, in_status(Status.OPEN)),
    hours("PENDING", _("Hours since pending"), SINCE, in_status(Status.PENDING)),
    hours("HOLD", _("Hours since on hold"), SINCE, in_status(Status.HOLD)),
    hours("SOLVED", _("Hours since solved"), SINCE, SOLVED),
    hours("CLOSED", _("Hours since closed"), SINCE, in_status(Status.CLOSED)),
    hours("assigned_at", _("Hours since assigned"), SINCE, Column("assigned_at")),
    hours("updated_at", _("Hours since update"), SINCE, Column("updated_at")),
    hours("requester_updated_at", _("Hours since requester’s update"), SINCE, Column("requester_updated_at")),
    hours("assignee_updated_at", _("Hours since assignee’s update"), SINCE, Column("assignee_updated_at")),
    hours("waiting_since", _("Hours the customer waits"), SINCE, WAITING_SINCE),
    hours("due_date", _("Hours since due"), SINCE, Column("due_at")),
    hours("until_due_date", _("Hours until due"), UNTIL, Column("due_at")),
)
