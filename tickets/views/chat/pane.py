"""One chat in the console: its pane, the head that says how it stands, and what is known of its visitor."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from tickets import policies
from tickets.chat import console as chats
from tickets.chat import log
from tickets.chat.pre_chat import told_answers
from tickets.models import Chat, ChatState
from tickets.surroundings import surroundings
from tickets.views.chat.support import chat_for
from tickets.views.support import StaffRequest, staff_only, ticket_for
from tickets.views.ticket import REFUSED_TYPES, details_context

LINES = 100  # of the log, with the pane
HOLD_CHOICES = (2, 5, 10)  # minutes


@require_GET
@staff_only
def pane(request: StaffRequest, chat_id: int) -> HttpResponse:
    return render(request, "chat/_pane.html", pane_context(request, chat_for(request, chat_id)))


@require_GET
@staff_only
def head(request: StaffRequest, chat_id: int) -> HttpResponse:
    return render(request, "chat/_head.html", head_context(request, chat_for(request, chat_id)))


@require_GET
@staff_only
def about(request: StaffRequest, chat_id: int) -> HttpResponse:
    """Who the visitor is, as far as anybody knows, and the details of the ticket."""
    chat = chat_for(request, chat_id)
    context = head_context(request, chat) | {
        "answers": told_answers(chat.widget, chat.answers, chat.language),
        "facts": _facts(chat),
    }
    if chat.ticket_id:
        ticket = ticket_for(request, chat.ticket_id)
        context |= details_context(request, ticket, surroundings(ticket, request.user))
    return render(request, "chat/_about.html", context)


def pane_context(request: StaffRequest, chat: Chat) -> dict[str, Any]:
    lines = log.newest(chat.pk, limit=LINES)
    data = {
        "lines": [line.as_dict() for line in lines],
        "notes": chats.notes_of(chat),
        "has_more": bool(lines) and lines[0].seq > 1,
        "seen": chat.visitor_seen_seq,
        "own_seen": chat.agent_seen_seq,
    }
    limits = {"refused_types": REFUSED_TYPES, "longest": log.LONGEST, "data_id": f"chat-data-{chat.pk}"}
    return head_context(request, chat) | limits | {"data": data}


def head_context(request: StaffRequest, chat: Chat) -> dict[str, Any]:
    is_mine, may_talk = chat.agent_id == request.user.pk, policies.may_chat(request.user)
    leads = policies.may_lead_chats(request.user)
    now = timezone.now()
    return {
        "chat": chat,
        "face": chats.face_of(chat.visitor),
        "is_mine": is_mine,
        "may_talk": may_talk,
        "may_write": is_mine and chat.state == ChatState.ACTIVE and may_talk,
        "may_pass_on": chat.state == ChatState.ACTIVE and ((is_mine and may_talk) or leads),
        "may_take_over": leads and not is_mine and chat.state in (ChatState.ACTIVE, ChatState.BOT),
        "hold_choices": HOLD_CHOICES,
        "since": chats.waits_since(chat),
        "on_hold": chat.hold_until is not None and chat.is_live and chat.hold_until > now,
        "max_bytes": settings.MAX_ATTACHMENT_BYTES,
    }


def _facts(chat: Chat) -> list[tuple[str, str]]:
    """What the page said of its visitor: said, not proved."""
    return [(str(key), _said(value)) for key, value in chat.visitor.attributes.items()]


def _said(value: object) -> str:
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)
