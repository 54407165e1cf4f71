"""What became of each part of a message, and so of the message.

What is told comes in any order and more than once, so a state is never replaced by one that says less: told twice or
backwards, the outcome is the same. Only a person starts again: see `deciding`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from channels_app.models import Conversation, Direction, PartState, ProviderMessage
from customers.actors import SYSTEM, Actor
from tickets.models import DeliveryState, Message
from tickets.services import note_delivery

# A failure may be told of what was sent, never of what has arrived.
RANK = {
    PartState.NONE: 0,
    PartState.WAITING: 1,
    PartState.SENDING: 2,
    PartState.UNCERTAIN: 3,
    PartState.SENT: 4,
    PartState.FAILED: 5,
    PartState.DELIVERED: 6,
    PartState.READ: 7,
}
CALL_TAKES = timedelta(seconds=20)
ARRIVED = (PartState.DELIVERED, PartState.READ)
FIELDS = ("state", "error_code", "error", "sent_at", "delivered_at", "read_at", "due_at", "leased_until")


def further(old: str, new: str) -> str:
    """The one of the two that holds. What was taken back stays so; what we don't know changes nothing."""
    if old == PartState.CANCELLED or new not in RANK:
        return old
    return new if RANK[PartState(new)] > RANK[PartState(old)] else old


def note(part: ProviderMessage, state: str, *, at: datetime, code: str = "", error: str = "") -> bool:
    """Put into `part` what the provider told of it; True when that is news. Not saved: see `keep`."""
    before = _seen(part)
    moved = further(part.state, state)
    if moved != part.state:
        part.state = moved
        part.leased_until = None
        is_bad = moved in (PartState.FAILED, PartState.UNCERTAIN)
        part.error_code, part.error = (code[:40], error[:500]) if is_bad else ("", "")
    if state in (PartState.SENT, *ARRIVED):
        part.sent_at = _earlier(part.sent_at, at)
    if state in ARRIVED:
        part.delivered_at = _earlier(part.delivered_at, at)
    if state == PartState.READ:
        part.read_at = _earlier(part.read_at, at)
    return _seen(part) != before


def keep(part: ProviderMessage, *, actor: Actor = SYSTEM, facts: Mapping[str, Any] | None = None) -> None:
    """Store what `note` changed, and tell the message. The ticket's lock is taken here; the conversation's before."""
    part.save(update_fields=FIELDS)
    if part.message_id:
        if RANK[PartState(part.state)] >= RANK[PartState.SENT] and part.state != PartState.FAILED:
            _release_rest(part)
        tell_message(part.message_id, actor=actor, facts=facts)


def told(part: ProviderMessage, state: str, *, at: datetime, code: str = "", error: str = "") -> None:
    """A status of a part that is locked (its message and its conversation are)."""
    if note(part, state, at=at, code=code, error=error):
        keep(part)


def seen_up_to(conversation: Conversation, state: str, at: datetime) -> None:
    """All that we sent there until `at` has arrived, or was read. The conversation is locked."""
    # The provider's moment of sending lies between our call and its end, and what we were told may name it exactly.
    was_there = Q(tried_since=None, sent_at__lte=at) | Q(tried_since__lte=at, sent_at__lte=at + CALL_TAKES)
    ours = ProviderMessage.objects.select_for_update().filter(
        was_there, conversation=conversation, direction=Direction.OUT, withdrawn_at=None
    )
    settled = {"state": PartState.READ, "read_at__lte": at, "delivered_at__lte": at}
    moving = [part for part in ours.exclude(**settled).order_by("pk") if note(part, state, at=at)]
    ProviderMessage.objects.bulk_update(moving, FIELDS)
    for message in sorted({part.message_id for part in moving if part.message_id}):
        tell_message(message)


def catch_up(part: ProviderMessage, conversation: Conversation) -> None:
    """What was told of all that had been sent, while the call for `part` had not returned. Not saved: see `keep`."""
    for state in ARRIVED:
        moment = conversation.facts.get(f"{state}_up_to")
        at = datetime.fromisoformat(moment) if moment else None
        if at and part.tried_since and part.tried_since <= at:
            note(part, state, at=at)


def tell_message(message_id: int, *, actor: Actor = SYSTEM, facts: Mapping[str, Any] | None = None) -> None:
    """What the ticket shows of a message follows from its parts."""
    message = Message.objects.select_related("ticket").get(pk=message_id)
    parts = list(ProviderMessage.objects.filter(message=message_id, direction=Direction.OUT).order_by("number", "pk"))
    if parts:
        state, detail = shown_of(parts, message.delivery_state)
        told_facts = {**(facts or {}), **_times(parts)}
        note_delivery(message, state, detail=detail, actor=actor, facts=told_facts)


def shown_of(parts: Sequence[ProviderMessage], now_shown: str) -> tuple[str, str]:
    """The DeliveryState of a message of these parts, and the words that explain it."""
    by_state = {part.state: part for part in reversed(parts)}
    if PartState.CANCELLED in by_state:
        return DeliveryState.CANCELLED, ""
    for bad, shown in ((PartState.UNCERTAIN, DeliveryState.UNKNOWN), (PartState.FAILED, DeliveryState.FAILED)):
        if bad in by_state:
            return shown, by_state[bad].error
    if put_off := [part for part in parts if part.state == PartState.WAITING and part.error]:
        return DeliveryState.DEFERRED, put_off[0].error
    if PartState.WAITING in by_state or PartState.SENDING in by_state:
        untouched = set(by_state) == {PartState.WAITING} and all(part.attempt == 0 for part in parts)
        return (now_shown if untouched else DeliveryState.SENDING), ""
    least = min(parts, key=lambda part: RANK[PartState(part.state)])
    return {PartState.DELIVERED: DeliveryState.DELIVERED, PartState.READ: DeliveryState.READ}.get(
        PartState(least.state), DeliveryState.SENT
    ), ""


def _release_rest(part: ProviderMessage) -> None:
    """What comes after it in its message and was held while it was in doubt. The sweeper finds it."""
    rest = ProviderMessage.objects.filter(message=part.message_id, state=PartState.WAITING, number__gt=part.number)
    rest.filter(due_at=None).update(due_at=timezone.now())


def _times(parts: Sequence[ProviderMessage]) -> dict[str, str]:
    """When the last of all parts arrived, and was read."""
    times = {}
    for name in ("delivered_at", "read_at"):
        moments = [getattr(part, name) for part in parts]
        if all(moments):
            times[name] = max(moments).isoformat()
    return times


def _earlier(known: datetime | None, at: datetime) -> datetime:
    return min(known, at) if known else at


def _seen(part: ProviderMessage) -> tuple[Any, ...]:
    return tuple(getattr(part, name) for name in FIELDS)
