"""Triggers and automations: the pages that list them, what can be done to one, and what everybody may read of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from itertools import groupby
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tickets import policies, revisions, rule_forms
from tickets.automation import rules
from tickets.automation.comparing import history
from tickets.automation.sentences import sentence
from tickets.conditions.catalogue import fields_in
from tickets.models import Rule, RuleCategory, RuleKind
from tickets.services.errors import Refused
from tickets.views.support import StaffRequest, require, staff_only, wants_fragment

P = ParamSpec("P")
REVISIONS_SHOWN = 50


def managed(
    view: Callable[Concatenate[StaffRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """For those who set the workspace up; 403 with a sentence for everybody else."""

    @wraps(view)
    def inner(request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        require(policies.may_manage(request.user), _("Only admins change settings."))
        return view(request, *args, **kwargs)

    return staff_only(inner)


def plural(kind: str) -> str:
    return "triggers" if kind == RuleKind.TRIGGER else "automations"


def kind_context(kind: str) -> dict[str, Any]:
    """What every page of a kind says of it."""
    is_trigger = kind == RuleKind.TRIGGER
    return {
        "kind": kind,
        "plural": plural(kind),
        "kind_title": _("Triggers") if is_trigger else _("Automations"),
        "active": "settings",
    }


@require_GET
@managed
def rule_list(request: StaffRequest, kind: str) -> HttpResponse:
    name = "_list" if wants_fragment(request) else "list"
    return render(request, f"settings/rules/{name}.html", list_context(request, kind))


@require_POST
@managed
def copies(request: StaffRequest, kind: str, rule_id: int) -> HttpResponseBase:
    try:
        copy = rules.copy_rule(rule_for(kind, rule_id), request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(f"settings-{plural(kind)}")
    messages.success(request, _("Copied. The copy is switched off until you switch it on."))
    return redirect(kind, rule_id=copy.pk)


@require_POST
@managed
def activity(request: StaffRequest, kind: str, rule_id: int) -> HttpResponseBase:
    """`active=1` switches it on, anything else off."""
    rule = rule_for(kind, rule_id)
    try:
        rules.set_active(rule, request.user, request.POST.get("active") == "1")
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(kind, rule_id=rule.pk) if not wants_fragment(request) else _list(request, kind, str(refused))
    return _list(request, kind)


@require_POST
@managed
def position(request: StaffRequest, kind: str, rule_id: int) -> HttpResponseBase:
    """`place` in its category counts from 0; `step` moves it by one (buttons, without scripts too)."""
    rule = rule_for(kind, rule_id)
    beside = list(rules.rules_of(kind).filter(category=rule.category_id).values_list("pk", flat=True))
    place = _place(request, beside.index(rule.pk))
    if place is not None:
        rules.move_rule(rule, place)
    return _list(request, kind)


@require_POST
@managed
def category_position(request: StaffRequest, category_id: int) -> HttpResponseBase:
    category = get_object_or_404(RuleCategory, pk=category_id)
    order = list(RuleCategory.objects.filter(rules__in=rules.rules_of(RuleKind.TRIGGER)).distinct())
    place = _place(request, order.index(category)) if category in order else None
    if place is not None:
        rules.move_category(category, max(place, 0))
    return _list(request, RuleKind.TRIGGER)


@require_POST
@managed
def deletion(request: StaffRequest, kind: str, rule_id: int) -> HttpResponseBase:
    rule = rules.delete_rule(rule_for(kind, rule_id), request.user)
    messages.success(request, _("“%(title)s” is deleted. It can be brought back from below.") % {"title": rule.title})
    return redirect(f"settings-{plural(kind)}")


@require_POST
@managed
def restoration(request: StaffRequest, kind: str, rule_id: int) -> HttpResponseBase:
    """What it was in revision `number`; deleted ones come back, too."""
    rule = get_object_or_404(Rule, kind=kind, pk=rule_id)
    number = request.POST.get("number", "")
    try:
        rule = rule_forms.restore(rule, int(number) if number.isdecimal() and len(number) < 9 else 0, request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(f"settings-{plural(kind)}")
    if rule.problem:
        messages.warning(request, _("Restored, but switched off: something that it names is gone."))
    else:
        messages.success(request, _("“%(title)s” is restored.") % {"title": rule.title})
    return redirect(kind, rule_id=rule.pk)


@require_GET
@staff_only
def read_rule(request: StaffRequest, rule_id: int) -> HttpResponse:
    """What a rule does, for everybody who meets it on a timeline; deleted ones, too."""
    rule = get_object_or_404(Rule.objects.select_related("category"), pk=rule_id)
    fields = fields_in(rule.kind)
    may_manage = policies.may_manage(request.user)
    return render(
        request,
        "settings/rules/read.html",
        kind_context(rule.kind)
        | {
            "rule": rule,
            "sentence": sentence(rule.kind, rule.conditions, rule.actions, fields),
            "told": history(list(revisions.of(rule)[:REVISIONS_SHOWN]), fields),
            "may_manage": may_manage,
            "active": "settings" if may_manage else "",
        },
    )


def rule_for(kind: str, rule_id: int) -> Rule:
    return get_object_or_404(rules.rules_of(kind), pk=rule_id)


def list_context(request: StaffRequest, kind: str) -> dict[str, Any]:
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    every = list(rules.rules_of(kind))
    found = [rule for rule in every if words.lower() in f"{rule.title} {rule.description}".lower()]
    shelves = [(category, list(members)) for category, members in groupby(found, key=lambda rule: rule.category)]
    deleted = Rule.objects.filter(kind=kind).exclude(deleted_at=None).order_by("-deleted_at")[:20]
    return kind_context(kind) | {"shelves": shelves, "q": words, "total": len(every), "deleted": deleted}


def _place(request: StaffRequest, now: int) -> int | None:
    place, step = request.POST.get("place", ""), request.POST.get("step", "")
    if place.isdecimal() and len(place) < 6:
        return int(place)
    return now + int(step) if step in ("-1", "1") else None


def _list(request: StaffRequest, kind: str, error: str = "") -> HttpResponseBase:
    if not wants_fragment(request):
        return redirect(f"settings-{plural(kind)}")
    return render(request, "settings/rules/_list.html", list_context(request, kind) | {"error": error})
