"""Passing a chat on: to a team, to a person, or back to the queue when its agent is gone."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actors import SYSTEM, Actor
from helpdesk.accounts.models import Availability, Team, User
from helpdesk.lib.html import text_to_html
from tickets.chat import log, offering, queue
from tickets.chat.errors import ChatOver
from tickets.chat.held import Held, lock
from tickets.chat.presence import people_online
from tickets.events import ChatTransferred
from tickets.models import Chat, ChatState
from tickets.services import add_note, assign_team, can_be_assigned
from tickets.services.errors import Refused


def transfer(chat: Chat, to: Team | User, *, by: User, note: str = "", now: datetime | None = None) -> Chat:
    """Pass it on to a team's queue, at its front, or put it before one person, and if they don't take it their team.

    `note` tells colleagues why; the visitor does not see it.
    """
    now = now or timezone.now()
    actor = Actor.agent(by)
    with lock(chat, actor, now) as held:
        chat = held.chat
        if chat.state not in (ChatState.ACTIVE, ChatState.WAITING):
            raise ChatOver
        old = chat.agent
        _check_team(to) if isinstance(to, Team) else _check_person(chat, to)
        _requeue(held, to if isinstance(to, Team) else None, actor, now)
        if note.strip() and held.gesture:
            add_note(held.gesture.ticket, text_to_html(note.strip()), actor=actor, keeps_draft=True)
        names = {"team": to.name} if isinstance(to, Team) else {"agent": str(to)}
        held.record(ChatTransferred(chat.pk, str(old or ""), **names))
        log.happened(chat, "transferred", name=to.name, now=now)
        if isinstance(to, User):
            offering.offer_to(chat, to, [{"why": "transferred", "by": str(by)}], now=now)
        queue.tell(chat, by.pk, old.pk if old else None)
        return chat


def back_to_queue(chat: Chat, *, now: datetime) -> bool:
    """Its agent is gone and the visitor is not to wait for them. False where it is no longer so."""
    with lock(chat, SYSTEM, now) as held:
        chat = held.chat
        if chat.state != ChatState.ACTIVE:
            return False
        old = chat.agent
        _requeue(held, None, SYSTEM, now)
        held.record(ChatTransferred(chat.pk, str(old or ""), team=str(chat.team or "")))
        log.happened(chat, "transferred", now=now)
        queue.tell(chat, old.pk if old else None)
        return True


def _requeue(held: Held, team: Team | None, actor: Actor, now: datetime) -> None:
    chat = held.chat
    offering.close(chat, now=now)
    if chat.state == ChatState.WAITING and team:
        queue.moved(chat.team_id)  # those who wait where it leaves move up
    chat.team = team or chat.team
    queue.enter(chat, now=now, goes_first=True)
    held.give_to(None, actor)
    if team and held.gesture and not held.gesture.ticket.is_closed:
        assign_team(held.gesture.ticket, team, actor=actor)
    transaction.on_commit(offering.ask_for_offers)


def _check_team(team: Team) -> None:
    if not people_online(team.pk).exists():
        raise Refused(
            _("Nobody of %(team)s is online. End the chat and give them the ticket instead.") % {"team": team}
        )


def _check_person(chat: Chat, user: User) -> None:
    if not can_be_assigned(user):
        raise Refused(_("%(name)s can't take chats: inactive, or a light agent.") % {"name": user})
    if chat.team_id in user.hidden_team_ids:
        raise Refused(_("%(name)s may not see the tickets of this team.") % {"name": user})
    if user.availability != Availability.ONLINE:
        raise Refused(_("%(name)s is not online. Transfer it to a team instead.") % {"name": user})
    if chat.agent_id == user.pk:
        raise Refused(_("%(name)s has this chat already.") % {"name": user})
