"""What becomes of a chat: accepted, taken over, held, ended. Each is a gesture on its ticket (held.py).

Of two people who accept at once the second is told who was quicker.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actors import SYSTEM, Actor
from helpdesk.accounts.models import User
from tickets.chat import log, offering, queue, starting, wire
from tickets.chat.errors import ChatOver, NotYours, Taken
from tickets.chat.held import Held, lock
from tickets.chat.settling import settle
from tickets.chat.visitors import customer_of
from tickets.events import ChatAccepted, ChatEnded
from tickets.models import Chat, ChatState, EndedBy, OfferState
from tickets.services import can_be_assigned
from tickets.services.errors import Refused

LONGEST_HOLD: Final = 60  # minutes
TAKEN_OVER: Final = -1  # instead of how long the visitor had waited


def accept(chat: Chat, user: User, *, now: datetime | None = None) -> Chat:
    """`user` talks with the visitor from now on. Raises `Taken` where somebody was quicker, `ChatOver` afterwards."""
    now = now or timezone.now()
    actor = Actor.agent(user)
    with lock(chat, actor, now) as held:
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
    with lock(chat, Actor.agent(user), now) as held:
        chat = held.chat
        if chat.state == ChatState.ENDED:
            raise ChatOver
        if chat.state == ChatState.ACTIVE and chat.agent_id != user.pk:
            old = chat.agent_id
            _join(held, user, now, TAKEN_OVER, "taken_over")
            queue.tell_staff(old)
            return chat
    return accept(chat, user, now=now)


def _join(held: Held, user: User, now: datetime, waited: int, kind: str) -> None:
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
    with lock(chat, _actor(chat, by, user), now) as held:
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
