"""How far each side has read. It never goes back, and never beyond what has been said."""

from __future__ import annotations

from django.db.models import F
from django.db.models.functions import Least

from helpdesk.accounts.models import User
from tickets.chat import wire
from tickets.models import Chat, Said


def visitor_saw(chat: Chat, seq: int) -> None:
    """The visitor has everything up to line `seq` before their eyes."""
    known = Chat.objects.filter(pk=chat.pk, visitor_seen_seq__lt=Least(seq, F("last_seq")))
    if known.update(visitor_seen_seq=Least(seq, F("last_seq"))):
        wire.tell(chat.pk, {"t": "seen", "said": Said.VISITOR, "seq": seq})


def agent_saw(chat: Chat, user: User, seq: int) -> None:
    """Only who talks with the visitor has seen it: a supervisor who listens in is not there for them."""
    known = Chat.objects.filter(pk=chat.pk, agent=user, agent_seen_seq__lt=Least(seq, F("last_seq")))
    if known.update(agent_seen_seq=Least(seq, F("last_seq"))):
        wire.tell(chat.pk, {"t": "seen", "said": Said.AGENT, "seq": seq})
