"""Whether anybody is there: by the widget's hours, and by who of its team is online."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from helpdesk.accounts.models import WITHOUT_TICKETS, Availability, User
from helpdesk.accounts.working_hours import NoTimeLeft, Timeline, book
from tickets.chat.answer_times import usual_answer
from tickets.models import ChatWidget

CLOSED, NOBODY = "hours", "nobody"


@dataclass(frozen=True)
class Online:
    """`why` it is not: "hours", opening at `opens_at`, or "nobody". `answer_by`: to what is left behind."""

    is_online: bool
    opens_at: datetime | None = None
    answer_by: datetime | None = None
    why: str = ""


def is_online(widget: ChatWidget, now: datetime) -> Online:
    """Open by its hours, and somebody of its team online, whether or not they have room: then one waits a little."""
    hours = hours_of(widget)
    answer_by = _after(hours, now, usual_answer(team_id_of(widget), hours, now=now))
    if hours and not hours.is_open(now):
        return Online(False, _after(hours, now, 0), answer_by, CLOSED)
    if not people_online(team_id_of(widget)).exists():
        return Online(False, None, answer_by, NOBODY)
    return Online(True, answer_by=answer_by)


def hours_of(widget: ChatWidget) -> Timeline | None:
    """The widget's own, else its team's, else the house's; None: always open."""
    team = widget.team or widget.inbox.team
    return book().first_of(widget.calendar_id, team.calendar_id if team else None)


def team_id_of(widget: ChatWidget) -> int | None:
    return widget.team_id or widget.inbox.team_id


def people_online(team_id: int | None) -> QuerySet[User]:
    """Who could be offered a chat of this team; without a team, everybody who may answer."""
    people = User.objects.filter(is_active=True, availability=Availability.ONLINE).exclude(role__in=WITHOUT_TICKETS)
    return people.filter(teams=team_id) if team_id else people


def _after(hours: Timeline | None, now: datetime, seconds: float) -> datetime | None:
    """So much working time from now; None where holidays leave none."""
    if hours is None:
        return now + timedelta(seconds=seconds)
    try:
        return hours.add(now, seconds)
    except NoTimeLeft:
        return None
