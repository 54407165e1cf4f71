"""A reply by another company's channel, the part inside the gesture: its parts are written down, or taken back.

What happens to them afterwards is in `sending`.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.utils.translation import gettext as _

from channels_app.models import Conversation, Direction, PartState, ProviderMessage
from channels_app.registry import adapter_of
from channels_app.tasks_parts import hand_to_worker
from tickets.models import MESSAGING, DeliveryState, Message, Ticket, TicketEvent
from tickets.services import Refused, TooLate

WRITTEN = ("reply.added", "reply.scheduled", "rule.mailed")


def queue_parts(ticket: Ticket, events: list[TicketEvent]) -> None:
    """Event consumer. Raises `Refused` where nothing could ever be sent, and `TooLate` for a retraction when a worker
    has a part.
    """
    for event in events:
        if event.message is None or event.message.channel not in MESSAGING:
            continue
        if event.kind in WRITTEN:
            _queue(event.message)
        elif event.kind == "reply.rescheduled":
            _put_off(event.message)
        elif event.kind in ("reply.retracted", "reply.held_back"):
            _change_waiting(event.message, state=PartState.CANCELLED)


def _queue(message: Message) -> None:
    if message.delivery_state not in (DeliveryState.QUEUED, DeliveryState.SCHEDULED):
        return  # history, told by an import or written in the provider's own app; or its parts are there already
    conversation = Conversation.objects.select_related("account").get(pk=message.facts["conversation"])
    account = conversation.account
    try:
        bodies = bodies_of(conversation, message)
    except Refused as refusal:
        if not message.is_automatic:
            raise
        bodies = [ProviderMessage.refused(str(refusal))]  # a rule's words must not stop what made the rule run
    parts = [
        ProviderMessage(
            account=account,
            conversation=conversation,
            message=message,
            direction=Direction.OUT,
            number=number,
            body=body,
            reply_to=_answered(conversation, message) if number == 0 else "",
            state=PartState.WAITING,
            due_at=message.send_at or message.created_at,
            client_key=uuid4(),
            created_at=message.created_at,
        )
        for number, body in enumerate(bodies)
    ]
    ProviderMessage.objects.bulk_create(parts)
    hand_to_worker(parts[0])


def bodies_of(conversation: Conversation, message: Message) -> list[dict[str, Any]]:
    """Of the parts that say it there, in their order. Raises `Refused` where nothing could be sent."""
    account = conversation.account
    if bodies := adapter_of(account.kind).split(account, conversation, message):
        return bodies
    raise Refused(_("There is nothing in this message that %(account)s could send.") % {"account": account})


def _answered(conversation: Conversation, message: Message) -> str:
    """What the provider calls the message that this one answers."""
    if not (answered := message.facts.get("reply_to")):
        return ""
    theirs = ProviderMessage.objects.filter(conversation=conversation, message=answered).exclude(external_id="")
    return theirs.order_by("number", "pk").values_list("external_id", flat=True).first() or ""


def _put_off(message: Message) -> None:
    _change_waiting(message, due_at=message.send_at)
    hand_to_worker(ProviderMessage.objects.filter(message=message).order_by("number").first())


def _change_waiting(message: Message, **fields: object) -> None:
    """Of parts that nobody has tried. The update waits for whoever holds one, and then looks again."""
    parts = ProviderMessage.objects.filter(message=message, direction=Direction.OUT)
    untouched = parts.filter(state=PartState.WAITING, attempt=0)
    if untouched.update(**fields) != parts.count():
        raise TooLate
