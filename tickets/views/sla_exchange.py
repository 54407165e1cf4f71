"""SLA policies out to a file and in from one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from tickets.sla.exchange import export_policies, import_policies
from tickets.views.exchange import handed_out, taken_in, tell_of_repairs
from tickets.views.rules import managed
from tickets.views.support import StaffRequest


@require_GET
@managed
def export(request: StaffRequest) -> HttpResponse:
    return handed_out(export_policies(request.user), "sla-policies")


@require_http_methods(["GET", "POST"])
@managed
def import_(request: StaffRequest) -> HttpResponseBase:
    """A file, or its text. All of it is taken or nothing; what can't be asked is switched off."""
    outcome = taken_in(
        request,
        "settings/sla/import.html",
        {"active": "settings"},
        lambda data: import_policies(data, request.user, switch_on="switch_on" in request.POST),
    )
    if isinstance(outcome, HttpResponse):
        return outcome
    made, to_repair = outcome
    words = ngettext("%(count)s policy imported.", "%(count)s policies imported.", len(made))
    messages.success(request, words % {"count": len(made)})
    tell_of_repairs(request, len(to_repair))
    return redirect("settings-sla")
