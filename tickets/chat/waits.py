"""How long somebody who waits will wait, as far as can honestly be said: from how long others lately did.

Whoever gave up, or waits still, has waited at least so long, and counts as that: to leave them out would promise the
waits of the lucky (Kaplan and Meier 1958, doi:10.1080/01621459.1958.10501452).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final, NamedTuple

from django.db.models import F, Q
from django.utils import timezone

from tickets.models import Chat, ChatState

LATELY: Final = timedelta(hours=3)
MOST: Final = 200  # of the last waits
ENOUGH: Final = 5  # waits that came to an end; fewer say nothing
HALF: Final = Fraction(1, 2)


class Wait(NamedTuple):
    """Somebody joined at `position` and was accepted after `seconds`, or, if not `is_over`, had not been by then."""

    position: int
    seconds: float
    is_over: bool = True


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
    expected = expect(_recent(chat, now), position=position, joined=joined, waited=waited)
    return Standing(position, expected)


def expect(recent: Sequence[Wait], *, position: int, joined: int, waited: float) -> int | None:
    """Seconds from now on: the median of what others at this position waited, of those who waited as long as this one.

    None as well where half of them had not been accepted by the end of what is known.

    Who has not moved up since they joined is compared only with those who waited longer than they have: a median that
    is over already would be no answer. Positions beside it count where there are too few at the very one.
    """
    passed = waited if position == joined else 0.0
    for reach in (0, 1):
        beside = (wait for wait in recent if abs(wait.position - position) <= reach)
        longer = [wait._replace(seconds=wait.seconds - passed) for wait in beside if wait.seconds >= passed]
        if sum(wait.is_over for wait in longer) >= ENOUGH:
            middle = median(longer)
            return None if middle is None else round(middle)
    return None


def median(waits: Sequence[Wait]) -> float | None:
    """When half of them had been accepted. Who gave up takes part for as long as they waited, and no longer."""
    left, half = Fraction(1), None
    ordered = sorted(waits, key=lambda wait: (wait.seconds, not wait.is_over))
    for still, wait in zip(range(len(ordered), 0, -1), ordered, strict=True):
        if not wait.is_over:
            continue
        left *= 1 - Fraction(1, still)
        if half is None and left <= HALF:
            half = wait.seconds
        if half is not None and left < HALF:
            return (half + wait.seconds) / 2
    return None


def _ahead(chat: Chat) -> int:
    """How many in the same queue come first, by `queue.ORDER`."""
    sooner = Q(queued_at__lt=chat.queued_at) | Q(queued_at=chat.queued_at, pk__lt=chat.pk)
    before = Q(goes_first=True) & sooner if chat.goes_first else Q(goes_first=True) | sooner
    return Chat.objects.filter(before, state=ChatState.WAITING, team=chat.team_id).exclude(pk=chat.pk).count()


def _recent(chat: Chat, now: datetime) -> list[Wait]:
    """The last waits of those who joined at the end: who was passed on went first, which says nothing to others."""
    lately = now - LATELY
    came = Q(accepted_at__gte=lately, accepted_at__lte=now, queued_at__lte=F("accepted_at"))
    gave_up = Q(state=ChatState.ENDED, accepted_at=None, ended_at__gte=lately, ended_at__lte=now)
    waits = Q(state=ChatState.WAITING, queued_at__gte=lately, queued_at__lte=now)
    chats = Chat.objects.filter(
        came | gave_up | waits, team=chat.team_id, goes_first=False, joined_at_position__isnull=False
    )
    rows = chats.exclude(pk=chat.pk).order_by("-queued_at")
    found = rows.values_list("joined_at_position", "queued_at", "accepted_at", "ended_at")[:MOST]
    return [
        Wait(at or 1, ((accepted or ended or now) - queued).total_seconds(), accepted is not None)
        for at, queued, accepted, ended in found
        if queued
    ]
