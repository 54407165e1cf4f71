"""From public to private: a public answer says where, and what is said there belongs to the same ticket."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.html import linebreaks, urlize
from django.utils.translation import gettext as _

from channels_app.messaging.threads import talk
from channels_app.models import Conversation, ProviderAccount
from channels_app.registry import adapter_of
from channels_app.setup.social import LINK
from customers.actors import Actor
from tickets.models import ReplyProposal, Ticket
from tickets.routes import Route, route_of
from tickets.services import NeedsApproval, Refused, add_reply, note_private, propose_reply


@dataclass(frozen=True)
class Asked:
    """What came of it: sent, or waiting for a second person."""

    proposal: ReplyProposal | None = None


def public_talk(ticket: Ticket) -> Conversation | None:
    """The newest public conversation of the ticket."""
    found = Conversation.objects.filter(ticket=ticket, is_public=True).select_related("account", "identity")
    return found.order_by("-pk").first()


def private_talk(ticket: Ticket, public: Conversation) -> Conversation | None:
    """Its private half, where it is on this ticket."""
    key = adapter_of(public.account.kind).private_thread_of(public)
    return (
        Conversation.objects.filter(account=public.account_id, thread_key=key, ticket=ticket).first() if key else None
    )


def words_for(account: ProviderAccount) -> str:
    """The public answer, its link filled in; empty where we don't know where people can write to us."""
    link = adapter_of(account.kind).private_link(account)
    if not link:
        return ""
    template = str(account.option("private_words") or "").strip() or _(
        "We would like to look into this with you. Please write to us privately: {{link}}"
    )
    return template.replace(LINK, link) if LINK in template else f"{template} {link}"


@transaction.atomic
def take_to_private(ticket: Ticket, words: str, *, actor: Actor) -> Asked:
    """Answer in public with `words`, and have what the person writes privately on this ticket from now on.

    Raises `Refused` where that can't be. Conversations are locked before the ticket.
    """
    public = public_talk(ticket)
    if public is None:
        raise Refused(_("Nothing of this ticket was said in public."))
    key = adapter_of(public.account.kind).private_thread_of(public)
    if not key:
        raise Refused(_("Nobody knows how this person would write privately."))
    _tie(ticket, public, talk(public.account, key), actor)
    route = route_of(ticket, f"c{public.pk}")
    if route is None:
        raise Refused(_("This way is no longer there. Choose another one."), field="body")
    return _say(ticket, words, route, actor)


def _say(ticket: Ticket, words: str, route: Route, actor: Actor) -> Asked:
    html = linebreaks(urlize(words.strip(), autoescape=True)) if words.strip() else ""
    try:
        with transaction.atomic():
            add_reply(ticket, html, actor=actor, route=route, keeps_draft=True)
    except NeedsApproval:
        return Asked(propose_reply(ticket, html, route=route, actor=actor))
    return Asked()


def _tie(ticket: Ticket, public: Conversation, private: Conversation, actor: Actor) -> None:
    if private.ticket_id == ticket.pk:
        return
    other = private.ticket_id if private.ticket and not private.ticket.is_closed else None
    private.ticket = ticket
    private.identity_id = private.identity_id or public.identity_id
    private.person_name = private.person_name or public.person_name
    adapter_of(public.account.kind).allow_private(public, private)
    private.save(update_fields=["ticket", "identity", "person_name", "facts", "window_until"])
    note_private(ticket, conversation=private.pk, person=str(private), other=other, actor=actor)
