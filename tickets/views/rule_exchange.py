"""Rules out to a file and in from one."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from tickets.automation import exchange
from tickets.services.errors import Refused
from tickets.views.rules import kind_context, managed, plural
from tickets.views.support import StaffRequest

LARGEST = 5_000_000  # bytes


@require_GET
@managed
def export(request: StaffRequest, kind: str) -> HttpResponse:
    data = exchange.export_rules(kind, request.user)
    response = JsonResponse(data, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="{plural(kind)}.json"'
    return response


@require_http_methods(["GET", "POST"])
@managed
def import_(request: StaffRequest, kind: str) -> HttpResponseBase:
    """A file, or its text. All of it is taken or nothing; what can't run is switched off."""
    if request.method == "GET":
        return render(request, "settings/rules/import.html", kind_context(kind))
    text = request.POST.get("text", "")
    try:
        outcome = exchange.import_rules(kind, sent(request, text), request.user, switch_on="switch_on" in request.POST)
    except Refused as refused:
        context = kind_context(kind) | {"error": str(refused), "text": text[:LARGEST]}
        return render(request, "settings/rules/import.html", context, status=422)
    count, troubled = len(outcome.made), len(outcome.to_repair)
    messages.success(
        request, ngettext("%(count)s rule imported.", "%(count)s rules imported.", count) % {"count": count}
    )
    if troubled:
        words = ngettext(
            "%(count)s of them names something that is not here. It is switched off until you repair it.",
            "%(count)s of them name something that is not here. They are switched off until you repair them.",
            troubled,
        )
        messages.warning(request, words % {"count": troubled})
    return redirect(f"settings-{plural(kind)}")


def sent(request: StaffRequest, text: str) -> object:
    file = request.FILES.get("file")
    if file is not None and (file.size or 0) > LARGEST:
        raise Refused(_("The file is larger than 5 MB."))
    raw = file.read() if file is not None else text.encode(errors="replace")
    if not raw.strip():
        raise Refused(_("Choose a file, or paste its text."))
    try:
        return storable(json.loads(raw))
    except (ValueError, RecursionError) as error:
        raise Refused(_("This is no JSON that can be read.")) from error


def storable(data: object) -> object:
    """`data` as it is; raises ValueError where the database could not keep it: NUL, half a character, infinity."""
    written = json.dumps(data, allow_nan=False, ensure_ascii=False).encode()
    if b"\\u0000" in written:
        raise ValueError("NUL")
    return data
