"""What the browser is told, as docs/chat-protocol.md has it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.conf import settings

from channels_app.chat import files, tokens
from channels_app.chat.going_on import whatsapp_of
from channels_app.chat.session import Closed, Reply, Session, widget_of
from tickets.chat import flows, invitations, presence, waits
from tickets.chat.log import Line
from tickets.chat.rating import is_rated
from tickets.models import Chat, ChatState, ChatVisitor

PAGE: Final = 50  # lines of a welcome, and of a page of what was said before
KEPT_FOR: Final = 3.0  # seconds that a process believes who is online
UPLOAD: Final = "/widget/upload/"

_online: dict[str, tuple[float, Reply]] = {}  # by the key of the widget
_greetings: dict[tuple[str, str], tuple[float, Reply | None]] = {}


def ack(line: Line) -> Reply:
    return {"t": "ack", "id": str(line.client_id), "seq": line.seq, "at": line.at.isoformat()}


def line(entry: dict[str, Any]) -> Reply:
    return {"t": "line", "line": files.with_addresses(entry)}


def lines(known: Sequence[Line]) -> list[dict[str, Any]]:
    return [files.with_addresses(each.as_dict()) for each in known]


def refused(code: str, reason: str, *, of: str = "", line: str = "", **more: Any) -> Reply:
    named = {"of": of, "id": line}
    return {"t": "refused", "code": code, "reason": reason, **{key: value for key, value in named.items() if value},
            **more}  # fmt: skip


def online(key: str, now: datetime) -> Reply | None:
    """Whether anybody is there; None where the widget is closed. Everybody who comes asks: known for a moment."""
    if known := known_online(key):
        return known
    try:
        found = presence.is_online(widget_of(key), now)
    except Closed:
        return None
    reply = {"t": "online", "is_online": found.is_online, "opens_at": _at(found.opens_at),
             "answer_by": _at(found.answer_by)}  # fmt: skip
    _online[key] = (time.monotonic() + KEPT_FOR, reply)
    return reply


def known_online(key: str, *, however_old: bool = False) -> Reply | None:
    until, reply = _online.get(key, (0.0, None))
    return reply if however_old or until > time.monotonic() else None


def forget_online() -> None:
    """Somebody came or went."""
    for key, (_until, reply) in _online.items():
        _online[key] = (0.0, reply)


def chat(session: Session, now: datetime) -> Reply:
    """How the chat stands. The session has its row anew afterwards."""
    if session.chat is None:
        return {"t": "chat", "chat": None, "wait": None}
    session.chat = Chat.objects.select_related("agent").get(pk=session.chat.pk)
    reply = {"t": "chat", "chat": _chat(session), "wait": _wait(session.chat, now)}
    session.told = told(reply)
    return reply


def told(reply: Reply) -> str:
    """What may have changed, in short: who polls says what they were told last."""
    known, wait = reply["chat"] or {}, reply["wait"] or {}
    agent = known.get("agent") or {}
    facts = (known.get("key"), known.get("state"), agent.get("name"), known.get("hold_until"), known.get("seen"),
             known.get("is_rated"), wait.get("position"))  # fmt: skip
    return "|".join("" if fact is None else str(fact) for fact in facts)


def _chat(session: Session) -> dict[str, Any]:
    chat = session.chat
    assert chat
    agent = chat.agent if chat.state in (ChatState.ACTIVE, ChatState.ENDED) else None
    return {
        "key": str(chat.key),
        "state": chat.state,
        "agent": {"name": agent.name, "initials": agent.initials, "hue": agent.hue} if agent else None,
        "is_rated": is_rated(chat),
        "hold_until": _at(chat.hold_until),
        "seen": chat.agent_seen_seq,
        "whatsapp": whatsapp_of(chat, session.widget, session.language),
    }


def _wait(chat: Chat, now: datetime) -> dict[str, Any] | None:
    if chat.state != ChatState.WAITING:
        return None
    standing = waits.standing(chat, now=now)
    return {"position": standing.position, "seconds": standing.seconds}


def welcome(
    session: Session, visitor: ChatVisitor | None, standing: Reply, known: Sequence[Line], has_more: bool, now: datetime
) -> Reply:
    widget = session.widget
    open_now = online(session.key, now) or {}
    customer = visitor.customer if visitor and session.is_vouched else None
    invited = invitations.candidates(
        widget, session.visitor_id, customer=customer, language=session.language,
        is_online=open_now.get("is_online", False), now=now,
    ) if session.may_be_told_of and not session.live_chat else []  # fmt: skip
    return {
        **open_now,
        "t": "welcome",
        "token": session.token or tokens.make(session.visitor_id, widget.pk, is_vouched=session.is_vouched),
        "visitor": {
            "name": customer.name if customer else session.name,
            "email": "" if customer else session.email,
            "is_verified": session.is_vouched,
        },
        "chat": standing["chat"],
        "wait": standing["wait"],
        "lines": lines(known),
        "has_more": has_more,
        "invitations": [each.as_dict() for each in invited],
        "assistant": None if session.live_chat else _greeting(session),
        "upload": {"url": UPLOAD, "most_bytes": settings.CHAT_MAX_FILE_BYTES} if widget.takes_files else None,
    }


def _greeting(session: Session) -> Reply | None:
    """The assistant's, the same for everybody who comes within a few seconds."""
    asked = (session.key, session.language)
    until, greeting = _greetings.get(asked, (0.0, None))
    if until < time.monotonic():
        greeting = flows.greeting(session.widget, session.language)
        _greetings[asked] = (time.monotonic() + KEPT_FOR, greeting)
    return greeting


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
