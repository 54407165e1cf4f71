"""The console: one's own chats side by side, who waits, and what is offered."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from helpdesk.lib.typed import whole_number
from tickets import policies
from tickets.chat import console as chats
from tickets.chat import queue
from tickets.models import Capacity
from tickets.routing.candidates import DEFAULT_ROOM
from tickets.views.chat.pane import pane_context
from tickets.views.chat.script_words import script_words
from tickets.views.chat.support import chat_for
from tickets.views.support import StaffRequest, require, staff_only


@require_GET
@staff_only
def console(request: StaffRequest) -> HttpResponse:
    """One's chats, and `?open=` one more that is looked at."""
    require(policies.may_enter(request.user))
    context = _rail(request)
    opened = [row.chat.pk for row in context["mine"] if row.chat.is_live]
    asked = whole_number(request.GET.get("open", "")) or 0
    if asked and asked not in opened and queue.visible_to(request.user).filter(pk=asked).exists():
        opened.append(asked)
    panes = [pane_context(request, chat_for(request, pk)) for pk in opened]
    more = {"active": "chats", "panes": panes, "first": asked or (opened[0] if opened else 0), "words": script_words()}
    return render(request, "chat/console.html", context | more)


@require_GET
@staff_only
def rail(request: StaffRequest) -> HttpResponse:
    """One's chats and who waits: a live fragment."""
    return render(request, "chat/_rail.html", _rail(request))


def _rail(request: StaffRequest) -> dict[str, Any]:
    mine = chats.mine(request.user, now=timezone.now())
    return {
        "mine": mine,
        "live": sum(row.chat.is_live for row in mine),
        "room": _room(request),
        "waiting": chats.waiting(request.user),
        "may_talk": policies.may_chat(request.user),
        "may_lead": policies.may_lead_chats(request.user),
    }


def _room(request: StaffRequest) -> int:
    """How many chats this person takes at a time."""
    per_channel = Capacity.objects.filter(user=request.user).values_list("per_channel", flat=True).first() or {}
    return int(per_channel.get("chat", DEFAULT_ROOM["chat"]))


@require_GET
@staff_only
def badge(request: StaffRequest) -> HttpResponse:
    """The sidebar's entry with its count, once the page is there: no page waits for it."""
    now = timezone.now()
    mine = chats.mine(request.user, now=now)
    counts = {
        "waiting": chats.count_waiting(request.user),
        "unread": sum(row.unread for row in mine if row.chat.is_live),
        "offers": len(chats.offered(request.user, now=now)),
    }
    return render(request, "components/nav_chats.html", {"active": request.GET.get("active", ""), "chats": counts})


@require_GET
@staff_only
def offers(request: StaffRequest) -> HttpResponse:
    """What waits for a yes or no: shown on whatever page the person has open."""
    found = chats.offered(request.user, now=timezone.now())
    shown = [{"offer": offer, "face": chats.face_of(offer.chat.visitor)} for offer in found]
    return render(request, "chat/_offers.html", {"offers": shown, "now": timezone.now()})
