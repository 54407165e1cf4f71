"""What a person decides about a message that has not simply been sent by its channel."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from channels_app.messaging import states
from channels_app.messaging.locks import lock_conversation
from channels_app.messaging.queueing import bodies_of
from channels_app.models import Direction, PartState, ProviderMessage
from channels_app.tasks_parts import hand_to_worker
from customers.actors import Actor
from tickets.models import DeliveryState, Message
from tickets.services import Refused, gesture, note_delivery

OPEN = (PartState.WAITING, PartState.FAILED, PartState.UNCERTAIN)


def retry(message: Message, *, actor: Actor, now: datetime) -> None:
    """Try again at once what has not been sent, and what may have been. Raises `Refused` where there is nothing."""
    with _parts_of(message, actor) as parts:
        unsent = [part for part in parts if part.state in OPEN]
        was_tried = message.delivery_state in (DeliveryState.DEFERRED, DeliveryState.FAILED, DeliveryState.UNKNOWN)
        if not unsent or not was_tried:
            raise Refused(_("There is nothing to send again: the message is sent, or on its way."))
        _fill_again(unsent, message)
        for part in unsent:
            if part.state != PartState.WAITING:  # what comes late of the former try is of no other
                part.external_id, part.client_key = "", uuid4()
            part.state, part.due_at, part.error, part.error_code = PartState.WAITING, now, "", ""
            part.attempt, part.tried_since = max(part.attempt, 1), None
            part.save(update_fields=[*states.FIELDS, "external_id", "client_key", "attempt", "tried_since", "body"])
        note_delivery(message, DeliveryState.SENDING, actor=actor)
        hand_to_worker(unsent[0])


def confirm_sent(message: Message, *, actor: Actor, now: datetime) -> None:
    """A person knows that a message whose outcome was unknown did arrive. Raises `Refused` when it is not unknown."""
    with _parts_of(message, actor) as parts:
        doubtful = [part for part in parts if part.state == PartState.UNCERTAIN]
        if not doubtful:
            raise Refused(_("The outcome of this message is known."))
        for part in doubtful:
            states.note(part, PartState.SENT, at=now)
            states.keep(part, actor=actor)


def _fill_again(parts: list[ProviderMessage], message: Message) -> None:
    """What its provider took and then failed to deliver kept no body: it is made of the message once more."""
    emptied = [part for part in parts if not part.body]
    if not emptied:
        return
    conversation = emptied[0].conversation
    assert conversation is not None  # what goes out has one
    bodies = bodies_of(conversation, message)
    for part in emptied:
        if part.number >= len(bodies):
            raise Refused(_("This message has changed since it was sent: write it anew."))
        part.body = bodies[part.number]


@contextmanager
def _parts_of(message: Message, actor: Actor) -> Iterator[list[ProviderMessage]]:
    ours = ProviderMessage.objects.filter(message=message, direction=Direction.OUT)
    conversation = ours.values_list("conversation", flat=True).first()
    if conversation is None:
        raise Refused(_("This message was not sent from here."))
    with transaction.atomic():
        lock_conversation(conversation)
        with gesture(message.ticket, actor=actor):
            message.refresh_from_db(fields=["delivery_state"])
            yield list(ours.select_for_update().order_by("number"))
