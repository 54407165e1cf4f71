"""What the views of calls share: fetch through the viewer, and where somebody came from."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from tickets import policies
from tickets.calls import callbacks, log
from tickets.models import Call, CallbackRequest, Inbox
from tickets.services import Refused
from tickets.views.support import StaffRequest, require, wants_fragment, with_toast

CAME_FROM = re.compile(r"^/(?:agent/tickets|customers)/(\d{1,18})/")


def call_for(request: StaffRequest, call_id: int) -> Call:
    """The call, if its reader may see it: 404 says the same for "none" and "not yours"."""
    require(policies.may_enter(request.user))
    return get_object_or_404(log.visible_to(request.user), pk=call_id)


def callback_for(request: StaffRequest, callback_id: int) -> CallbackRequest:
    require(policies.may_enter(request.user))
    related = ("ticket", "customer", "claimed_by", "call")
    return get_object_or_404(callbacks.visible_to(request.user).select_related(*related), pk=callback_id)


def came_from(request: StaffRequest) -> tuple[int, int]:
    """The ticket and the customer of the page from which somebody went to write down a call; 0: neither."""
    path = urlsplit(request.headers.get("Referer", "")).path
    found = CAME_FROM.match(path)
    if found is None:
        return 0, 0
    number = int(found.group(1))
    return (number, 0) if path.startswith("/agent/") else (0, number)


def back(request: StaffRequest, to: str, *args: object, error: str = "", done: str = "") -> HttpResponse:
    """Where they go on: pages fetch what changed by themselves, browsers without scripts go to `to`."""
    if wants_fragment(request):
        response = HttpResponse(status=204)
        return with_toast(response, error, "red") if error else response
    if error:
        messages.error(request, error)
    elif done:
        messages.success(request, done)
    return redirect(to, *args)


def an_inbox(chosen: Inbox | None = None) -> Inbox:
    """For a ticket that a call begins: the one chosen, else the first there is. Raises `Refused` without any."""
    inbox = chosen or Inbox.objects.filter(is_active=True).order_by("pk").first()
    if inbox is None:
        raise Refused(_("There is no inbox for a new ticket."), field="inbox")
    return inbox
