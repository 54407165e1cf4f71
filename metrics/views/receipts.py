"""How the durations of one ticket add up."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from helpdesk.accounts.models import Team, User
from metrics.models import MomentKind
from metrics.receipts import receipts_of
from tickets.views.support import StaffRequest, staff_only, ticket_for


@require_GET
@staff_only
def receipts(request: StaffRequest, number: int) -> HttpResponse:
    """For all who may see the ticket."""
    ticket = ticket_for(request, number)
    told = receipts_of(ticket)
    users = User.objects.in_bulk({moment.user_id for moment in told.moments if moment.user_id})
    teams = Team.objects.in_bulk({moment.team_id for moment in told.moments if moment.team_id})
    moments = [
        (moment, MomentKind(moment.kind).label, users.get(moment.user_id or 0), teams.get(moment.team_id or 0))
        for moment in told.moments
    ]
    return render(request, "metrics/receipts.html", {"ticket": ticket, "told": told, "moments": moments})
