"""The floor, for those who lead: who waits and why, who talks with whom, and how long people have waited so far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from statistics import median
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import WITHOUT_TICKETS, Availability, User
from tickets.chat import console, queue
from tickets.chat.console import Row
from tickets.chat.desk import ASKED, CHAT, ChatDesk
from tickets.chat.presence import team_id_of
from tickets.models import Capacity, Chat, ChatOffer, ChatState, ChatWidget, OfferState, WaitReason
from tickets.routing.candidates import DEFAULT_ROOM

REASONS: Final = {
    **{reason.value: reason.label for reason in WaitReason},
    WaitReason.AVOIDED.value: _("everybody who is there has just not taken it"),
    ASKED: _("everybody with room is being asked for another chat"),
}
MOST: Final = 200  # chats under way that are shown
MEASURED: Final = 1_000  # chats of the day that numbers are made of


@dataclass(frozen=True)
class Waiting:
    """`position` in its team's queue. Either `offer` says who is being asked, or `reason` why nobody is."""

    row: Row
    position: int
    offer: ChatOffer | None = None
    reason: str = ""


@dataclass(frozen=True)
class Desk:
    """Somebody who takes chats, or has some: `most` at a time."""

    user: User
    rows: Sequence[Row]
    most: int

    @property
    def is_full(self) -> bool:
        return len(self.rows) >= self.most


@dataclass(frozen=True)
class Day:
    """Since midnight. Seconds are medians, of waits also those that somebody gave up; None without any."""

    chats: int
    missed: int
    wait: float | None
    first_reply: float | None
    longest: float | None


@dataclass(frozen=True)
class Floor:
    waiting: Sequence[Waiting]
    desks: Sequence[Desk]
    assisted: int  # with the assistant
    day: Day

    @property
    def talking(self) -> int:
        return sum(len(desk.rows) for desk in self.desks)


def floor_of(user: User, *, now: datetime, midnight: datetime) -> Floor:
    """As far as `user` may see it. `midnight`: when their day began."""
    seen = queue.visible_to(user)
    return Floor(
        waiting=_waiting(user, now),
        desks=_desks(seen),
        assisted=seen.filter(state=ChatState.BOT).count(),
        day=day_of(seen.filter(started_at__gte=midnight, started_at__lte=now)),
    )


def _waiting(user: User, now: datetime) -> list[Waiting]:
    rows = console.waiting(user)
    if not rows:
        return []
    chats = [row.chat for row in rows]
    asked = ChatOffer.objects.filter(chat__in=chats, state=OfferState.OPEN).select_related("user")
    offers = {offer.chat_id: offer for offer in asked}
    desk = ChatDesk.open({chat.team_id for chat in chats}, now)
    places: defaultdict[int | None, count[int]] = defaultdict(lambda: count(1))
    found = [Waiting(row, next(places[row.chat.team_id]), offers.get(row.chat.pk)) for row in rows]
    return [each if each.offer else replace(each, reason=_reason(each.row.chat, desk)) for each in found]


def _reason(chat: Chat, desk: ChatDesk) -> str:
    """Why nobody is asked at this moment; empty where somebody will be in the next."""
    waits = desk.choose(chat).waits
    return str(REASONS[waits]) if waits else ""


def _desks(seen: QuerySet[Chat]) -> list[Desk]:
    """Everybody who talks, and whoever could: those who are online in a team that has chats."""
    rows: defaultdict[int, list[Row]] = defaultdict(list)
    for row in console.rows_of(seen.filter(state=ChatState.ACTIVE).order_by("accepted_at", "pk"), most=MOST):
        rows[row.chat.agent_id or 0].append(row)
    people = _people(rows)
    kept = Capacity.objects.filter(user__in=people).values_list("user", "per_channel")
    most = {user: per_channel.get(CHAT, DEFAULT_ROOM[CHAT]) for user, per_channel in kept}
    desks = [Desk(user, rows[user.pk], most.get(user.pk, DEFAULT_ROOM[CHAT])) for user in people]
    return sorted(desks, key=lambda desk: (-len(desk.rows), desk.user.name))


def _people(talking: Collection[int]) -> list[User]:
    widgets = ChatWidget.objects.filter(is_active=True).select_related("inbox")
    teams = {team_id_of(widget) for widget in widgets}
    ready = Q(availability=Availability.ONLINE, is_active=True)
    if None not in teams:
        ready &= Q(teams__in=[team for team in teams if team])
    could = User.objects.filter(ready).exclude(role__in=WITHOUT_TICKETS)
    return list(User.objects.filter(Q(pk__in=talking) | Q(pk__in=could)).order_by("name"))


def day_of(chats: QuerySet[Chat]) -> Day:
    """Chats that were meant for people; with the assistant alone nobody waits."""
    asked = chats.filter(queued_at__isnull=False)
    missed = asked.filter(state=ChatState.ENDED, accepted_at=None)
    rows = list(asked.order_by("-pk")[:MEASURED])
    waits = [each for each in map(_wait, rows) if each is not None]
    replies = [each for each in map(_first_reply, rows) if each is not None]
    return Day(
        chats=asked.count(),
        missed=missed.count(),
        wait=median(waits) if waits else None,
        first_reply=median(replies) if replies else None,
        longest=max(waits) if waits else None,
    )


def _wait(chat: Chat) -> float | None:
    """Until it was accepted or given up. Of one that waits, for the first time or again, nothing is known yet."""
    if not chat.queued_at:
        return None
    is_accepted = chat.accepted_at and chat.accepted_at >= chat.queued_at
    until = chat.accepted_at if is_accepted else chat.ended_at
    return (until - chat.queued_at).total_seconds() if until else None


def _first_reply(chat: Chat) -> float | None:
    """Since people were asked for; one that was queued again after its first answer counts from its beginning."""
    if not chat.first_reply_at or not chat.queued_at:
        return None
    asked = chat.queued_at if chat.queued_at <= chat.first_reply_at else chat.started_at
    return (chat.first_reply_at - asked).total_seconds()
