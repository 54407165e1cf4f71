"""The one private message by which a comment may be answered within seven days, before its author has ever written.

Once they write back, it is a conversation like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from channels_app.models import Conversation, Direction, PartState
from tickets.models import Message
from tickets.services import Refused

COMMENT = "private_reply_to"  # in Conversation.facts: the comment's id
OPEN_FOR = timedelta(days=7)


def allow(public: Conversation, private: Conversation) -> None:
    """By their newest comment. Not saved; nothing where they have written privately before."""
    if private.last_inbound_at:
        return
    theirs = public.messages.filter(direction=Direction.IN, said_at__isnull=False).exclude(external_id="")
    if newest := theirs.order_by("-said_at", "-pk").first():
        private.facts = {**private.facts, COMMENT: newest.external_id}
        private.window_until = newest.said_at + OPEN_FOR if newest.said_at else None


def comment_of(conversation: Conversation) -> str:
    """What the next message answers privately; empty once its author has written themselves."""
    return "" if conversation.last_inbound_at else str(conversation.facts.get(COMMENT, ""))


def check(conversation: Conversation, message: Message, parts: Sequence[dict[str, Any]]) -> None:
    """Raises `Refused` for more than the one message that Meta takes."""
    if not comment_of(conversation):
        return
    sent = conversation.messages.filter(direction=Direction.OUT).exclude(message=message.pk)
    if sent.exclude(state__in=[PartState.CANCELLED, PartState.FAILED]).exists():
        words = _("Meta lets us answer a comment privately once. Wait until the customer writes.")
        raise Refused(words, field="route")
    if len(parts) > 1:
        words = _("Meta takes one private message as the answer to a comment: shorten it, and leave files out.")
        raise Refused(words, field="body")
