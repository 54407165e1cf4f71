"""What the customer says of how they were served, once their ticket is solved, their chat over, or they were asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from customers.actors import Actor
from tickets.events import RatingGiven
from tickets.models import (
    Chat,
    InvitationState,
    Rating,
    Status,
    Survey,
    SurveyInvitation,
    SurveyKind,
    SurveyMoment,
    Ticket,
)
from tickets.services.errors import Refused, TooLong
from tickets.services.gesture import Gesture, gesture
from tickets.surveys.scales import Choice, choice_of, value_of

LONGEST: Final = 2_000  # characters of the comment
MOST: Final = 50  # of one ticket: minds change, machines go on for ever


@dataclass(frozen=True)
class Said:
    """A value on a scale: of the survey if there is one, and in answer to an invitation to it if there was one."""

    value: int | None
    kind: str = SurveyKind.CSAT
    scale: int = 2
    survey: Survey | None = None
    invitation: SurveyInvitation | None = None
    reasons: Sequence[str] = ()
    given_by: str = ""

    @property
    def choice(self) -> Choice:
        """Raises `Refused` where the scale does not have the value."""
        found = choice_of(self.kind, self.scale, self.value)
        if found is None:
            if self.scale == 2:
                raise Refused(_("Say whether it was good or bad."), field="score")
            raise Refused(_("Choose an answer."), field="score")
        return found


def rate(
    ticket: Ticket,
    said: Said | str,
    *,
    comment: str = "",
    actor: Actor,
    chat: Chat | None = None,
    now: datetime | None = None,
) -> Rating:
    """Add a rating; the latest counts. The same as before, words included, is the one before.

    `said` as a text is good or bad, where no more was asked. Closed tickets can be rated too: nothing else of them
    changes. Raises `Refused` while it is not solved, unless we have asked; a `chat` is rated once it is over, whatever
    is still to be done for its ticket, and its agent and team get the rating.
    """
    said = Said(value_of(said)) if isinstance(said, str) else said
    choice, comment = said.choice, comment.strip()
    if len(comment) > LONGEST:
        raise TooLong(_("This is longer than %(limit)s characters.") % {"limit": LONGEST}, field="comment")
    with gesture(ticket, actor=actor, now=now) as g:
        _refuse_too_early(g.ticket, said, chat)
        same = g.ticket.ratings.filter(survey=said.survey, kind=said.kind, replaced_by=None)
        before = same.order_by("-pk").first()
        if before and (before.value, before.comment, before.reasons) == (said.value, comment, list(said.reasons)):
            return before
        if g.ticket.ratings.count() >= MOST:
            raise Refused(_("You have rated this many times already."), field="score")
        rating = _store(g, said, choice, comment, chat)
        same.exclude(pk=rating.pk).update(replaced_by=rating)
        _settle_invitation(said.invitation, g.now)
        g.record(
            RatingGiven(
                rating.pk, choice.score, comment, before.score if before else "",
                said.kind, choice.value, said.scale, list(said.reasons),
            )
        )  # fmt: skip
        return rating


def _refuse_too_early(ticket: Ticket, said: Said, chat: Chat | None) -> None:
    if chat and chat.is_live:
        raise Refused(_("You can rate how we did once the chat is over."), field="score")
    if not chat and not said.invitation and ticket.status not in (Status.SOLVED, Status.CLOSED):
        raise Refused(_("You can rate how we did once it is solved."), field="score")


def _store(g: Gesture, said: Said, choice: Choice, comment: str, chat: Chat | None) -> Rating:
    return Rating.objects.create(
        ticket=g.ticket,
        customer=g.actor.customer,
        survey=said.survey,
        invitation=said.invitation,
        kind=said.kind,
        scale=said.scale,
        value=choice.value,
        score=choice.score,
        reasons=list(said.reasons),
        comment=comment,
        given_by=said.given_by,
        assignee=(chat and chat.agent) or g.ticket.assignee,
        team=(chat and chat.team) or g.ticket.team,
        at=g.now,
    )


def _settle_invitation(invitation: SurveyInvitation | None, now: datetime) -> None:
    """The first answer settles it. Who answers before the mail goes out needs none; the chat itself had asked."""
    if invitation is None or invitation.answered_at:
        return
    if invitation.moment == SurveyMoment.CHAT and invitation.sent_at is None:
        invitation.sent_at = invitation.created_at
    invitation.state, invitation.reason, invitation.answered_at = InvitationState.ANSWERED, "", now
    invitation.due_at = invitation.remind_at = None
    invitation.save(update_fields=["state", "reason", "answered_at", "due_at", "remind_at", "sent_at"])
