"""A person's own page. It is theirs alone: no address leads to another person's."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from metrics.me.days import own_days
from metrics.me.heard import praise_of, ratings_of
from metrics.spans import reporting_zone
from tickets import policies
from tickets.models import Ticket
from tickets.views.support import StaffRequest, require, staff_only

LISTED = 8


@require_GET
@staff_only
def own_page(request: StaffRequest) -> HttpResponse:
    require(policies.may_enter(request.user))
    user, now, zone = request.user, timezone.now(), reporting_zone()
    tomorrow = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(), zone)
    mine = Ticket.objects.visible_to(user).unsolved().filter(assignee=user).select_related("requester")
    waiting = mine.filter(waiting_since__isnull=False)
    due = mine.filter(sla_due_at__lt=tomorrow)
    votes, ratings = ratings_of(user, now=now)
    rated = Ticket.objects.visible_to(user).filter(pk__in=[each.ticket_id for each in ratings])
    seen = set(rated.values_list("pk", flat=True))
    context = {
        "active": "reports",
        "name": "me",
        "query": "",
        "own": own_days(user, now=now, zone=zone),
        "waiting": waiting.order_by("waiting_since", "pk")[:LISTED],
        "waiting_count": waiting.count(),
        "due": due.order_by("sla_due_at", "pk")[:LISTED],
        "due_count": due.count(),
        "votes": votes,
        "ratings": [(each, each.ticket_id in seen) for each in ratings],
        "praise": praise_of(user, ratings, now=now),
        "now": now,
    }
    return render(request, "metrics/me/page.html", context)
