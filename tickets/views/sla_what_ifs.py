"""What a draft would have meant for the last 90 days: asked by the forms of policies, calendars and holidays."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from helpdesk.accounts.calendar_changes import data_of
from helpdesk.accounts.calendar_forms import CalendarForm, DayForm
from helpdesk.accounts.models import Calendar
from helpdesk.accounts.working_hours import hours_from
from helpdesk.lib.handover import hand_over
from tickets.models import SlaPolicy, SlaWhatIf
from tickets.sla import whatif
from tickets.sla.words import metric_name
from tickets.sla_forms import PolicyForm
from tickets.tasks import run_what_if
from tickets.views.rules import managed
from tickets.views.sla_policies import policy_for, render_editor
from tickets.views.support import StaffRequest, wants_fragment


class Unfit(Exception):
    """The draft can't be tried; `str()` says why."""


@require_POST
@managed
def start(request: StaffRequest) -> HttpResponseBase:
    """The policy of the form, with `?calendar=` the hours of a calendar's form, with `&day=1` one more of its days."""
    calendar_id = request.GET.get("calendar", "")
    if not calendar_id:
        return _try_policy(request)
    calendar = get_object_or_404(Calendar, pk=int(calendar_id) if calendar_id.isdecimal() else 0)
    try:
        data = _day_draft(request, calendar) if "day" in request.GET else _hours_draft(request, calendar)
    except Unfit as unfit:
        messages.error(request, str(unfit))
        return redirect("settings-calendar", calendar.pk)
    return _started(request, calendar.name, {"calendar": {"id": calendar.pk, "data": data}})


@require_GET
@managed
def show(request: StaffRequest, what_if_id: int) -> HttpResponseBase:
    job = get_object_or_404(SlaWhatIf, pk=what_if_id)
    name = "_what_if" if wants_fragment(request) else "what_if"
    return render(request, f"settings/sla/{name}.html", _context(job))


@require_POST
@managed
def cancellation(request: StaffRequest, what_if_id: int) -> HttpResponseBase:
    whatif.cancel(get_object_or_404(SlaWhatIf, pk=what_if_id), now=timezone.now())
    return redirect("sla-what-if", what_if_id=what_if_id)


def _try_policy(request: StaffRequest) -> HttpResponseBase:
    policy_id = request.GET.get("policy", "")
    policy = policy_for(int(policy_id)) if policy_id.isdecimal() and len(policy_id) < 12 else SlaPolicy()
    form = PolicyForm(request.POST, instance=policy)
    if not form.is_valid():
        return render_editor(request, form, policy)
    draft: dict[str, Any] = {"policy": {**form.values(), "id": policy.pk}}
    return _started(request, form.cleaned_data["title"], draft)


def _hours_draft(request: StaffRequest, calendar: Calendar) -> dict[str, Any]:
    form = CalendarForm(request.POST, calendar=calendar)
    if not form.is_valid():
        raise Unfit(_("Set these hours right first: %(reason)s") % {"reason": _first(form.errors)})
    values = form.values()
    week = [list(part) for part in values["week"]]
    return _sound({**data_of(calendar), "time_zone": values["time_zone"], "week": week})


def _day_draft(request: StaffRequest, calendar: Calendar) -> dict[str, Any]:
    form = DayForm(request.POST, calendar=calendar)
    if not form.is_valid():
        raise Unfit(_("Set this day right first: %(reason)s") % {"reason": _first(form.errors)})
    day, data = form.cleaned_data, data_of(calendar)
    entry: dict[str, Any] = {"name": day["name"], "first": day["first"].isoformat(), "last": day["last"].isoformat()}
    if day["hours"]:
        return _sound(
            data | {"exceptions": [*data["exceptions"], {**entry, "hours": [list(it) for it in day["hours"]]}]}
        )
    return _sound(data | {"holidays": [*data["holidays"], entry]})


def _sound(data: dict[str, Any]) -> dict[str, Any]:
    try:
        hours_from(data)
    except ValueError as error:
        raise Unfit(str(error)) from error
    return data


def _first(errors: Any) -> str:
    return str(next(iter(errors.values()))[0])


def _started(request: StaffRequest, title: str, draft: dict[str, Any]) -> HttpResponseBase:
    job = whatif.start(request.user, title, draft, now=timezone.now())
    hand_over(run_what_if, job.pk)
    return redirect("sla-what-if", what_if_id=job.pk)


def _context(job: SlaWhatIf) -> dict[str, Any]:
    policy_id = job.draft.get("policy", {}).get("id")
    calendar_id = job.draft.get("calendar", {}).get("id")
    rows = [
        {"name": metric_name(metric), "targets": row[0], "now": row[1], "targets_then": row[2], "then": row[3]}
        for metric, row in sorted(job.result.get("metrics", {}).items())
    ]
    return {
        "job": job,
        "rows": rows,
        "now": sum(row["now"] for row in rows),
        "then": sum(row["then"] for row in rows),
        "examples": [
            {"number": number, "subject": subject, "metric": metric_name(metric), "now": now, "then": then}
            for number, subject, metric, now, then in job.result.get("examples", [])
        ],
        "is_running": job.state in whatif.UNFINISHED,
        "policy_id": policy_id,
        "calendar_id": calendar_id,
        "active": "settings",
    }
