"""When somebody is to be asked: an invitation waits from the moment a ticket is solved or a chat ends.

What happens before its time ends it: a ticket that is opened again is not done with, so nobody is asked about it yet.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from helpdesk.accounts import working_hours
from helpdesk.accounts.working_hours import NoTimeLeft
from tickets.models import (
    Chat,
    InvitationState,
    Status,
    Survey,
    SurveyInvitation,
    SurveyMoment,
    Ticket,
    WhySkipped,
)
from tickets.services.consuming import Together, Told
from tickets.surveys.active import active_surveys, survey_for, surveys_for

HISTORY: Final = timedelta(days=1)  # older than that it is an import or the demo's past: told, not happening
DONE: Final = (Status.SOLVED, Status.CLOSED)


@Together
def plan_surveys(told: Told) -> None:
    """Event consumer: an invitation where one is due later; one that waits is taken back when the ticket goes on."""
    solved: list[Ticket] = []
    now = told[0][1][0].created_at
    for ticket, events in told:
        moves = [event.payload for event in events if event.kind == "status.changed"]
        was_done, is_done = bool(moves) and moves[0]["old"] in DONE, ticket.status in DONE
        if was_done and not is_done:
            take_back(ticket, now=now)
        elif moves and is_done and not was_done:
            solved.append(ticket)
        ended = [event.payload["chat_id"] for event in events if event.kind == "chat.ended"]
        if ended and _is_happening(now) and _asks(SurveyMoment.CHAT):
            _plan_chats(ticket, ended, now)
    if solved and _is_happening(now) and _asks(SurveyMoment.SOLVED):
        _plan_solved(solved, now)


def _is_happening(now: datetime) -> bool:
    return now > timezone.now() - HISTORY


def _asks(moment: str) -> bool:
    return any(each.survey.moment == moment for each in active_surveys())


def _plan_solved(tickets: Sequence[Ticket], now: datetime) -> None:
    """At most one is asked of each ticket: who was asked already is not asked again when it is solved again."""
    asked = SurveyInvitation.objects.filter(ticket__in=tickets, moment=SurveyMoment.SOLVED)
    known = set(asked.exclude(state=InvitationState.SKIPPED).values_list("ticket_id", flat=True))
    new = [ticket for ticket in tickets if ticket.pk not in known]
    surveys = surveys_for(new, SurveyMoment.SOLVED, now=now)
    SurveyInvitation.objects.bulk_create(
        [
            _waiting(surveys[ticket.pk], ticket, now, moment=SurveyMoment.SOLVED)
            for ticket in new
            if ticket.pk in surveys
        ]
    )


def _plan_chats(ticket: Ticket, ended: Collection[int], now: datetime) -> None:
    """Where a person has talked with them: nobody is asked about a chat that nobody took, or that only a bot had."""
    chats = Chat.objects.filter(pk__in=ended, agent__isnull=False)
    for chat in chats.exclude(pk__in=SurveyInvitation.objects.filter(chat__in=ended).values("chat")):
        if survey := survey_for(ticket, SurveyMoment.CHAT, now=now):
            _waiting(survey, ticket, now, moment=SurveyMoment.CHAT, chat=chat).save()


def _waiting(
    survey: Survey, ticket: Ticket, now: datetime, *, moment: str, chat: Chat | None = None
) -> SurveyInvitation:
    return SurveyInvitation(
        survey=survey,
        ticket=ticket,
        chat=chat,
        customer_id=ticket.requester_id,
        moment=moment,
        due_at=due_at(survey, ticket, now),
        created_at=now,
    )


def due_at(survey: Survey, ticket: Ticket, start: datetime) -> datetime:
    """After the delay, of working time where the survey says so: by the ticket's calendar, as targets count it."""
    seconds = survey.delay_minutes * 60
    hours = working_hours.calendar_for(ticket) if survey.delay_is_business else None
    if hours is None:
        return start + timedelta(seconds=seconds)
    try:
        return hours.add(start, seconds)
    except NoTimeLeft:  # a calendar that never opens again: better late by the wall clock than never
        return start + timedelta(seconds=seconds)


def take_back(ticket: Ticket, *, now: datetime) -> None:
    """What still waits to be asked about this ticket, and the reminder of what was asked: it goes on."""
    theirs = SurveyInvitation.objects.filter(ticket=ticket, moment=SurveyMoment.SOLVED)
    theirs.filter(state=InvitationState.WAITING).update(
        state=InvitationState.SKIPPED, reason=WhySkipped.REOPENED, due_at=None
    )
    theirs.filter(remind_at__gt=now).update(remind_at=None)
