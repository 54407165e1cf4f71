"""Chats that wait for somebody: in which order, and who hears that it has moved.

First whoever was passed on (they have waited once), then in the order in which they came. Each team has a queue of its
own; chats without a team wait in one for everybody.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from helpdesk.accounts.models import User
from tickets import policies
from tickets.chat import waits, wire
from tickets.models import Chat, ChatState
from tickets.realtime import me_topic, publish

TOPIC: Final = "chats"  # pages of staff that show who waits and who talks
ORDER: Final = ("-goes_first", "queued_at", "pk")


def visible_to(user: User) -> QuerySet[Chat]:
    """The chats that this person may see: not those of private teams of others, by the chat's team and its ticket's."""
    if not policies.may_enter(user):
        return Chat.objects.none()
    hidden = user.hidden_team_ids
    return Chat.objects.exclude(Q(team__in=hidden) | Q(ticket__team__in=hidden)) if hidden else Chat.objects.all()


def enter(chat: Chat, *, now: datetime, goes_first: bool = False) -> None:
    """It waits from now on; what is announced to the visitor is kept, to be compared with what became of it."""
    chat.state, chat.agent, chat.queued_at, chat.goes_first = ChatState.WAITING, None, now, goes_first
    chat.hold_until = None
    chat.save(update_fields=["state", "agent", "team", "queued_at", "goes_first", "hold_until"])
    standing = waits.standing(chat, now=now)
    chat.joined_at_position, chat.told_seconds = standing.position, standing.seconds
    chat.save(update_fields=["joined_at_position", "told_seconds"])


def tell(chat: Chat, *users: int | None) -> None:
    """Once this is committed: both sides of the chat, who waits in its queue, pages of staff, and these people."""
    wire.tell(chat.pk, {"t": "chat"})
    moved(chat.team_id)
    tell_staff(*users)


def moved(team_id: int | None) -> None:
    """Those who wait for this team stand elsewhere now."""
    wire.tell(wire.EVERYBODY, {"t": "queue", "team": team_id})


def tell_staff(*users: int | None) -> None:
    topics = [TOPIC, *(me_topic(user) for user in users if user)]
    transaction.on_commit(lambda: publish({"t": "changed", "topics": topics}))
