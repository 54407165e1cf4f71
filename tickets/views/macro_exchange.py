"""Macros out to a file and in from one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from tickets.automation.macro_exchange import export_macros, import_macros
from tickets.views.exchange import handed_out, taken_in, tell_of_repairs
from tickets.views.support import StaffRequest, staff_only


@require_GET
@staff_only
def export(request: StaffRequest) -> HttpResponse:
    """Those that the reader may use."""
    return handed_out(export_macros(request.user), "macros")


@require_http_methods(["GET", "POST"])
@staff_only
def import_(request: StaffRequest) -> HttpResponseBase:
    """A file, or its text. All of it is taken or nothing."""
    outcome = taken_in(
        request, "tickets/macros/import.html", {"active": "macros"}, lambda data: import_macros(data, request.user)
    )
    if isinstance(outcome, HttpResponse):
        return outcome
    made, to_repair = outcome
    words = ngettext("%(count)s macro imported.", "%(count)s macros imported.", len(made))
    messages.success(request, words % {"count": len(made)})
    tell_of_repairs(request, len(to_repair))
    return redirect("macros")
