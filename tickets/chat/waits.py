"""How long somebody who waits will wait, as far as can honestly be said: from how long others lately did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final, NamedTuple

from django.db.models import F, Q
from django.utils import timezone

from tickets.models import Chat, ChatState

LATELY: Final = timedelta(hours=3)
MOST: Final = 200  # of the last waits
ENOUGH: Final = 5  # waits; fewer say nothing


class Wait(NamedTuple):
    """Somebody joined at `position` and was accepted after `seconds`."""

    position: int
    seconds: float


@dataclass(frozen=True)
class Standing:
    """`position` counts from 1; 0 is no longer waiting. `seconds` is None where too little is known."""

    position: int
    seconds: int | None


def standing(chat: Chat, *, now: datetime | None = None) -> Standing:
    """Where the chat stands in its team's queue, and what to expect from there."""
    if chat.state != ChatState.WAITING or chat.queued_at is None:
        return Standing(0, None)
    now = now or timezone.now()
    position = 1 + _ahead(chat)
    waited = (now - chat.queued_at).total_seconds()
    joined = chat.joined_at_position or position
    expected = expect(_recent(chat.team_id, now), position=position, joined=joined, waited=waited)
    return Standing(position, expected)


def expect(recent: Sequence[Wait], *, position: int, joined: int, waited: float) -> int | None:
    """Seconds from now on: the median of what others at this position waited, of those who waited as long as this one.

    Who has not moved up since they joined is compared only with those who waited longer than they have: a median that
    is over already would be no answer. Positions beside it count where there are too few at the very one.
    """
    passed = waited if position == joined else 0.0
    for reach in (0, 1):
        left = [wait.seconds - passed for wait in recent if abs(wait.position - position) <= reach]
        longer = [seconds for seconds in left if seconds >= 0]
        if len(longer) >= ENOUGH:
            return round(median(longer))
    return None


def _ahead(chat: Chat) -> int:
    """How many in the same queue come first, by `queue.ORDER`."""
    sooner = Q(queued_at__lt=chat.queued_at) | Q(queued_at=chat.queued_at, pk__lt=chat.pk)
    before = Q(goes_first=True) & sooner if chat.goes_first else Q(goes_first=True) | sooner
    return Chat.objects.filter(before, state=ChatState.WAITING, team=chat.team_id).exclude(pk=chat.pk).count()


def _recent(team_id: int | None, now: datetime) -> list[Wait]:
    """The last waits of those who joined at the end: who was passed on went first, which says nothing to others."""
    accepted = Chat.objects.filter(
        team=team_id,
        accepted_at__gte=now - LATELY,
        accepted_at__lte=now,
        goes_first=False,
        queued_at__lte=F("accepted_at"),
        joined_at_position__isnull=False,
    )
    rows = accepted.order_by("-accepted_at").values_list("joined_at_position", "queued_at", "accepted_at")[:MOST]
    return [Wait(at or 1, (accepted - queued).total_seconds()) for at, queued, accepted in rows if accepted and queued]
