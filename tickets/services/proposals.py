"""Public answers that wait for a second pair of eyes: approved they go as they were written, else they go back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from customers.actors import Actor
from helpdesk.lib.html import clean_composer_html, html_to_text
from tickets.events import ProposalApproved, ProposalDeclined, ProposalWithdrawn, ReplyProposed
from tickets.message_facts import MessageFacts
from tickets.models import DraftMode, Message, ProposalState, ReplyProposal, Status, Ticket
from tickets.models.ticket import MOVES
from tickets.routes import Route, route_of
from tickets.services.answering import Words, by_route
from tickets.services.approval import reasons_to_ask
from tickets.services.drafts import discard_draft
from tickets.services.errors import Refused, refuse_closed
from tickets.services.gesture import Gesture, gesture
from tickets.services.lifecycle import change_status
from tickets.services.sending import put_before_draft
from tickets.services.writing import add_reply

LONGEST_WHY = 300


def propose_reply(
    ticket: Ticket,
    html: str,
    *,
    route: Route,
    actor: Actor,
    answers: int | None = None,
    status: str = "",
    submit_key: UUID | None = None,
    now: datetime | None = None,
) -> ReplyProposal:
    """Keep a public answer until somebody else approves it; what the channel would not take is refused now.

    `status` is what the ticket becomes once it is sent. The same `submit_key` again returns what it made first.
    """
    with gesture(ticket, actor=actor, now=now) as g:
        if submit_key and (done := ReplyProposal.objects.filter(ticket=g.ticket, submit_key=submit_key).first()):
            return done
        refuse_closed(g.ticket)
        if actor.user is None:
            raise Refused(_("Only members of staff propose answers."))
        html = clean_composer_html(html)
        if not html_to_text(html).strip():
            raise Refused(_("Write something first."))
        by_route(route, Words(html), at=g.now)
        reasons = reasons_to_ask(g.ticket, route)
        proposal = ReplyProposal.objects.create(
            ticket=g.ticket,
            author=actor.user,
            html=html,
            route=route.key,
            answers=answers,
            status=status,
            reasons=reasons,
            submit_key=submit_key,
            created_at=g.now,
        )
        discard_draft(g.ticket, DraftMode.REPLY, user=actor.user, now=g.now)
        g.record(ReplyProposed(proposal.pk, reasons))
        return proposal


def approve_proposal(proposal: ReplyProposal, *, actor: Actor, now: datetime | None = None) -> Message:
    """Send it as its author wrote it. Raises `Refused` for the author themselves, and where the way is gone."""
    with _deciding(proposal, actor, now) as (g, proposal):
        if actor.user == proposal.author:
            raise Refused(_("Somebody else has to approve what you wrote."))
        route = route_of(g.ticket, proposal.route)
        if route is None:
            raise Refused(_("This way is no longer there. Decline it, so that its author can choose another one."))
        facts: MessageFacts = {"reply_to": proposal.answers} if proposal.answers else {}
        with g.acting_as(Actor.agent(proposal.author)):
            message = add_reply(
                g.ticket,
                proposal.html,
                actor=g.actor,
                route=route,
                facts=facts,
                keeps_draft=True,
                is_approved=True,
            )
        _decide(g, proposal, ProposalState.APPROVED, message=message)
        g.record(ProposalApproved(proposal.pk, proposal.author_id, str(proposal.author), message.pk), message=message)
        if proposal.status and proposal.status in MOVES[Status(g.ticket.status)]:
            change_status(g.ticket, proposal.status, actor=actor)
        return message


def decline_proposal(proposal: ReplyProposal, *, actor: Actor, why: str, now: datetime | None = None) -> ReplyProposal:
    """Give it back to its author, whose draft it is again, with a word on why."""
    why = " ".join(why.split())[:LONGEST_WHY]
    with _deciding(proposal, actor, now) as (g, proposal):
        if actor.user == proposal.author:
            raise Refused(_("Take it back instead: it is your own."))
        if not why:
            raise Refused(_("Say in a word what its author should change."), field="why")
        _decide(g, proposal, ProposalState.DECLINED, why=why)
        put_before_draft(g, proposal.author, proposal.html)
        g.record(ProposalDeclined(proposal.pk, proposal.author_id, str(proposal.author), why))
        return proposal


def withdraw_proposal(proposal: ReplyProposal, *, actor: Actor, now: datetime | None = None) -> ReplyProposal:
    """Its author takes it back, to change it or for good."""
    with _deciding(proposal, actor, now) as (g, proposal):
        if actor.user != proposal.author:
            raise Refused(_("Only its author takes it back."))
        _decide(g, proposal, ProposalState.WITHDRAWN)
        put_before_draft(g, proposal.author, proposal.html)
        g.record(ProposalWithdrawn(proposal.pk))
        return proposal


@contextmanager
def _deciding(proposal: ReplyProposal, actor: Actor, now: datetime | None) -> Iterator[tuple[Gesture, ReplyProposal]]:
    """The ticket's lock lets one decide at a time. Raises `Refused` for what is decided already."""
    with gesture(proposal.ticket, actor=actor, now=now) as g:
        current = ReplyProposal.objects.select_related("author").get(pk=proposal.pk)
        if current.state != ProposalState.WAITING:
            state = current.get_state_display()
            raise Refused(_("This has been decided meanwhile: %(state)s.") % {"state": state})
        yield g, current


def _decide(g: Gesture, proposal: ReplyProposal, state: str, *, why: str = "", message: Message | None = None) -> None:
    proposal.state, proposal.why, proposal.message = state, why, message
    proposal.decided_by, proposal.decided_at = g.actor.user, g.now
    proposal.save(update_fields=["state", "why", "message", "decided_by", "decided_at"])
