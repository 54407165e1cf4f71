"""Several pictures sent at once come as messages of their own that share a name. Here they are one message."""

from __future__ import annotations

from datetime import datetime

from channels_app.base import MessageIn
from channels_app.messaging import changing
from channels_app.messaging.media import missing_of
from channels_app.messaging.text import storable
from channels_app.messaging.versions import FIRST, with_version
from channels_app.models import Conversation, Direction, ProviderMessage
from customers.actors import SYSTEM, Actor
from tickets.models import Message
from tickets.services import gesture, note_missing_files, said_earlier


def message_of(conversation: Conversation, told: MessageIn) -> Message | None:
    """The message that others of the same album have become. The conversation is locked."""
    if not told.album:
        return None
    same = ProviderMessage.objects.filter(
        conversation=conversation, direction=Direction.IN, message__isnull=False, body__album=storable(told.album, 200)
    )
    first = same.select_related("message__ticket").order_by("pk").first()
    return first.message if first else None


def note(part: ProviderMessage, told: MessageIn, at: datetime) -> None:
    """Put into `part` what belongs to it alone, since its message has words of several. Not saved."""
    part.body = {"album": storable(told.album, 200)}
    part.edit = with_version(part.edit, FIRST, storable(told.text, changing.LONGEST_TEXT), at)


def join(message: Message, part: ProviderMessage, *, now: datetime) -> None:
    """Its words stand in their place among those of the others, and it was said when the first of them was."""
    part.message = message
    author = _author(message)
    with gesture(message.ticket, actor=author, now=now):
        said_earlier(message, part.said_at or now, actor=author)
        changing.show(part, now=now)
        note_missing_files(message, missing_of(message), now=now)
        if part.reactions:
            changing.show_reactions(message, now=now)


def _author(message: Message) -> Actor:
    return Actor.of_customer(message.author_customer) if message.author_customer else SYSTEM
