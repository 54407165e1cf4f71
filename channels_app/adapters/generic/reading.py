"""A call of the open webhook (docs/channels/generic.md), read field by field: whoever writes one may get any wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from channels_app.base import (
    Edited,
    Happening,
    Malformed,
    MediaRef,
    MessageIn,
    Person,
    StatusTold,
    Unhandled,
    Withdrawn,
)
from channels_app.voice import pbx
from customers.models import IdentityKind

MOST_FILES = 10
STATES = {"sent", "delivered", "read", "failed"}
# Which field each kind of call cannot do without.
NEEDED = {
    "message.created": ("id", "sender.id"),
    "message.updated": ("id",),
    "message.deleted": ("id",),
    "message.status": ("id",),
}


def missing_field(body: dict[str, Any]) -> str:
    """The first that is not there; empty where nothing is missing."""
    if pbx.is_of_call(body):
        return pbx.missing_field(body)
    for name in NEEDED.get(_text(body, "type"), ()):
        place, _dot, field = name.rpartition(".")
        if not _text(_object(body, place) if place else body, field).strip():
            return name
    return ""


def read(body: dict[str, Any], *, now: datetime, trusts_addresses: bool = False) -> Iterator[Happening]:
    """What the call tells; `trusts_addresses`: its e-mail addresses and numbers are proved on the other side."""
    kind, named = _text(body, "type"), _text(body, "id").strip()
    if missing_field(body):
        raise Malformed(f"{missing_field(body)} is missing")
    match kind:
        case "message.created":
            yield _message(body, named, trusts_addresses, now)
        case "message.updated":
            at = _moment(body, "updated_at", _moment(body, "created_at", now))
            yield Edited(at, named, _text(body, "text"), number=int(at.timestamp() * 1000))
        case "message.deleted":
            yield Withdrawn(_moment(body, "deleted_at", now), named)
        case "message.status" if _text(body, "status") in STATES:
            error = _object(body, "error")
            yield StatusTold(
                _moment(body, "at", now),
                named,
                _text(body, "status"),
                client_key=named,
                code=_text(error, "code"),
                error=_text(error, "message"),
            )
        case _:
            yield Unhandled(now, kind or "no type")


def read_or_say(body: dict[str, Any], *, now: datetime, trusts_addresses: bool = False) -> Iterator[Happening]:
    if pbx.is_of_call(body):
        yield from pbx.read_call(body, now=now)
        return
    try:
        yield from read(body, now=now, trusts_addresses=trusts_addresses)
    except Malformed as error:
        yield Unhandled(now, str(error))


def _message(body: dict[str, Any], named: str, trusts_addresses: bool, now: datetime) -> MessageIn:
    sender = _object(body, "sender")
    key = _text(sender, "id").strip()
    custom = _object(body, "custom")
    return MessageIn(
        _moment(body, "created_at", now),
        external_id=named,
        thread_key=_text(body, "conversation_id").strip() or key,
        sender=Person(key, name=_text(sender, "name"), also=_addresses(sender) if trusts_addresses else ()),
        text=_text(body, "text"),
        files=_files(body),
        reply_to=_text(body, "reply_to").strip(),
        is_echo=_text(body, "direction") == "outbound",
        client_key=named if _text(body, "direction") == "outbound" else "",
        facts={"custom": custom} if custom else {},
    )


def _addresses(sender: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    found = ((IdentityKind.EMAIL, _text(sender, "email")), (IdentityKind.PHONE, _text(sender, "phone")))
    return tuple((str(kind), value.strip()) for kind, value in found if value.strip())


def _files(body: dict[str, Any]) -> list[MediaRef]:
    listed = body.get("attachments")
    files = []
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, dict) and (url := _text(each, "url").strip()):
            size = each.get("size")
            files.append(
                MediaRef(
                    {"url": url},
                    filename=_text(each, "filename"),
                    content_type=_text(each, "content_type"),
                    size=size if isinstance(size, int) and 0 <= size < 2**62 else None,
                )
            )
    return files[:MOST_FILES]


def _text(body: dict[str, Any], name: str) -> str:
    """Ids given as numbers are texts, too; what is neither is not there."""
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    try:
        return str(value)
    except ValueError:  # thousands of digits
        return ""


def _object(body: dict[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name)
    return value if isinstance(value, dict) else {}


def _moment(body: dict[str, Any], name: str, otherwise: datetime) -> datetime:
    """ISO 8601; without an offset it is UTC."""
    try:
        at = datetime.fromisoformat(_text(body, name))
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return otherwise
