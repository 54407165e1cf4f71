"""The floor, for those who lead: who waits, who talks. A chat opens beside it, to be read along or taken over."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from helpdesk.lib.typed import whole_number
from tickets import policies
from tickets.chat import queue
from tickets.chat.floor import floor_of
from tickets.views.chat.pane import pane_context
from tickets.views.chat.script_words import script_words
from tickets.views.chat.support import chat_for
from tickets.views.support import StaffRequest, require, staff_only


@require_GET
@staff_only
def floor(request: StaffRequest) -> HttpResponse:
    """`?open=` a chat that is read along."""
    require(policies.may_lead_chats(request.user))
    asked = whole_number(request.GET.get("open", "")) or 0
    is_there = asked and queue.visible_to(request.user).filter(pk=asked).exists()
    panes = [pane_context(request, chat_for(request, asked))] if is_there else []
    more = {"active": "chats", "panes": panes, "first": asked if is_there else 0, "words": script_words()}
    return render(request, "chat/floor.html", _rail(request) | more)


@require_GET
@staff_only
def rail(request: StaffRequest) -> HttpResponse:
    """Everything but the open chats: a live fragment."""
    require(policies.may_lead_chats(request.user))
    return render(request, "chat/_floor.html", _rail(request))


def _rail(request: StaffRequest) -> dict[str, Any]:
    now = timezone.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return {"floor": floor_of(request.user, now=now, midnight=midnight), "now": now}
