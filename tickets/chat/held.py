"""A chat and its ticket locked together: what every step of a chat's life is done under.

What was said is put on the ticket first. Then the ticket is locked and after it the chat, always in this order, so two
people who accept at once are one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from customers.actors import Actor
from helpdesk.accounts.models import User
from tickets.chat.settling import open_if_due, settle
from tickets.events import Event
from tickets.models import Chat
from tickets.services import assign, gesture
from tickets.services.gesture import Gesture


@dataclass
class Held:
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
def lock(chat: Chat, actor: Actor, now: datetime) -> Iterator[Held]:
    open_if_due(chat)
    with transaction.atomic():
        ticket = settle(chat)
        with gesture(ticket, actor=actor, now=now) if ticket else nullcontext() as running:
            # Without its people: whom we waited for may have changed them, and a join would tear the row from them.
            yield Held(Chat.objects.select_for_update().get(pk=chat.pk), running)
