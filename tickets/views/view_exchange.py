"""Saved views out to a file and in from one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from tickets.view_exchange import export_views, import_views
from tickets.views.exchange import handed_out, taken_in, tell_of_repairs
from tickets.views.support import StaffRequest, staff_only


@require_GET
@staff_only
def export(request: StaffRequest) -> HttpResponse:
    """Those that the reader may use."""
    return handed_out(export_views(request.user), "views")


@require_http_methods(["GET", "POST"])
@staff_only
def import_(request: StaffRequest) -> HttpResponseBase:
    """A file, or its text. All of it is taken or nothing."""
    outcome = taken_in(
        request, "tickets/views/import.html", {"active": "views"}, lambda data: import_views(data, request.user)
    )
    if isinstance(outcome, HttpResponse):
        return outcome
    words = ngettext("%(count)s view imported.", "%(count)s views imported.", len(outcome.made))
    messages.success(request, words % {"count": len(outcome.made)})
    tell_of_repairs(request, len(outcome.to_repair))
    for title, columns in outcome.left_out.items():
        words = _("“%(title)s” is without these columns, which are not here: %(columns)s.")
        messages.info(request, words % {"title": title, "columns": ", ".join(columns)})
    return redirect("views")
