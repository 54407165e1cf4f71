"""What every number means: the catalogue on a page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from metrics.definitions import subjects
from metrics.dimensions import dimensions
from metrics.filters import read_asked
from tickets import policies
from tickets.views.support import StaffRequest, require, staff_only


@require_GET
@staff_only
def definitions(request: StaffRequest) -> HttpResponse:
    """For everybody who works with tickets: own numbers have the same definitions."""
    require(policies.may_enter(request.user))
    context = {"active": "reports", "subjects": subjects(), "dimensions": dimensions(), "query": ""}
    if policies.may_see_reports(request.user):
        context["query"] = read_asked(request.GET, request.user).query()
    return render(request, "metrics/definitions.html", context)
