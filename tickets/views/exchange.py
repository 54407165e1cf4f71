"""Files of rules, macros, views and policies: how they are handed out, and how they are taken in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tickets.automation.interchange import CannotRead
from tickets.services.errors import Refused
from tickets.views.support import StaffRequest

T = TypeVar("T")

LARGEST = 5_000_000  # bytes


def handed_out(data: dict[str, Any], name: str) -> HttpResponse:
    response = JsonResponse(data, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response


def taken_in(
    request: StaffRequest, template: str, context: dict[str, Any], take: Callable[[object], T]
) -> T | HttpResponse:
    """What `take` makes of the file that was sent, or of its text; otherwise the page, which says what is wrong."""
    if request.method == "GET":
        return render(request, template, context)
    text = request.POST.get("text", "")
    try:
        return take(sent(request, text))
    except Refused as refused:
        problems = refused.problems if isinstance(refused, CannotRead) else [str(refused)]
        return render(request, template, context | {"problems": problems, "text": text[:LARGEST]}, status=422)


def tell_of_repairs(request: StaffRequest, count: int) -> None:
    """That so many of what was imported are switched off until somebody has repaired them."""
    if count:
        words = ngettext(
            "%(count)s of them names something that is not here. It is switched off until you repair it.",
            "%(count)s of them name something that is not here. They are switched off until you repair them.",
            count,
        )
        messages.warning(request, words % {"count": count})


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
