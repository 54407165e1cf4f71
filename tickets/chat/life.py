"""What becomes of a chat: accepted, passed on, held, taken over, ended. Each is a gesture on its ticket.

What was said is put on the ticket first. Then the ticket is locked and after it the chat, always in this order, so two
people who accept at once are one after the other, and the second is told who was quicker.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actors import SYSTEM, Actor
from helpdesk.accounts.models import Availability, Team, User
from helpdesk.lib.html import text_to_html
from tickets.chat import log, offering, queue, starting, wire
from tickets.chat.errors import ChatOver, NotYours, Taken
from tickets.chat.settling import settle
from tickets.chat.visitors import customer_of
from tickets.events import ChatAccepted, ChatEnded, ChatTransferred, Event
from tickets.models import Chat, ChatState, EndedBy, OfferState
from tickets.services import add_note, assign, assign_team, can_be_assigned, gesture
from tickets.services.errors import Refused
from tickets.services.gesture import Gesture

LONGEST_HOLD: Final = 60  # minutes
TAKEN_OVER: Final = -1  # instead of how long the visitor had waited


@dataclass
class _Held:
    """A chat whose row is locked, and the gesture on its ticket; None while only the assistant talks."""

    chat: Chat
    gesture: Gesture | None

    def record(self, event: Event) -> None:
        if self.gesture:
            self.gesture.record(event)

    def give_to(self, user: User | None, actor: Actor) -> None:
        """The ticket follows the chat; one that was closed meanwhile is left to the follow-up of the next words."""
        if self.gesture and not self.gesture.ticket.is_closed:
            assign(self.gesture.ticket, user, actor=actor)


@contextmanager
def _held(chat: Chat, actor: Actor, now: datetime) -> Iterator[_Held]:
    with transaction.atomic():
        ticket = settle(chat)
        with gesture(ticket, actor=actor, now=now) if ticket else nullcontext() as running:
            # Without its people: whom we waited for may have changed them, and a join would tear the row from them.
            yield _Held(Chat.objects.select_for_update().get(pk=chat.pk), running)


def accept(chat: Chat, user: User, *, now: datetime | None = None) -> Chat:
    """`user` talks with the visitor from now on. Raises `Taken` where somebody was quicker, `ChatOver` afterwards."""
    now = now or timezone.now()
    actor = Actor.agent(user)
    with _held(chat, actor, now) as held:
        chat = held.chat
        if chat.state == ChatState.ACTIVE and chat.agent_id == user.pk:
            return chat
        if chat.state == ChatState.ENDED:
            raise ChatOver
        if chat.state != ChatState.WAITING:
            raise Taken(chat.agent)
        waited = int((now - (chat.queued_at or chat.started_at)).total_seconds())
        _join(held, user, now, waited, "joined")
        return chat


def take_over(chat: Chat, user: User, *, now: datetime | None = None) -> Chat:
    """From a colleague, from the queue, or from the assistant, at once."""
    now = now or timezone.now()
    if Chat.objects.filter(pk=chat.pk, state=ChatState.BOT).exists():
        hand_over(chat, now=now)
    with _held(chat, Actor.agent(user), now) as held:
        chat = held.chat
        if chat.state == ChatState.ENDED:
            raise ChatOver
        if chat.state == ChatState.ACTIVE and chat.agent_id != user.pk:
            old = chat.agent_id
            _join(held, user, now, TAKEN_OVER, "taken_over")
            queue.tell_staff(old)
            return chat
    return accept(chat, user, now=now)


def _join(held: _Held, user: User, now: datetime, waited: int, kind: str) -> None:
    chat = held.chat
    if not can_be_assigned(user):
        raise Refused(_("%(name)s can't take chats: inactive, or a light agent.") % {"name": user})
    chat.state, chat.agent, chat.hold_until = ChatState.ACTIVE, user, None
    if waited != TAKEN_OVER:
        chat.accepted_at = now
    chat.save(update_fields=["state", "agent", "hold_until", "accepted_at"])
    offering.close(chat, now=now, accepted_by=user)
    held.give_to(user, Actor.agent(user))
    held.record(ChatAccepted(chat.pk, user.pk, str(user), waited))
    log.happened(chat, kind, name=user.name, now=now)
    queue.tell(chat, user.pk)


def decline(chat: Chat, user: User, *, now: datetime | None = None) -> None:
    """`user` was offered it and does not take it: the next one is asked. No harm where it is too late to say so."""
    now = now or timezone.now()
    with transaction.atomic():
        declined = chat.offers.filter(user=user, state=OfferState.OPEN)
        if declined.update(state=OfferState.DECLINED, answered_at=now):
            queue.tell_staff(user.pk)
            transaction.on_commit(offering.ask_for_offers)


def end(chat: Chat, by: str, *, user: User | None = None, now: datetime | None = None) -> Chat:
    """It is over; the ticket stays. `by` is an EndedBy, `user` the agent who ended it. Ended twice is ended once."""
    now = now or timezone.now()
    with _held(chat, _actor(chat, by, user), now) as held:
        chat = held.chat
        if chat.state == ChatState.ENDED:
            return chat
        was_missed = chat.state == ChatState.WAITING
        chat.state, chat.ended_at, chat.ended_by, chat.hold_until = ChatState.ENDED, now, by, None
        chat.save(update_fields=["state", "ended_at", "ended_by", "hold_until"])
        offering.close(chat, now=now)
        seconds = int((now - chat.started_at).total_seconds())
        held.record(ChatEnded(chat.pk, by, seconds, was_missed))
        log.happened(chat, "missed" if was_missed and by == EndedBy.NOBODY else "ended", by=by, now=now)
        queue.tell(chat, chat.agent_id)
        transaction.on_commit(offering.ask_for_offers)  # whoever had it has room for another
        return chat


def _actor(chat: Chat, by: str, user: User | None) -> Actor:
    if user:
        return Actor.agent(user)
    return Actor.of_customer(customer_of(chat.visitor)) if by == EndedBy.VISITOR else SYSTEM


def solved_by_assistant(chat: Chat, *, now: datetime | None = None) -> Chat:
    """An answer helped, and no agent was needed: there is no ticket of it."""
    return end(chat, EndedBy.BOT, now=now)


def transfer(chat: Chat, to: Team | User, *, by: User, note: str = "", now: datetime | None = None) -> Chat:
    """Pass it on to a team's queue, at its front, or put it before one person, and if they don't take it their team.

    `note` tells colleagues why; the visitor does not see it.
    """
    now = now or timezone.now()
    actor = Actor.agent(by)
    with _held(chat, actor, now) as held:
        chat = held.chat
        if chat.state not in (ChatState.ACTIVE, ChatState.WAITING):
            raise ChatOver
        old = chat.agent
        if isinstance(to, User):
            _check_receiver(chat, to)
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
    with _held(chat, SYSTEM, now) as held:
        chat = held.chat
        if chat.state != ChatState.ACTIVE:
            return False
        old = chat.agent
        _requeue(held, None, SYSTEM, now)
        held.record(ChatTransferred(chat.pk, str(old or ""), team=str(chat.team or "")))
        log.happened(chat, "transferred", now=now)
        queue.tell(chat, old.pk if old else None)
        return True


def _requeue(held: _Held, team: Team | None, actor: Actor, now: datetime) -> None:
    chat = held.chat
    offering.close(chat, now=now)
    chat.team = team or chat.team
    queue.enter(chat, now=now, goes_first=True)
    held.give_to(None, actor)
    if team and held.gesture and not held.gesture.ticket.is_closed:
        assign_team(held.gesture.ticket, team, actor=actor)
    transaction.on_commit(offering.ask_for_offers)


def _check_receiver(chat: Chat, user: User) -> None:
    if not can_be_assigned(user):
        raise Refused(_("%(name)s can't take chats: inactive, or a light agent.") % {"name": user})
    if chat.team_id in user.hidden_team_ids:
        raise Refused(_("%(name)s may not see the tickets of this team.") % {"name": user})
    if user.availability != Availability.ONLINE:
        raise Refused(_("%(name)s is not online. Transfer it to a team instead.") % {"name": user})
    if chat.agent_id == user.pk:
        raise Refused(_("%(name)s has this chat already.") % {"name": user})


def hold(chat: Chat, user: User, minutes: int, *, now: datetime | None = None) -> Chat:
    """The agent needs a moment and says how long; 0 ends it early. Their next line ends it as well."""
    if not 0 <= minutes <= LONGEST_HOLD:
        raise Refused(_("Up to %(limit)s minutes.") % {"limit": LONGEST_HOLD})
    now = now or timezone.now()
    with transaction.atomic():
        chat = Chat.objects.select_for_update().get(pk=chat.pk)
        if chat.state != ChatState.ACTIVE or chat.agent_id != user.pk:
            raise ChatOver if chat.state == ChatState.ENDED else NotYours
        chat.hold_until = now + timedelta(minutes=minutes) if minutes else None
        chat.save(update_fields=["hold_until"])
        if chat.hold_until:
            log.happened(chat, "held", name=user.name, until=chat.hold_until.isoformat(), now=now)
        wire.tell(chat.pk, {"t": "chat"})
        queue.tell_staff(user.pk)
        return chat


@transaction.atomic
def hand_over(chat: Chat, *, now: datetime | None = None) -> Chat:
    """From the assistant to people, with all that was said. Nothing happens where they have it already."""
    now = now or timezone.now()
    chat = Chat.objects.select_for_update().get(pk=chat.pk)
    if chat.state == ChatState.BOT:
        starting.go_to_people(chat, now=now)
        settle(chat)
    return chat
