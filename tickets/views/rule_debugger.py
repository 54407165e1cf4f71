"""Why rules did what they did to a ticket, and why others did not."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tickets.automation.explaining import explain, traces_of
from tickets.models import Rule
from tickets.views.support import StaffRequest, staff_only, ticket_for, wants_fragment

SHOWN = 10


@require_GET
@staff_only
def ticket_rules(request: StaffRequest, number: int) -> HttpResponse:
    """The newest gestures, each with the rules that held. `gesture`: all rules of that one. `before`: older ones."""
    ticket = ticket_for(request, number)
    traces = traces_of(ticket)
    if asked := request.GET.get("gesture"):
        traces = traces.filter(gesture_id=_uuid(asked))
        if wants_fragment(request):
            found = explain(list(traces[:1]))
            return render(request, "tickets/rules/_others.html", {"gesture": found[0] if found else None})
    elif before := request.GET.get("before"):
        oldest = traces.filter(gesture_id=_uuid(before)).first()
        traces = traces.filter(created_at__lt=oldest.created_at) if oldest else traces.none()
    page = list(traces[: SHOWN + 1])
    context = {
        "ticket": ticket,
        "gestures": explain(page[:SHOWN]),
        "is_single": bool(asked),
        "older": page[SHOWN - 1].gesture_id if len(page) > SHOWN else None,
        "has_rules": Rule.objects.filter(is_active=True, deleted_at=None).exists(),
        "active": "",
    }
    return render(request, "tickets/rules/page.html", context)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
