"""What somebody says by the link of a survey, in the chat, or on their own pages, taken down as a Rating."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actors import Actor
from tickets.models import (
    Chat,
    GivenBy,
    InvitationState,
    Rating,
    Score,
    Survey,
    SurveyInvitation,
    SurveyMoment,
    Ticket,
)
from tickets.services import Refused, Said, rate
from tickets.surveys.active import survey_on_pages
from tickets.surveys.scales import choice_of, value_of

# Minds change for a while after the first answer; then a link in an old mail is over like one that nobody used.
OVER = (InvitationState.EXPIRED,)


def is_over(invitation: SurveyInvitation, now: datetime) -> bool:
    """Whether its time has passed, or nobody can be answered for any more."""
    late = invitation.expires_at is not None and invitation.expires_at <= now
    customer = invitation.customer
    return late or invitation.state in OVER or customer is None or bool(customer.erased_at) or not invitation.sent_at


def latest_of(invitation: SurveyInvitation) -> Rating | None:
    """What counts of this ticket and survey now."""
    theirs = Rating.objects.filter(ticket=invitation.ticket_id, survey=invitation.survey_id, replaced_by=None)
    return theirs.order_by("-pk").first()


def answer(
    invitation: SurveyInvitation, value: int | None, *, reasons: Iterable[str] = (), comment: str = "",
    now: datetime | None = None,
) -> Rating:  # fmt: skip
    """The answer of the one who was asked; it may come again, and the latest counts. Raises `Refused`."""
    now = now or timezone.now()
    if is_over(invitation, now) or invitation.customer is None:
        raise Refused(_("This survey is over. Thank you all the same!"))
    said = Said(
        value,
        invitation.survey.kind,
        invitation.survey.scale,
        invitation.survey,
        invitation,
        known_reasons(invitation.survey, value, reasons),
        GivenBy.MAIL,
    )
    actor = Actor.of_customer(invitation.customer.merged_into or invitation.customer)
    return rate(invitation.ticket, said, comment=comment, chat=_over_chat(invitation), actor=actor, now=now)


def _over_chat(invitation: SurveyInvitation) -> Chat | None:
    return invitation.chat if invitation.chat and not invitation.chat.is_live else None


def known_reasons(survey: Survey, value: int | None, reasons: Iterable[str]) -> list[str]:
    """Those that the survey has, in its order; a good answer needs none."""
    choice = choice_of(survey.kind, survey.scale, value)
    if choice is None or choice.score != Score.BAD:
        return []
    chosen = set(reasons)
    return [reason["code"] for reason in survey.reasons if reason["code"] in chosen]


def said_in_chat(chat: Chat, score: str) -> Said:
    """Thumbs, whatever the survey's scale: they are what the window has room for."""
    rows = SurveyInvitation.objects.select_related("survey")
    invitation = rows.filter(chat=chat, survey__kind="csat").first()
    return Said(
        value_of(score), survey=invitation.survey if invitation else None, invitation=invitation,
        given_by=GivenBy.CHAT,
    )  # fmt: skip


def said_on_pages(
    ticket: Ticket, value: int | None, *, reasons: Iterable[str] = (), now: datetime | None = None
) -> Said:
    """By the scale of the survey that asks about such a ticket; by two steps where none does."""
    survey, invitation = asked_on_pages(ticket, now=now or timezone.now())
    if survey is None:
        return Said(value, given_by=GivenBy.PORTAL)
    chosen = known_reasons(survey, value, reasons)
    return Said(value, survey.kind, survey.scale, survey, invitation, chosen, GivenBy.PORTAL)


def asked_on_pages(ticket: Ticket, *, now: datetime) -> tuple[Survey | None, SurveyInvitation | None]:
    """The survey by which the ticket's requester can say how content they are; with the invitation, if one is open.

    Who was asked by one survey goes on with it, whatever has been set up since.
    """
    rows = SurveyInvitation.objects.select_related("survey").exclude(state=InvitationState.SKIPPED)
    asked = rows.filter(ticket=ticket, moment=SurveyMoment.SOLVED, survey__kind="csat").order_by("-pk").first()
    return (asked.survey, asked) if asked else (survey_on_pages(ticket, now=now), None)
