"""Invitations to chat: which of them a visitor may get, and what came of those they got.

What only the page knows (seconds, basket, address) is compared by the widget; all else is decided here, and nothing is
counted but what the widget says was shown. A variant without words is shown to nobody and counted all the same: only
against it can be said what an invitation brings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, Sum

from customers.models import Customer
from tickets.customers.segments import badges_of
from tickets.models import Chat, ChatInvitation, ChatVisitor, ChatWidget, Invited
from tickets.portal.form_fields import in_language

LED_WITHIN: Final = timedelta(minutes=30)  # a chat after that has another reason
GOAL_WITHIN: Final = timedelta(days=7)
MOST_VALUE: Final = Decimal("9999999999.99")


@dataclass(frozen=True)
class Candidate:
    """`text` is empty for a visitor who is held back: the widget says so when it would have been shown."""

    id: int
    variant: str
    text: str
    conditions: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        return {"id": self.id, "variant": self.variant, "text": self.text, "conditions": dict(self.conditions)}


def candidates(
    widget: ChatWidget,
    visitor_id: UUID,
    *,
    customer: Customer | None,
    language: str,
    is_online: bool,
    now: datetime,
) -> list[Candidate]:
    """In their order. `customer` is who the site has signed in: a name that is only said opens nothing."""
    rows = [
        one
        for one in ChatInvitation.objects.filter(widget=widget, is_active=True).select_related("segment")
        if is_online or not one.needs_agents
    ]
    if not rows:
        return []
    capped = _capped(rows, visitor_id, now)
    held = _segments_of(customer, rows, now)
    chosen = [one for one in rows if one.pk not in capped and (one.segment_id is None or one.segment_id in held)]
    return [_candidate(one, visitor_id, language) for one in chosen if one.variants]


def _capped(rows: Iterable[ChatInvitation], visitor_id: UUID, now: datetime) -> set[int]:
    last: dict[int, datetime] = {}
    for invited in Invited.objects.filter(visitor=visitor_id, invitation__in=rows).order_by("shown_at"):
        last[invited.invitation_id] = invited.shown_at
    return {one.pk for one in rows if one.pk in last and last[one.pk] > now - timedelta(days=one.every_days)}


def _segments_of(customer: Customer | None, rows: Iterable[ChatInvitation], now: datetime) -> set[int]:
    asked = [one.segment for one in rows if one.segment]
    if customer is None or not asked:
        return set()
    return {badge.id for badge in badges_of(customer, now=now, badges=asked)}


def _candidate(one: ChatInvitation, visitor_id: UUID, language: str) -> Candidate:
    variant = variant_for(one.variants, f"{one.pk}:{visitor_id}")
    return Candidate(one.pk, variant["key"], in_language(variant.get("texts", {}), language, "text"), one.conditions)


def variant_for(variants: Sequence[Mapping[str, Any]], who: str) -> Mapping[str, Any]:
    """The same one for the same visitor each time, by weight over all visitors."""
    total = sum(each["weight"] for each in variants)
    place = int.from_bytes(sha256(who.encode()).digest()[:8]) % total
    for each in variants:
        place -= each["weight"]
        if place < 0:
            return each
    raise AssertionError("weights are positive")


@transaction.atomic
def shown(invitation_id: int, visitor_id: UUID, variant: str, *, page_url: str, now: datetime) -> Invited | None:
    """The widget has shown it, or held it back; None where it may not have, or has said so before."""
    one = ChatInvitation.objects.select_for_update().filter(pk=invitation_id, is_active=True).first()
    if one is None or variant not in {each["key"] for each in one.variants} or _capped([one], visitor_id, now):
        return None
    return Invited.objects.create(
        invitation=one, visitor=visitor_id, variant=variant, page_url=page_url[:1000], shown_at=now
    )


def answered(invitation_id: int, visitor_id: UUID, *, accepted: bool, now: datetime) -> None:
    """The first answer counts."""
    last = _open(visitor_id, now).filter(invitation=invitation_id, accepted_at=None, dismissed_at=None)
    _newest(last).update(**{"accepted_at" if accepted else "dismissed_at": now})


def led_to(chat: Chat, visitor: ChatVisitor, *, now: datetime) -> None:
    """A chat has begun: after an invitation, shown or held back, it is counted with it."""
    _newest(_open(visitor.pk, now).filter(shown_at__gt=now - LED_WITHIN, chat=None)).update(chat=chat)


def reached_goal(widget: ChatWidget, visitor_id: UUID, name: str, value: Any = None, *, now: datetime) -> int:
    """The page says that the visitor did what was hoped for, as a purchase; how many invitations that counts for."""
    waiting = Invited.objects.filter(
        visitor=visitor_id, goal_at=None, shown_at__gt=now - GOAL_WITHIN,
        invitation__widget=widget, invitation__goal=name,
    )  # fmt: skip
    return waiting.update(goal_at=now, goal_value=_amount(value))


def _amount(value: Any) -> Decimal | None:
    try:
        amount = Decimal(str(value)).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount) <= MOST_VALUE else None


def _open(visitor_id: UUID, now: datetime) -> Any:
    return Invited.objects.filter(visitor=visitor_id, shown_at__gt=now - GOAL_WITHIN)


def _newest(rows: Any) -> Any:
    return Invited.objects.filter(pk__in=rows.order_by("-shown_at").values("pk")[:1])


@dataclass(frozen=True)
class Figures:
    """What came of one variant. `value` sums what the page said of goals."""

    variant: str
    seen: int
    accepted: int
    chats: int
    goals: int
    value: Decimal

    def share(self, count: int) -> float | None:
        return count / self.seen if self.seen else None

    @property
    def chat_share(self) -> float | None:
        return self.share(self.chats)

    @property
    def goal_share(self) -> float | None:
        return self.share(self.goals)


def figures(invitation: ChatInvitation) -> list[Figures]:
    """Of each of its variants, and of those it had before."""
    counted = {
        row["variant"]: row
        for row in invitation.invited.order_by()
        .values("variant")
        .annotate(
            seen=Count("pk"),
            accepted=Count("pk", filter=Q(accepted_at__isnull=False)),
            chats=Count("chat"),
            goals=Count("pk", filter=Q(goal_at__isnull=False)),
            value=Sum("goal_value"),
        )
    }
    keys = [each["key"] for each in invitation.variants]
    return [_figures(key, counted.get(key, {})) for key in [*keys, *sorted(counted.keys() - set(keys))]]


def _figures(key: str, row: Mapping[str, Any]) -> Figures:
    counts = {name: row.get(name, 0) for name in ("seen", "accepted", "chats", "goals")}
    return Figures(key, **counts, value=row.get("value") or Decimal(0))
