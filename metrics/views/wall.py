"""The wallboard, and the part of it that is fetched again when something has changed."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from helpdesk.accounts.models import Team
from helpdesk.lib.typed import whole_number
from metrics.intervals import wilson
from metrics.spans import reporting_zone
from metrics.wall.board import Scope, look
from metrics.wall.shared import shared
from tickets import policies
from tickets.views.support import StaffRequest, require, staff_only

FEW: Final = 30  # votes: of fewer a share says little
LONG: Final = 120.0  # seconds that somebody waits in a chat


@require_GET
@staff_only
def wallboard(request: StaffRequest) -> HttpResponse:
    """`?team=` for one team's."""
    context = _board(request)
    teams = Team.objects.exclude(pk__in=request.user.hidden_team_ids)
    return render(request, "metrics/wall/page.html", {**context, "teams": teams, "zone": reporting_zone().key})


@require_GET
@staff_only
def board(request: StaffRequest) -> HttpResponse:
    """The numbers alone: a live fragment."""
    return render(request, "metrics/wall/_board.html", _board(request))


def _board(request: StaffRequest) -> dict[str, Any]:
    require(policies.may_see_wallboard(request.user))
    team = _team(request)
    scope, now = Scope.of(request.user, team), timezone.now()
    midnight = datetime.combine(now.astimezone(zone := reporting_zone()).date(), time(), zone)
    found = shared(scope, lambda: look(scope, now=now, midnight=midnight))
    since = found["chats"]["since"]
    return {
        "board": found,
        "csat": _csat(found["today"]),
        "chats_wait_long": since is not None and now.timestamp() - since > LONG,
        "team": team,
        "now": now.timestamp(),
    }


def _team(request: StaffRequest) -> Team | None:
    if not (given := request.GET.get("team", "")):
        return None
    team = Team.objects.filter(pk=whole_number(given) or 0).exclude(pk__in=request.user.hidden_team_ids).first()
    if team is None:
        raise Http404
    return team


def _csat(today: dict[str, Any]) -> dict[str, Any] | None:
    """Per cent good of today's votes; of few of them the range in which the truth lies as well."""
    good, votes = today["good"], today["good"] + today["bad"]
    if not votes:
        return None
    low, high = wilson(good, votes)
    return {"score": 100 * good / votes, "votes": votes, "is_few": votes < FEW, "low": low, "high": high}
