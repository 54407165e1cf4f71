"""Happenings as an adapter would tell them, and what they have become: told by ids that a test can read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from channels_app.base import Edited, Happening, MessageIn, Person, Reacted, Withdrawn
from channels_app.messaging.applying import apply
from channels_app.models import ProviderAccount, ProviderMessage
from tickets.models import Message

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NOW = NOON + timedelta(hours=1)
ADA = Person("u1", name="Ada Lovelace")


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def said(named: str, seconds: float = 0, text: str = "It rattles.", **fields: Any) -> MessageIn:
    return MessageIn(after(seconds), named, **{"thread_key": "t1", "sender": ADA, "text": text, **fields})


def echo(named: str, seconds: float = 0, text: str = "We look into it.", **fields: Any) -> MessageIn:
    return said(named, seconds, text, is_echo=True, sender=Person("page", name="Grace"), opens_window=False, **fields)


def edited(named: str, seconds: float, text: str, number: int = 1) -> Edited:
    return Edited(after(seconds), named, text, number)


def withdrawn(named: str, seconds: float) -> Withdrawn:
    return Withdrawn(after(seconds), named)


def reacted(named: str, seconds: float, emoji: str, who: Person = ADA) -> Reacted:
    return Reacted(after(seconds), named, "t1", who, emoji)


def tell(account: ProviderAccount, *happenings: Happening, now: datetime = NOW) -> None:
    for happening in happenings:
        apply(account, happening, now=now)


def shown(account: ProviderAccount) -> dict[str, Any]:
    """What stands on tickets, by the provider's ids: nothing in it may depend on the order of telling."""
    parts = ProviderMessage.objects.filter(account=account).select_related("message").order_by("external_id")
    return {part.external_id: _shown(part) for part in parts}


def _shown(part: ProviderMessage) -> dict[str, Any]:
    fate = {"state": part.state, "sent": part.sent_at, "delivered": part.delivered_at, "read": part.read_at}
    if part.message is None:
        return {"direction": part.direction, **fate}
    message = part.message
    facts = {name: value for name, value in message.facts.items() if name not in ("conversation", "reply_to")}
    answers = _named(message.facts.get("reply_to"))
    return {
        "direction": part.direction,
        **fate,
        "text": message.text,
        "html": message.html,
        "at": message.created_at,
        "role": message.author_role,
        "facts": facts,
        "answers": answers,
        "shares": _named(message.pk),
    }


def _named(message_id: int | None) -> list[str]:
    same = ProviderMessage.objects.filter(message=message_id) if message_id else ProviderMessage.objects.none()
    return sorted(same.values_list("external_id", flat=True))


def words(messages: Iterable[Message]) -> list[str]:
    return [message.text for message in messages]
