"""Who is on the company's pages now, and a word to them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import redis
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from helpdesk.accounts.models import User
from tickets import policies
from tickets.chat import visitors_now, wire
from tickets.models import Chat, ChatState, ChatWidget
from tickets.views.support import StaffRequest, require, staff_only, wants_fragment

LONGEST = 300  # characters of an invitation


@dataclass(frozen=True)
class Row:
    widget: ChatWidget
    visitor: visitors_now.Visitor
    chat: Chat | None

    @property
    def since(self) -> datetime:
        return datetime.fromtimestamp(self.visitor.since, UTC)

    @property
    def page_since(self) -> datetime:
        return datetime.fromtimestamp(self.visitor.page_since, UTC)


def _widgets(user: User) -> dict[int, ChatWidget]:
    """Those whose visitors this person may see: of their teams, and of teams that are nobody's secret."""
    seen = ChatWidget.objects.filter(is_active=True, watches_visitors=True)
    return {widget.pk: widget for widget in seen.exclude(team__in=user.hidden_team_ids)}


def _rows(user: User) -> list[Row]:
    """Raises `redis.RedisError`."""
    widgets = _widgets(user)
    here = visitors_now.here(widgets, now=time.time())
    live = Chat.objects.filter(visitor__in=[visitor.id for _widget, visitor in here]).exclude(state=ChatState.ENDED)
    chats = {str(chat.visitor_id): chat for chat in live.select_related("agent")}
    return [Row(widgets[widget], visitor, chats.get(visitor.id)) for widget, visitor in here]


@require_GET
@staff_only
def visitors(request: StaffRequest) -> HttpResponse:
    require(policies.may_enter(request.user))
    rows: Sequence[Row] | None
    try:
        rows = _rows(request.user)
    except redis.RedisError:
        rows = None  # the page says so
    watching = ChatWidget.objects.filter(is_active=True, watches_visitors=True).exists()
    context = {
        "rows": rows,
        "is_watching": watching,
        "may_invite": policies.may_reply(request.user),
        "active": "visitors",
    }
    return render(request, "chat/_visitors.html" if wants_fragment(request) else "chat/visitors.html", context)


@require_POST
@staff_only
def invitation(request: StaffRequest, visitor_id: UUID) -> HttpResponse:
    """Words for somebody who has not asked: shown on their page, and a chat only if they answer."""
    require(policies.may_reply(request.user))
    text = " ".join(request.POST.get("text", "").split())
    if not any(row.visitor.id == str(visitor_id) and row.chat is None for row in _rows(request.user)):
        raise Http404
    if not text or len(text) > LONGEST:
        messages.error(request, _("Say something, in at most %(limit)s characters.") % {"limit": LONGEST})
        return redirect("visitors")
    face = {"name": request.user.name, "initials": request.user.initials, "hue": request.user.hue}
    wire.tell(wire.address_of(visitor_id), {"t": "invite", "text": text, "agent": face})
    messages.success(request, _("The invitation is on their page."))
    return redirect("visitors")
