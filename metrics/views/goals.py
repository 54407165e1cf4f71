"""Goals: the list, one with its history, and the form. For those who read the team's numbers."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Window
from django.db.models.functions import RowNumber
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from metrics.charts import Chart, Series, line
from metrics.goals.forms import GoalForm
from metrics.goals.looking import HISTORY, judge_the_past, look_at
from metrics.goals.showing import shown
from metrics.goals.words import unit_of
from metrics.measures import MEASURES
from metrics.models import Direction, Goal, GoalPeriod
from metrics.pages.wanted import short_day
from tickets import policies
from tickets.views.support import StaffRequest, require, staff_only

FRAME = {"active": "reports", "name": "goals", "query": ""}
DRAWN = 24  # periods in a goal's chart


@require_GET
@staff_only
def goal_list(request: StaffRequest) -> HttpResponse:
    require(policies.may_see_reports(request.user))
    now, goals = timezone.now(), list(Goal.objects.select_related("team").order_by("team__name", "pk"))
    rows: defaultdict[int, list[GoalPeriod]] = defaultdict(list)
    place = Window(RowNumber(), partition_by="goal", order_by="-first")
    newest = GoalPeriod.objects.filter(goal__in=goals).annotate(place=place).filter(place__lte=HISTORY + 1)
    for row in newest.order_by("goal", "-first"):
        rows[row.goal_id].append(row)
    context = {"goals": [shown(goal, rows[goal.pk], now=now) for goal in goals]}
    return render(request, "metrics/goals/list.html", context | FRAME)


@require_GET
@staff_only
def goal_page(request: StaffRequest, goal_id: int) -> HttpResponse:
    """One goal with all that came of it."""
    require(policies.may_see_reports(request.user))
    goal = get_object_or_404(Goal.objects.select_related("team", "created_by"), pk=goal_id)
    told = shown(goal, list(goal.periods.order_by("-first")[: DRAWN + 1]), now=timezone.now())
    context = {
        "told": told,
        "measure": MEASURES.get(goal.measure),
        "chart": _chart(goal, told),
        "people": goal.people.all(),
    }
    return render(request, "metrics/goals/goal.html", context | FRAME)


@require_http_methods(["GET", "POST"])
@staff_only
def edit_goal(request: StaffRequest, goal_id: int | None = None) -> HttpResponse:
    require(policies.may_see_reports(request.user))
    goal = get_object_or_404(Goal, pk=goal_id) if goal_id else None
    form = GoalForm(
        request.POST if request.method == "POST" else None, instance=goal, initial=None if goal else _started(request)
    )
    if request.method == "GET" or not form.is_valid():
        context = {"form": form, "goal": goal} | FRAME
        return render(request, "metrics/goals/edit.html", context, status=200 if request.method == "GET" else 422)
    saved = _save(form, request)
    messages.success(request, _("The goal was saved."))
    return redirect("goal", saved.pk)


def _started(request: StaffRequest) -> dict[str, Any]:
    return {"measure": "first_reply", "direction": Direction.AT_MOST, "people": [request.user.pk]}


@require_POST
@staff_only
def deletion(request: StaffRequest, goal_id: int) -> HttpResponse:
    require(policies.may_see_reports(request.user))
    get_object_or_404(Goal, pk=goal_id).delete()
    messages.success(request, _("The goal was deleted."))
    return redirect("goals")


@transaction.atomic
def _save(form: GoalForm, request: StaffRequest) -> Goal:
    now, is_new = timezone.now(), form.instance.pk is None
    form.instance.updated_at = now
    if is_new:
        form.instance.created_by = request.user
    goal = form.save()
    if is_new or form.is_another:
        goal.periods.all().delete()
        judge_the_past(goal, now=now)
    look_at(goal, now=now)
    return goal


def _chart(goal: Goal, told: Any) -> Any:
    rows = [each.row for each in reversed(told.past)]
    if len(rows) < 2:
        return ""
    names = [each.name for each in reversed(told.past)]
    series = [
        Series(told.title, [row.value for row in rows]),
        Series(_("Target"), [row.target for row in rows], style=3),
    ]
    short = [short_day(row.first.isoformat(), goal.period) for row in rows]
    chart = Chart(
        f"goal-{goal.pk}", _("How it came out"), short, series, _("Period"), unit=unit_of(goal), full_labels=names
    )
    return line(chart)
