"""What the views of a ticket share: fetch through the viewer, ask the policy, say no in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from helpdesk.accounts.models import User
from tickets.models import Ticket
from tickets.one_ticket import visible_ticket

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request that `staff_only` let through."""

    user: User
    htmx: HtmxDetails


Policy = Callable[[User, Ticket], bool]


def staff_only(
    view: Callable[Concatenate[StaffRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Sign-in first; afterwards every user is a member of staff, because customers have no user."""

    @wraps(view)
    def inner(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return view(cast(StaffRequest, request), *args, **kwargs)

    return login_required(inner)


def ticket_for(request: StaffRequest, number: int) -> Ticket:
    """The ticket, if its reader may see it: 404 says the same for "none" and "not yours"."""
    ticket = visible_ticket(request.user, number)
    if ticket is None:
        raise Http404
    return ticket


def require(allowed: bool, reason: str = "") -> None:
    """403 with a sentence unless `allowed`."""
    if not allowed:
        raise PermissionDenied(reason or _("Your role does not include this: light agents read and write notes."))


def submitted(request: HttpRequest) -> QueryDict:
    """The form in the body. Django reads that of a POST only; ours may come by PUT and DELETE too."""
    return request.POST if request.method == "POST" else QueryDict(request.body, encoding=request.encoding)


def wants_fragment(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def with_toast(response: HttpResponse, text: str, tone: str = "green", **more: Any) -> HttpResponse:
    """Let the page say `text` in passing; `undo` (an address) and `seconds` add an Undo button."""
    response["HX-Trigger"] = json.dumps({"ot:toast": {"text": text, "tone": tone, **more}})
    return response


def back_to(request: HttpRequest, ticket: Ticket, *, error: str = "") -> HttpResponse:
    """For browsers without scripts: the ticket's page, with what went wrong at its top."""
    if error:
        messages.error(request, error)
    return redirect("ticket", number=ticket.pk)
