"""What the views of records share: sign-in, the record, a no in words, toasts."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from customers import policies
from customers.models import Customer
from helpdesk.accounts.models import User

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request that `staff_only` let through."""

    user: User
    htmx: HtmxDetails


def staff_only(
    view: Callable[Concatenate[StaffRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Sign-in first, and leave to see customers at all."""

    @wraps(view)
    def inner(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        require(policies.may_see_customers(cast(User, request.user)))
        return view(cast(StaffRequest, request), *args, **kwargs)

    return login_required(inner)


def customer_for(customer_id: int) -> Customer:
    """A record that is in use; one that was merged or erased is none any more (404)."""
    found = Customer.objects.select_related("organisation", "owner").filter(pk=customer_id).first()
    if found is None or found.merged_into_id or found.erased_at:
        raise Http404
    return found


def require(allowed: bool, reason: str = "") -> None:
    """403 with a sentence unless `allowed`."""
    if not allowed:
        raise PermissionDenied(reason or _("Your role reads customers’ records and does not change them."))


def wants_fragment(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def with_toast(response: HttpResponse, text: str, tone: str = "green", **more: Any) -> HttpResponse:
    """Let the page say `text` in passing; `undo` (an address) and `seconds` add an Undo button."""
    response["HX-Trigger"] = json.dumps({"ot:toast": {"text": text, "tone": tone, **more}})
    return response
