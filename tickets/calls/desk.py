"""Whether anybody takes calls, and how long callers wait: what a caller is told has to be so."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median
from typing import Final

from helpdesk.accounts.models import Team
from helpdesk.accounts.working_hours import book
from tickets.chat.presence import people_online
from tickets.models import AgentPhone, Call, CallDirection, CallState, Inbox

LATELY: Final = timedelta(hours=8)
LOOKED_AT: Final = 20
FEWEST: Final = 3  # of fewer calls nothing can be said


def is_open(team: Team | None, *, now: datetime) -> bool:
    """By the team's hours, else the house's, and somebody of the team is online who takes calls."""
    hours = book().first_of(team.calendar_id if team else None)
    if hours and not hours.is_open(now):
        return False
    refuses = AgentPhone.objects.filter(takes_calls=False).values("user")
    return people_online(team.pk if team else None).exclude(pk__in=refuses).exists()


def usual_wait(inbox: Inbox, *, now: datetime) -> float | None:
    """Seconds that callers waited lately until somebody answered; None where too few called to tell."""
    answered = Call.objects.filter(
        inbox=inbox, direction=CallDirection.IN, answered_at__gt=now - LATELY, is_logged=False
    )
    waits = list(answered.order_by("-started_at").values_list("seconds_waited", flat=True)[:LOOKED_AT])
    return float(median(waits)) if len(waits) >= FEWEST else None


def position(call: Call | None) -> int:
    """Among those who wait for the same inbox, counted from 1; 0 where it is not known."""
    if call is None or call.queued_at is None:
        return 0
    before = Call.objects.filter(
        inbox=call.inbox_id, direction=CallDirection.IN, state=CallState.RINGING, queued_at__lt=call.queued_at
    )
    return before.count() + 1
