"""How long something is ago, and on which day it was."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tickets.conditions.field import TIMES, Field
from tickets.conditions.sources import WAITING_SINCE, Column, ColumnWhile
from tickets.conditions.times import Date, HoursSince, HoursUntil
from tickets.models import Status

DAY, DAY_OR_NEVER, SINCE, UNTIL = Date(), Date(can_be_empty=True), HoursSince(), HoursUntil()
# A closed ticket stays solved: its hours since then go on.
SOLVED = ColumnWhile("solved_at", Status.SOLVED, Status.CLOSED)


def in_status(status: Status) -> ColumnWhile:
    return ColumnWhile("status_changed_at", status)


FIELDS = (
    Field("created_at", _("Created"), TIMES, DAY, Column("created_at")),
    Field("updated_on", _("Updated"), TIMES, DAY, Column("updated_at")),
    Field("solved_at", _("Solved"), TIMES, DAY_OR_NEVER, Column("solved_at")),
    Field("closed_at", _("Closed"), TIMES, DAY_OR_NEVER, Column("closed_at")),
    Field("due_at", _("Due"), TIMES, DAY_OR_NEVER, Column("due_at")),
    Field("NEW", _("Hours since new"), TIMES, SINCE, in_status(Status.NEW)),
    Field("OPEN", _("Hours since open"), TIMES, SINCE, in_status(Status.OPEN)),
    Field("PENDING", _("Hours since pending"), TIMES, SINCE, in_status(Status.PENDING)),
    Field("HOLD", _("Hours since on hold"), TIMES, SINCE, in_status(Status.HOLD)),
    Field("SOLVED", _("Hours since solved"), TIMES, SINCE, SOLVED),
    Field("CLOSED", _("Hours since closed"), TIMES, SINCE, in_status(Status.CLOSED)),
    Field("assigned_at", _("Hours since assigned"), TIMES, SINCE, Column("assigned_at")),
    Field("updated_at", _("Hours since update"), TIMES, SINCE, Column("updated_at")),
    Field("requester_updated_at", _("Hours since requester’s update"), TIMES, SINCE, Column("requester_updated_at")),
    Field("assignee_updated_at", _("Hours since assignee’s update"), TIMES, SINCE, Column("assignee_updated_at")),
    Field("waiting_since", _("Hours the customer waits"), TIMES, SINCE, WAITING_SINCE),
    Field("due_date", _("Hours since due"), TIMES, SINCE, Column("due_at")),
    Field("until_due_date", _("Hours until due"), TIMES, UNTIL, Column("due_at")),
)
