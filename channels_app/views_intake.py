"""Mail that came in and what became of it, above all what is on no ticket: the list, one mail, and reading it again."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from channels_app.models import InboundPayload, PayloadState
from channels_app.tasks_inbound import reprocess
from helpdesk.lib.typed import whole_number
from tickets import policies
from tickets.views.support import StaffRequest, require, staff_only, wants_fragment

PER_PAGE = 50
SHOWN_BYTES = 64 * 1024
ON_NO_TICKET = (PayloadState.HELD, PayloadState.FAILED, PayloadState.REFUSED)
REREADABLE = (*ON_NO_TICKET, PayloadState.DUPLICATE)
TONES = {
    PayloadState.RECEIVED: "blue",
    PayloadState.APPLIED: "green",
    PayloadState.HELD: "amber",
    PayloadState.DUPLICATE: "slate",
    PayloadState.REFUSED: "slate",
    PayloadState.FAILED: "red",
}


@require_GET
@staff_only
def intake_page(request: StaffRequest) -> HttpResponse:
    """What is on no ticket, the newest first; `?state=` shows one state, `?before=<id>` goes on."""
    rows = visible_payloads(request).defer("raw")
    state = request.GET.get("state", "")
    rows = rows.filter(state=state) if state in PayloadState.values else rows.filter(state__in=ON_NO_TICKET)
    if before := whole_number(request.GET.get("before", "")):
        rows = rows.filter(pk__lt=before)
    page = list(rows.order_by("-pk")[: PER_PAGE + 1])
    context = {
        "active": "intake",
        "payloads": [(payload, TONES[PayloadState(payload.state)], gist(payload)) for payload in page[:PER_PAGE]],
        "older": page[PER_PAGE - 1].pk if len(page) > PER_PAGE else None,
        "state": state,
        "states": PayloadState.choices,
    }
    return render(request, "channels/_intake_rows.html" if wants_fragment(request) else "channels/intake.html", context)


@require_GET
@staff_only
def intake_mail(request: StaffRequest, payload_id: int) -> HttpResponse:
    """One mail: how it came, what was decided and why, and its source."""
    payload = visible_payload(request, payload_id)
    raw = bytes(payload.raw)
    context = {
        "active": "intake",
        "payload": payload,
        "tone": TONES[PayloadState(payload.state)],
        "gist": gist(payload),
        "source": raw[:SHOWN_BYTES].decode("utf-8", "replace").replace("\0", "�"),
        "is_cut": len(raw) > SHOWN_BYTES,
        "is_rereadable": bool(raw) and payload.state in REREADABLE,
    }
    return render(request, "channels/intake_mail.html", context)


@require_GET
@staff_only
def intake_raw(request: StaffRequest, payload_id: int) -> HttpResponse:
    """The bytes as they came, to read or to keep as a file (`?download=1`)."""
    payload = visible_payload(request, payload_id)
    response = HttpResponse(bytes(payload.raw), content_type="text/plain; charset=utf-8")
    if request.GET.get("download"):
        response["Content-Type"] = "message/rfc822"
        response["Content-Disposition"] = f'attachment; filename="mail-{payload.pk}.eml"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@staff_only
def reading(request: StaffRequest, payload_id: int) -> HttpResponse:
    """Read the mail again, as if it had just come; 409 when it is on a ticket or waits already."""
    payload = visible_payload(request, payload_id)
    if not reprocess(payload):
        return HttpResponse(_("This mail is on a ticket already, or about to be read."), status=409)
    messages.success(request, _("The mail is read again."))
    return redirect("intake-mail", payload_id=payload.pk)


def gist(payload: InboundPayload) -> str:
    """The reason in one line: of a traceback, what it ends with."""
    lines = payload.reason.strip().splitlines()
    return lines[-1][:300] if lines else ""


def visible_payloads(request: StaffRequest) -> QuerySet[InboundPayload]:
    require(policies.may_see_intake(request.user), _("Mail that is on no ticket is for team leads and admins."))
    return InboundPayload.objects.select_related("account__inbox")


def visible_payload(request: StaffRequest, payload_id: int) -> InboundPayload:
    return get_object_or_404(visible_payloads(request), pk=payload_id)
