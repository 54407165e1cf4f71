"""What went out from our side, told back to us: sent by our own call, or written in the provider's own app.

Our own is known by its id, by the key that we gave it, or, where the outcome of the call is unknown, by its words. What
is not ours was written elsewhere: it goes on the conversation's ticket, or waits for one, since nobody wants a ticket
for what we said first.
"""

from __future__ import annotations

from datetime import datetime

from channels_app.base import MessageIn
from channels_app.messaging import states
from channels_app.messaging.keys import as_key
from channels_app.messaging.meeting import absorb
from channels_app.messaging.text import storable, storable_json
from channels_app.models import Conversation, Direction, PartState, ProviderAccount, ProviderMessage
from channels_app.registry import channel_of
from tickets.models import Message, Ticket
from tickets.services import add_reply_elsewhere

MOST_AWAITING = 50  # of what was written before there was a ticket


class NotYet(Exception):
    """A call of ours is under way whose answer will tell what this is: try again in a moment."""


def settle_ours(part: ProviderMessage, told: MessageIn, conversation: Conversation, at: datetime) -> bool:
    """Whether the echo is of a part that we know to be ours: then it was sent. Raises `NotYet`.

    `part` is the row of the echo's id, the conversation is locked.
    """
    if part.direction == Direction.OUT:
        if part.message_id and part.state:  # one of our calls; what was written elsewhere has no state of sending
            states.told(part, PartState.SENT, at=at)
        return True
    ours = _by_key(part.account, told.client_key) or _by_words(conversation, storable(told.text))
    if ours is not None:
        ours.external_id, external_id = part.external_id, part.external_id
        absorb(ours)
        ProviderMessage.objects.filter(pk=ours.pk).update(
            external_id=external_id, edit=ours.edit, edit_number=ours.edit_number,
            withdrawn_at=ours.withdrawn_at, reactions=ours.reactions,
        )  # fmt: skip
        states.note(ours, PartState.SENT, at=at)
        states.keep(ours)
        return True
    sending = ProviderMessage.objects.filter(conversation=conversation, state=PartState.SENDING, external_id="")
    if sending.exists():
        raise NotYet
    return False


def keep_elsewhere(part: ProviderMessage, told: MessageIn, conversation: Conversation, at: datetime) -> None:
    """Write down what was said, before there may be a ticket for it."""
    part.conversation, part.direction, part.said_at = conversation, Direction.OUT, at
    part.reply_to = storable(told.reply_to, 300)
    part.body = {
        "elsewhere": {
            "text": storable(told.text, 100_000),
            "name": storable(told.sender.name, 200),
            "facts": storable_json(dict(told.facts)),
        }
    }
    part.save(update_fields=["conversation", "direction", "said_at", "reply_to", "body"])


def put_on(ticket: Ticket, part: ProviderMessage, *, now: datetime) -> Message:
    """The words that `keep_elsewhere` kept, as a reply on `ticket`, whose gesture is running or is begun here."""
    kept = part.body["elsewhere"]
    conversation = part.conversation
    assert conversation is not None
    message = add_reply_elsewhere(
        ticket,
        kept["text"],
        channel=channel_of(part.account.kind),
        name=kept["name"] or part.account.name,
        at=part.said_at or now,
        to=[conversation.person_name or conversation.thread_key],
        facts={**kept["facts"], "conversation": conversation.pk},
        now=now,
    )
    part.message, part.body = message, {}
    part.save(update_fields=["message", "body"])
    return message


def awaiting(conversation: Conversation) -> list[ProviderMessage]:
    """What was written elsewhere while the conversation had no ticket, oldest first."""
    kept = ProviderMessage.objects.filter(
        conversation=conversation, direction=Direction.OUT, message=None, body__has_key="elsewhere"
    )
    newest = list(kept.select_related("account", "conversation").order_by("-said_at", "-external_id")[:MOST_AWAITING])
    return newest[::-1]


def _by_key(account: ProviderAccount, client_key: str) -> ProviderMessage | None:
    key = as_key(client_key)
    return ProviderMessage.objects.filter(account=account, client_key=key).first() if key else None


def _by_words(conversation: Conversation, text: str) -> ProviderMessage | None:
    """One whose call ended without an answer. What it said is in its body as its adapter has put it."""
    uncertain = ProviderMessage.objects.filter(
        conversation=conversation, direction=Direction.OUT, state=PartState.UNCERTAIN, external_id=""
    )
    said = [part for part in uncertain.order_by("pk") if text and part.body.get("text") == text]
    return said[0] if said else None
