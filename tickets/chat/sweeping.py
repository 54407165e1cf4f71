"""What time does to chats: offers run out, agents and visitors vanish, doors open and close. Every second, bounded."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Final

import redis
from celery import shared_task
from django.conf import settings
from django.db.models import F, Func, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from tickets.chat import life, offering, passing, wire
from tickets.chat.presence import is_online, people_online
from tickets.models import Chat, ChatState, ChatWidget, EndedBy
from tickets.realtime import valkey

logger = logging.getLogger(__name__)

GONE: Final = timedelta(seconds=75)  # without a word of any page of the agent's: pages speak every half minute
NOBODY_CAME: Final = timedelta(minutes=2)  # in a queue whose people are all away
LEFT: Final = timedelta(minutes=30)  # no page of theirs is open (open ones are noted every half minute), no word said
MOST: Final = 100  # chats of a kind in one pass
KNOWN = f"{settings.VALKEY_PREFIX}:chat-online"  # widget → whether somebody was there the last time


def sweep(*, now: datetime) -> None:
    """Safe to run twice at once: whoever locks the chat first decides, and the other finds it done."""
    offering.expire_due(now=now)
    _each(_left_by_their_agent(now), lambda chat: passing.back_to_queue(chat, now=now))
    _each(_silent(now), lambda chat: life.end(chat, EndedBy.SILENCE, now=now))
    _each(_without_anybody(now), lambda chat: life.end(chat, EndedBy.NOBODY, now=now))
    offering.offer_waiting(now=now)
    tell_who_came_or_went(now=now)


def _each(chats: Iterable[Chat], act: Callable[[Chat], object]) -> None:
    """One chat that cannot be helped is tried again and stops no other."""
    for chat in chats:
        try:
            act(chat)
        except Exception:
            logger.exception("what time has done to chat %s is not settled yet", chat.pk)


def _left_by_their_agent(now: datetime) -> QuerySet[Chat]:
    """The visitor waits for an answer, and no page of their agent's is open: a laptop closed, a network gone."""
    gone = Q(agent__is_active=False) | Q(agent__capacity__last_seen_at__lt=now - GONE)
    held = Q(hold_until__gt=now)
    waiting = Chat.objects.filter(gone, state=ChatState.ACTIVE, visitor_said_at__isnull=False)
    return waiting.exclude(held).order_by("visitor_said_at")[:MOST]


def _silent(now: datetime) -> QuerySet[Chat]:
    """The visitor has had an answer, or the assistant's, and says nothing more; or waits and has left the site."""
    quiet = Func(
        F("widget__quiet_minutes"), function="make_interval", template="make_interval(mins => %(expressions)s)"
    )
    last = Greatest("last_said_at", Coalesce("hold_until", "last_said_at"))
    answered = Q(state=ChatState.ACTIVE, visitor_said_at=None) | Q(state=ChatState.BOT)
    left = Q(state=ChatState.WAITING, visitor__last_seen_at__lt=now - LEFT, last__lt=now - LEFT)
    live = Chat.objects.exclude(state=ChatState.ENDED).filter(widget__quiet_minutes__gt=0).annotate(last=last)
    return live.filter(answered | left, last__lt=now - quiet).order_by("last_said_at")[:MOST]


def _without_anybody(now: datetime) -> list[Chat]:
    """They wait, and nobody of their team is online any more: better told than left waiting."""
    waiting = Chat.objects.filter(state=ChatState.WAITING, queued_at__lt=now - NOBODY_CAME).order_by("queued_at")
    chats = list(waiting[:MOST])
    empty = {team for team in {chat.team_id for chat in chats} if not people_online(team).exists()}
    return [chat for chat in chats if chat.team_id in empty]


def tell_who_came_or_went(*, now: datetime) -> None:
    """Visitors' pages hear when somebody is there for a widget, or nobody is any more."""
    widgets = ChatWidget.objects.filter(is_active=True).select_related("team", "inbox__team")
    states: dict[Any, Any] = {str(widget.pk): str(int(is_online(widget, now).is_online)) for widget in widgets}
    try:
        known = valkey().hgetall(KNOWN)
        if states and states.items() - known.items():
            valkey().hset(KNOWN, mapping=states)
            wire.tell(wire.EVERYBODY, {"t": "online"})
    except redis.RedisError as error:
        logger.warning("Nobody is told who is there, Valkey does not answer: %s", error)


@shared_task(expires=3)
def sweep_chats() -> None:
    sweep(now=timezone.now())
