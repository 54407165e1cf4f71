"""The report pages: read the address, ask, draw. What stands on each is metrics/pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from helpdesk.lib.typed import whole_number
from metrics.dashboards import may_change
from metrics.filters import COMPARISONS, PRESETS
from metrics.models import Dashboard, Fact
from metrics.pages.automation import automation
from metrics.pages.backlog import backlog
from metrics.pages.channels import channels
from metrics.pages.chat import chat
from metrics.pages.csat import csat
from metrics.pages.customers import customers
from metrics.pages.knowledge import knowledge
from metrics.pages.overview import overview
from metrics.pages.parts import Page
from metrics.pages.phone import phone
from metrics.pages.promises import promises
from metrics.pages.teams import teams
from metrics.pages.wanted import NOT_COMPARED, WORKING, Wanted, read_wanted
from tickets import policies
from tickets.builder import conditions_data
from tickets.views.support import StaffRequest, require, staff_only
from tickets.wording import parts_of


@dataclass(frozen=True)
class Report:
    """A page of the kind that dashboards are saved of."""

    title: str | Promise
    lede: str | Promise
    icon: str
    build: Callable[[Wanted], Page]


REPORTS: Final[Mapping[str, Report]] = {
    "overview": Report(_("Overview"), _("How support is doing, at a glance."), "chart-column", overview),
    "channels": Report(_("Channels"), _("What comes in where, and how each is served."), "inbox", channels),
    "teams": Report(_("Teams and agents"), _("What lands with whom, and what is done."), "users", teams),
    "csat": Report(
        _("Satisfaction"), _("What customers say of how they were served: CSAT, NPS and effort."), "star", csat
    ),
    "sla": Report(_("SLA"), _("What was promised, and kept."), "timer", promises),
    "backlog": Report(_("Backlog"), _("What is not solved: history, age, and what may come."), "layers", backlog),
    "customers": Report(
        _("Customers"), _("Who writes most, what it takes to help them, and who may leave."), "building-2", customers
    ),
    "knowledge": Report(_("Knowledge base"), _("What readers found by themselves."), "book-open", knowledge),
    "chat": Report(
        _("Chat"), _("Who waits, who gives up, and how many chats are led at once."), "message-circle", chat
    ),
    "phone": Report(_("Phone"), _("Calls, waits, and those that nobody answered."), "phone", phone),
    "automation": Report(
        _("Automation"), _("What rules did so that nobody had to, and what broke."), "zap", automation
    ),
}


@require_GET
@staff_only
def report(request: StaffRequest, name: str = "overview") -> HttpResponse:
    """What the address gets wrong is said in place of the numbers, with 422."""
    require(policies.may_see_reports(request.user))
    if name not in REPORTS:
        raise Http404
    wanted = read_wanted(request.GET, request.user)
    context = {**frame(name, wanted), "report": REPORTS[name], **_saved(request, name)}
    if not wanted.asked.problems:
        is_new = not Fact.objects.exists()
        context |= {"is_new": is_new, "page": None if is_new else REPORTS[name].build(wanted)}
    return render(request, "metrics/report.html", context, status=422 if wanted.asked.problems else 200)


@require_GET
@staff_only
def filter_box(request: StaffRequest) -> HttpResponse:
    """The condition builder, filled with what the page is filtered by."""
    require(policies.may_see_reports(request.user))
    wanted = read_wanted(request.GET, request.user)
    name = request.GET.get("report", "")
    tree = dict(wanted.asked.conditions)
    context: dict[str, Any] = {
        "wanted": wanted,
        "name": name if name in REPORTS else "overview",
        "kept": {key: value for key, value in wanted.params.items() if key != "filter"},
        "tree": json.dumps(tree, ensure_ascii=False),
        "data": conditions_data(tree, request.user),
        "problems": [],
    }
    return render(request, "metrics/parts/_filter.html", context)


def address(name: str) -> str:
    return reverse("reports") if name == "overview" else reverse("report", args=[name])


def _saved(request: StaffRequest, name: str) -> dict[str, Any]:
    """The dashboard that was opened, as long as the address says so; what it shows may differ from what it keeps."""
    number = whole_number(request.GET.get("saved", "")) or 0
    saved = Dashboard.objects.visible_to(request.user).filter(pk=number, report=name).first() if number else None
    return {"saved": saved, "may_change_saved": bool(saved and may_change(request.user, saved))}


def frame(name: str, wanted: Wanted) -> dict[str, Any]:
    """What every report page has around its numbers."""
    asked = wanted.asked
    return {
        "active": "reports",
        "name": name,
        "wanted": wanted,
        "query": wanted.query(),
        "presets": [
            (key, label, wanted.query(**{"preset": key, "from": "", "to": ""}))
            for key, (label, _days) in PRESETS.items()
        ],
        "preset_label": PRESETS[asked.preset][0] if asked.preset in PRESETS else "",
        "comparisons": [(key or NOT_COMPARED, label, key == asked.compare) for key, label in COMPARISONS.items()],
        "clocks": [
            (not wanted.is_working_time, _("Calendar"), wanted.query(clock="")),
            (wanted.is_working_time, _("Working time"), wanted.query(clock=WORKING)),
        ],
        "chips": [(text, wanted.query(filter=without)) for text, without in parts_of(asked.conditions, asked.user)],
        "unfiltered": wanted.query(filter=""),
    }
