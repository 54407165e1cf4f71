"""What the customer says of how they were served, once their ticket is solved or their chat is over."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from customers.actors import Actor
from tickets.events import RatingGiven
from tickets.models import Chat, Rating, Score, Status, Ticket
from tickets.services.errors import Refused, TooLong
from tickets.services.gesture import gesture

LONGEST: Final = 2_000  # characters of the comment
MOST: Final = 50  # of one ticket: minds change, machines go on for ever


def rate(
    ticket: Ticket,
    score: str,
    *,
    comment: str = "",
    actor: Actor,
    chat: Chat | None = None,
    now: datetime | None = None,
) -> Rating:
    """Add a rating; the latest counts. The same as before, words included, is the one before.

    Closed tickets can be rated too: nothing else of them changes. Raises `Refused` while it is not solved; a `chat`
    is rated once it is over, whatever is still to be done for its ticket, and its agent and team get the rating.
    """
    if score not in Score.values:
        raise Refused(_("Say whether it was good or bad."), field="score")
    comment = comment.strip()
    if len(comment) > LONGEST:
        raise TooLong(_("This is longer than %(limit)s characters.") % {"limit": LONGEST}, field="comment")
    with gesture(ticket, actor=actor, now=now) as g:
        ticket = g.ticket
        if chat and chat.is_live:
            raise Refused(_("You can rate how we did once the chat is over."), field="score")
        if not chat and ticket.status not in (Status.SOLVED, Status.CLOSED):
            raise Refused(_("You can rate how we did once it is solved."), field="score")
        before = ticket.ratings.order_by("-pk").first()
        if before and (before.score, before.comment) == (score, comment):
            return before
        if ticket.ratings.count() >= MOST:
            raise Refused(_("You have rated this many times already."), field="score")
        rating = Rating.objects.create(
            ticket=ticket,
            customer=actor.customer,
            score=score,
            comment=comment,
            assignee=(chat and chat.agent) or ticket.assignee,
            team=(chat and chat.team) or ticket.team,
            at=g.now,
        )
        g.record(RatingGiven(rating.pk, score, comment, before.score if before else ""))
        return rating
