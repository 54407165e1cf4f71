"""Explore: the report builder, its answer, and the same as a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from helpdesk.accounts.models import Team
from helpdesk.lib.spreadsheets import CSV_TYPE
from metrics.asking import ask
from metrics.definitions import subjects
from metrics.dimensions import dimensions
from metrics.explore import results
from metrics.explore.files import csv_of
from metrics.explore.saving import may_change
from metrics.explore.wanted import (
    MOST_DIMENSIONS,
    MOST_MEASURES,
    SHOWN,
    STATISTICS,
    Explored,
    read_explored,
)
from metrics.filters import CUSTOM, PRESETS
from metrics.models import SavedReport
from metrics.views.reports import frame
from tickets import policies
from tickets.builder import conditions_data
from tickets.views.support import StaffRequest, require, staff_only
from tickets.wording import parts_of


@require_GET
@staff_only
def explore(request: StaffRequest) -> HttpResponse:
    """The builder with the answer to what the address asks; `?saved=` is the report that is being changed."""
    require(policies.may_see_reports(request.user))
    saved = report_for(request, request.GET.get("saved", "")) if request.GET.get("saved") else None
    return page_of(request, read_explored(given(request.GET), request.user), saved)


@require_GET
@staff_only
def saved_report(request: StaffRequest, report_id: int) -> HttpResponse:
    require(policies.may_see_reports(request.user))
    saved = report_for(request, str(report_id))
    return page_of(request, read_explored(saved.params, request.user), saved)


@require_GET
@staff_only
def explore_file(request: StaffRequest) -> HttpResponse:
    """The answer as CSV."""
    require(policies.may_see_reports(request.user))
    explored = read_explored(given(request.GET), request.user)
    if explored.problems:
        reasons = " ".join(problem.reason for problem in explored.problems)
        return HttpResponse(reasons, status=422, content_type="text/plain; charset=utf-8")
    answer = HttpResponse(csv_of(explored, ask(explored.question)), content_type=CSV_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{file_name(explored)}.csv"'
    return answer


def file_name(explored: Explored) -> str:
    span = explored.asked.span
    return "-".join([*(one.name for one in explored.measures[:2]), span.first.isoformat(), span.last.isoformat()])


def given(params: QueryDict) -> dict[str, Any]:
    """Of an address: lists of measures and dimensions, single values of everything else."""
    return {**params.dict(), "m": params.getlist("m"), "by": params.getlist("by")}


def report_for(request: StaffRequest, report_id: str) -> SavedReport:
    if not (report_id.isdecimal() and len(report_id) < 18):
        raise Http404
    found = SavedReport.objects.visible_to(request.user).filter(pk=int(report_id)).first()
    if found is None:
        raise Http404
    return found


def page_of(
    request: StaffRequest, explored: Explored, saved: SavedReport | None = None, *, error: str = "", status: int = 200
) -> HttpResponse:
    context = {**frame("explore", explored.wanted), **_form(explored), **_shelf(request, saved), "error": error}
    context |= {"explored": explored, "own_query": explored.query()}
    if not explored.problems:
        context |= _answered(explored)
    return render(request, "metrics/explore.html", context, status=422 if explored.problems else status)


def _answered(explored: Explored) -> Mapping[str, Any]:
    answer = ask(explored.question)
    is_pivot = explored.shown == "pivot"
    table = results.pivot(explored, answer) if is_pivot else results.table(explored, answer)
    return {
        "answer": answer,
        "chart": results.chart(explored, answer),
        "table": table,
        "left_out": results.left_out(table),
    }


def _form(explored: Explored) -> Mapping[str, Any]:
    """What can be chosen, and what is."""
    measures = [one.name for one in explored.measures]
    by = [one.name for one in explored.by]
    tree = dict(explored.asked.conditions)
    return {
        "subjects": subjects(),
        "dimensions": [(one.name, one.label) for one in dimensions()],
        "measure_fields": [(place, measures[place] if place < len(measures) else "") for place in range(MOST_MEASURES)],
        "by_fields": [(place, by[place] if place < len(by) else "") for place in range(MOST_DIMENSIONS)],
        "shapes": SHOWN.items(),
        "statistics": STATISTICS.items(),
        "ranges": [(name, label) for name, (label, _days) in PRESETS.items()],
        "is_custom": explored.asked.preset == CUSTOM,
        "tree": json.dumps(tree, ensure_ascii=False) if tree else "{}",
        "data": conditions_data(tree, explored.asked.user),
        "chips": [text for text, _without in parts_of(tree, explored.asked.user)],
        "problem_list": [],
    }


def _shelf(request: StaffRequest, saved: SavedReport | None) -> Mapping[str, Any]:
    return {
        "saved": saved,
        "may_change": saved is not None and may_change(request.user, saved),
        "saved_reports": SavedReport.objects.visible_to(request.user).select_related("team"),
        "teams": Team.objects.all(),
        "audiences": [("me", _("Only me")), ("team", _("A team")), ("everyone", _("Everyone who sees reports"))],
    }
