"""What the views of chats share: fetch through the viewer, and say no in words where the page can show them."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect

from tickets import policies
from tickets.chat import queue
from tickets.models import Chat
from tickets.views.support import StaffRequest, require, wants_fragment


def chat_for(request: StaffRequest, chat_id: int) -> Chat:
    """The chat, if its reader may see it: 404 says the same for "none" and "not yours"."""
    related = ("visitor__customer", "widget__inbox", "team", "agent", "ticket__requester", "ticket__inbox")
    require(policies.may_enter(request.user))
    return get_object_or_404(queue.visible_to(request.user).select_related(*related), pk=chat_id)


def done(request: StaffRequest, chat: Chat | None = None, **more: object) -> HttpResponse:
    """The page's scripts go on by themselves; without them the console comes back."""
    if wants_fragment(request):
        return JsonResponse({"chat": chat.pk if chat else None, **more})
    return redirect(f"/agent/chats/?open={chat.pk}" if chat else "/agent/chats/")


def refused(request: StaffRequest, error: Exception, status: int = HTTPStatus.UNPROCESSABLE_ENTITY) -> HttpResponse:
    if wants_fragment(request):
        return JsonResponse({"detail": str(error), "field": getattr(error, "field", "")}, status=status)
    messages.error(request, str(error))
    return redirect("chats")
