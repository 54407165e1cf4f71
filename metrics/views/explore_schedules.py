"""When a saved report is mailed, and to whom."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from helpdesk.accounts.forms import time_zone_choices
from helpdesk.lib.typed import whole_number
from metrics.explore.schedules import add_schedule, pause, resume
from metrics.models import ReportMail, ReportSchedule, Rhythm, SavedReport
from metrics.views.explore import report_for
from tickets import policies
from tickets.services import Refused
from tickets.views.support import StaffRequest, require, staff_only

MAILS_SHOWN = 20


@require_GET
@staff_only
def schedules(request: StaffRequest, report_id: int) -> HttpResponse:
    return _page(request, _report(request, report_id))


@require_POST
@staff_only
def creation(request: StaffRequest, report_id: int) -> HttpResponseBase:
    report = _report(request, report_id)
    given = request.POST
    try:
        schedule = add_schedule(
            report,
            request.user,
            rhythm=given.get("rhythm", ""),
            day=_day(request),
            at=_time(given.get("time", "")),
            time_zone=given.get("time_zone", ""),
            recipients=given.get("recipients", "").replace(",", "\n").replace(";", "\n").splitlines(),
            with_pdf=given.get("with_pdf") == "1",
            with_csv=given.get("with_csv") == "1",
            now=timezone.now(),
        )
    except Refused as refused:
        return _page(request, report, error=str(refused), given=given.dict(), status=422)
    messages.success(request, _("The report is mailed, for the first time on %(day)s.") % {"day": _said(schedule)})
    return redirect("report-schedules", report_id=report.pk)


@require_POST
@staff_only
def activity(request: StaffRequest, report_id: int, schedule_id: int) -> HttpResponseBase:
    """`active=1` goes on, with the eyes of whoever says so; anything else pauses."""
    schedule = _schedule(request, report_id, schedule_id)
    if request.POST.get("active") == "1":
        resume(schedule, owner=request.user, now=timezone.now())
    else:
        pause(schedule, now=timezone.now())
    return redirect("report-schedules", report_id=report_id)


@require_POST
@staff_only
def deletion(request: StaffRequest, report_id: int, schedule_id: int) -> HttpResponseBase:
    _schedule(request, report_id, schedule_id).delete()
    messages.success(request, _("The report is mailed no more."))
    return redirect("report-schedules", report_id=report_id)


def _report(request: StaffRequest, report_id: int) -> SavedReport:
    require(policies.may_see_reports(request.user))
    return report_for(request, str(report_id))


def _schedule(request: StaffRequest, report_id: int, schedule_id: int) -> ReportSchedule:
    found = _report(request, report_id).schedules.filter(pk=schedule_id).first()
    if found is None:
        raise Http404
    return found


def _day(request: StaffRequest) -> int:
    name = "month_day" if request.POST.get("rhythm") == Rhythm.MONTHLY else "weekday"
    return whole_number(request.POST.get(name, "")) or 1


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise Refused(_("Choose a time like 08:00.")) from None


def _said(schedule: ReportSchedule) -> str:
    assert schedule.next_at
    return date_format(timezone.localtime(schedule.next_at), "SHORT_DATETIME_FORMAT")


def _page(
    request: StaffRequest,
    report: SavedReport,
    *,
    error: str = "",
    given: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    filled = {"rhythm": "weekly", "weekday": "1", "month_day": "1", "time": "08:00", "with_pdf": "1", "with_csv": "1"}
    context = {
        "active": "reports",
        "report": report,
        "schedules": report.schedules.select_related("owner"),
        "mails": ReportMail.objects.filter(schedule__report=report).select_related("schedule")[:MAILS_SHOWN],
        "rhythms": Rhythm.choices,
        "weekdays": _weekdays(),
        "month_days": [str(day) for day in range(1, 32)],
        "zones": time_zone_choices(),
        "error": error,
        "given": given or {**filled, "time_zone": request.user.time_zone, "recipients": request.user.email},
    }
    return render(request, "metrics/schedules.html", context, status=status)


def _weekdays() -> list[tuple[str, str]]:
    return [(str(day + 1), str(name)) for day, name in WEEKDAYS.items()]
