"""What can be done to a saved report."""

from __future__ import annotations

from urllib.parse import parse_qs

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from helpdesk.accounts.models import Team
from helpdesk.lib.typed import whole_number
from metrics.explore.saving import change_report, may_change, save_report
from metrics.explore.wanted import Explored, read_explored
from metrics.models import SavedReport
from metrics.views.explore import page_of, report_for
from tickets import policies
from tickets.services import Refused
from tickets.views.support import StaffRequest, require, staff_only


@require_POST
@staff_only
def creation(request: StaffRequest) -> HttpResponseBase:
    """Of the question in `query`, which is what the address of Explore was."""
    require(policies.may_see_reports(request.user))
    explored = _asked(request)
    if explored.problems:
        return page_of(request, explored)
    try:
        report = save_report(
            request.user, request.POST.get("title", ""), explored.params,
            audience=request.POST.get("audience", "me"), team=_team(request),
        )  # fmt: skip
    except Refused as refused:
        return page_of(request, explored, error=str(refused), status=422)
    messages.success(request, _("The report “%(title)s” is saved.") % {"title": report.title})
    return redirect("saved-report", report_id=report.pk)


@require_POST
@staff_only
def change(request: StaffRequest, report_id: int) -> HttpResponseBase:
    """Its name, who sees it, and what it asks."""
    report = _mine(request, report_id)
    explored = _asked(request)
    if explored.problems:
        return page_of(request, explored, report)
    try:
        report = change_report(
            report, request.user, title=request.POST.get("title", ""), params=explored.params,
            audience=request.POST.get("audience", report.audience), team=_team(request),
        )  # fmt: skip
    except Refused as refused:
        return page_of(request, explored, report, error=str(refused), status=422)
    messages.success(request, _("The report “%(title)s” is saved.") % {"title": report.title})
    return redirect("saved-report", report_id=report.pk)


@require_POST
@staff_only
def deletion(request: StaffRequest, report_id: int) -> HttpResponse:
    report = _mine(request, report_id)
    report.delete()
    messages.success(request, _("The report “%(title)s” is deleted, and is mailed no more.") % {"title": report.title})
    return redirect("explore")


def _mine(request: StaffRequest, report_id: int) -> SavedReport:
    require(policies.may_see_reports(request.user))
    report = report_for(request, str(report_id))
    require(may_change(request.user, report), _("This report is somebody else’s."))
    return report


def _asked(request: StaffRequest) -> Explored:
    lists = parse_qs(request.POST.get("query", "")[:20_000])
    single = {name: values[-1] for name, values in lists.items()}
    return read_explored({**single, "m": lists.get("m", []), "by": lists.get("by", [])}, request.user)


def _team(request: StaffRequest) -> Team | None:
    return Team.objects.filter(pk=whole_number(request.POST.get("team", "")) or 0).first()
