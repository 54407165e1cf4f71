"""The ticket's next target: its state, when it is due, and what a clock has just said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tickets.conditions.choices import Choice, OneOf
from tickets.conditions.field import TICKET, TIMES, UPDATE, Field
from tickets.conditions.scopes import EVERYWHERE, SLA, TRIGGER
from tickets.conditions.sources import Column, OfUpdate
from tickets.conditions.times import HoursSince, HoursUntil

if TYPE_CHECKING:
    from tickets.conditions.situation import Situation

# What decides which promise a ticket gets can't ask how that promise is doing.
PROMISED = EVERYWHERE - {SLA}
HOURS = PROMISED - {TRIGGER}


class Standing(TextChoices):
    NONE = "", _("no target")
    RUNNING = "running", _("running")
    WARNED = "warned", _("soon late")
    BREACHED = "breached", _("late")
    PAUSED = "paused", _("paused")


class ClockSays(TextChoices):
    WARNED = "warned", _("it will soon be late")
    BREACHED = "breached", _("it is late")


class Metric(TextChoices):
    """As `SlaMetric`, with none."""

    NONE = "", _("none")
    FIRST_REPLY = "first_reply_time", _("First reply")
    NEXT_REPLY = "next_reply_time", _("Next reply")
    PERIODIC_UPDATE = "periodic_update_time", _("Periodic update")
    PAUSABLE_UPDATE = "pausable_update_time", _("Pausable update")
    REQUESTER_WAIT = "requester_wait_time", _("Requester wait")
    AGENT_WORK = "agent_work_time", _("Agent work")
    TOTAL_RESOLUTION = "total_resolution_time", _("Total resolution")
    GROUP_OWNERSHIP = "group_ownership_time", _("Team ownership")


def _said(it: Situation) -> tuple[Any, ...]:
    return it.update.clocks


DUE = Column("sla_due_at")
FIELDS: tuple[Field, ...] = (
    Field("sla_event", _("A target says"), UPDATE, OneOf(ClockSays), OfUpdate(_said), scopes=frozenset({TRIGGER})),
    Field("sla_state", _("Next target is"), TICKET, Choice(Standing), Column("sla_state"), scopes=PROMISED),
    Field("sla_metric", _("Next target is for"), TICKET, Choice(Metric), Column("sla_metric"), scopes=PROMISED),
    Field("sla_next_breach_at", _("Hours since its target was due"), TIMES, HoursSince(), DUE, scopes=HOURS),
    Field("until_sla_next_breach_at", _("Hours until its target is due"), TIMES, HoursUntil(), DUE, scopes=HOURS),
)
