"""Rules out to a file and in from one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from tickets.automation import exchange
from tickets.views.exchange import handed_out, taken_in, tell_of_repairs
from tickets.views.rules import kind_context, managed, plural
from tickets.views.support import StaffRequest


@require_GET
@managed
def export(request: StaffRequest, kind: str) -> HttpResponse:
    return handed_out(exchange.export_rules(kind, request.user), plural(kind))


@require_http_methods(["GET", "POST"])
@managed
def import_(request: StaffRequest, kind: str) -> HttpResponseBase:
    """A file, or its text. All of it is taken or nothing; what can't run is switched off."""
    switch_on = "switch_on" in request.POST
    outcome = taken_in(
        request,
        "settings/rules/import.html",
        kind_context(kind),
        lambda data: exchange.import_rules(kind, data, request.user, switch_on=switch_on),
    )
    if isinstance(outcome, HttpResponse):
        return outcome
    count = len(outcome.made)
    words = ngettext("%(count)s rule imported.", "%(count)s rules imported.", count)
    messages.success(request, words % {"count": count})
    tell_of_repairs(request, len(outcome.to_repair))
    return redirect(f"settings-{plural(kind)}")
