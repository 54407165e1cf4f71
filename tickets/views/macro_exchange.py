"""Macros out to a file and in from one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from tickets.automation.macro_exchange import export_macros, import_macros
from tickets.services.errors import Refused
from tickets.views.rule_exchange import LARGEST, sent
from tickets.views.support import StaffRequest, staff_only


@require_GET
@staff_only
def export(request: StaffRequest) -> HttpResponse:
    """Those that the reader may use."""
    response = JsonResponse(export_macros(request.user), json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="macros.json"'
    return response


@require_http_methods(["GET", "POST"])
@staff_only
def import_(request: StaffRequest) -> HttpResponseBase:
    """A file, or its text. All of it is taken or nothing."""
    if request.method == "GET":
        return render(request, "tickets/macros/import.html", {"active": "macros"})
    text = request.POST.get("text", "")
    try:
        made, to_repair = import_macros(sent(request, text), request.user)
    except Refused as refused:
        context = {"error": str(refused), "text": text[:LARGEST], "active": "macros"}
        return render(request, "tickets/macros/import.html", context, status=422)
    words = ngettext("%(count)s macro imported.", "%(count)s macros imported.", len(made))
    messages.success(request, words % {"count": len(made)})
    if to_repair:
        words = ngettext(
            "%(count)s of them names something that is not here. It is switched off until you repair it.",
            "%(count)s of them name something that is not here. They are switched off until you repair them.",
            len(to_repair),
        )
        messages.warning(request, words % {"count": len(to_repair)})
    return redirect("macros")
