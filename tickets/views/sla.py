"""A ticket's targets with their receipts, and the hours by which pages count down."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from tickets.models import SlaEvent, SlaTarget
from tickets.sla.knowledge import hours_of_now
from tickets.sla.receipts import receipt_for
from tickets.views.support import StaffRequest, staff_only, ticket_for

BACK, AHEAD = timedelta(days=7), timedelta(days=21)


@require_GET
@staff_only
def targets(request: StaffRequest, number: int) -> HttpResponse:
    """All that was ever promised for the ticket, newest first."""
    ticket = ticket_for(request, number)
    rows = SlaTarget.objects.filter(ticket=ticket).select_related("policy", "calendar").order_by("-started_at", "-pk")
    return render(request, "tickets/sla/targets.html", {"ticket": ticket, "rows": rows[:200]})


@require_GET
@staff_only
def receipt(request: StaffRequest, number: int, target_id: int) -> HttpResponse:
    ticket = ticket_for(request, number)
    row = get_object_or_404(SlaTarget.objects.select_related("policy", "calendar"), pk=target_id, ticket=ticket)
    log = SlaEvent.objects.filter(ticket=ticket, metric=row.metric, instance=row.instance)
    context = {
        "ticket": ticket,
        "row": row,
        "receipt": receipt_for(row, ticket, now=timezone.now()),
        "log": list(log[:500]),
    }
    return render(request, "tickets/sla/receipt.html", context)


@require_GET
@staff_only
def hours(request: StaffRequest) -> HttpResponseBase:
    """Each calendar's working time of these weeks, in seconds since 1970: pages count down by it."""
    now = timezone.now()
    start, end = now - BACK, now + AHEAD
    timelines = hours_of_now().book.timelines
    periods = {
        pk: [[int(since.timestamp()), int(until.timestamp())] for since, until in timeline.periods(start, end)]
        for pk, timeline in timelines.items()
    }
    answer = JsonResponse({"hours": periods, "until": int(end.timestamp())})
    answer["Cache-Control"] = "private, max-age=300"
    return answer
