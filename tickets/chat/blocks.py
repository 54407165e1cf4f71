"""Who gets no more chats: a browser, a network address, or a customer, for a while or for good.

Of network addresses only a keyed hash is kept: for a day, of those who have written, so that staff can block one by
what was written; and in a block for as long as it lasts.
"""

from __future__ import annotations

import hmac
import logging
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final
from uuid import UUID

import redis
from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from helpdesk.lib.valkey import valkey
from tickets.chat import wire
from tickets.models import BlockedBy, Chat, ChatBlock
from tickets.services import Refused

logger = logging.getLogger(__name__)

ADDRESS_KEPT_FOR: Final = timedelta(hours=24)


def hash_of(address: str) -> str:
    """Of an IPv6 address its network of 64 bits, which one household or machine has for itself."""
    return hmac.new(settings.SECRET_KEY.encode(), f"chat-address\0{network_of(address)}".encode(), sha256).hexdigest()[
        :40
    ]


def network_of(address: str) -> str:
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped or ip_network((ip, 64), strict=False))
    return str(ip)


def is_blocked(visitor: UUID, address: str, *, customer: int | None = None, now: datetime) -> bool:
    who = Q(by=BlockedBy.VISITOR, value=str(visitor)) | Q(by=BlockedBy.ADDRESS, value=hash_of(address))
    if customer:
        who |= Q(by=BlockedBy.CUSTOMER, value=str(customer))
    return ChatBlock.objects.filter(who).filter(Q(until=None) | Q(until__gt=now)).exists()


def note_address(visitor: UUID, address: str) -> None:
    """Whoever writes can be blocked by their network for a day. Without Valkey only by their browser."""
    try:
        valkey().set(_key(visitor), hash_of(address), ex=ADDRESS_KEPT_FOR)
    except redis.RedisError as error:
        logger.info("a visitor's network is not noted, Valkey does not answer: %s", error)


def block(
    chat: Chat, by: str, *, user: User, reason: str = "", until: datetime | None = None, now: datetime | None = None
) -> ChatBlock:
    """Keep out who wrote in `chat`. Raises `Refused` where it isn't known any more by what to know them again."""
    value = _value(chat, by)
    if not value:
        raise Refused(_("Their network is not known any more. Block the browser instead."))
    known = {"shown": str(chat.visitor)[:200], "reason": reason[:300], "made_by": user, "until": until,
             "created_at": now or timezone.now()}  # fmt: skip
    made, _is_new = ChatBlock.objects.update_or_create(by=by, value=value, defaults=known)
    for address in (chat.pk, wire.address_of(chat.visitor_id)):
        wire.tell(address, {"t": "blocked"})
    return made


def _value(chat: Chat, by: str) -> str:
    if by == BlockedBy.VISITOR:
        return str(chat.visitor_id)
    if by == BlockedBy.CUSTOMER:
        return str(chat.visitor.customer_id or "")
    try:
        return str(valkey().get(_key(chat.visitor_id)) or "")
    except redis.RedisError:
        return ""


def _key(visitor: UUID) -> str:
    return f"{settings.VALKEY_PREFIX}:chat-from:{visitor}"
