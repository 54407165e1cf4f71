"""SLA policies: the list in their order, and the editor."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tickets import revisions
from tickets.automation.comparing import history
from tickets.builder import as_dicts, conditions_data
from tickets.conditions.catalogue import fields_in
from tickets.conditions.scopes import SLA
from tickets.models import Priority, SlaPolicy
from tickets.services.errors import Refused
from tickets.sla import policies
from tickets.sla_forms import PRIORITIES, PolicyForm, setting_lines, target_lines
from tickets.views.rule_editor import read_json
from tickets.views.rules import REVISIONS_SHOWN, managed
from tickets.views.support import StaffRequest, wants_fragment


@require_GET
@managed
def policy_list(request: StaffRequest) -> HttpResponseBase:
    name = "_list" if wants_fragment(request) else "list"
    return render(request, f"settings/sla/{name}.html", _list_context())


@require_http_methods(["GET", "POST"])
@managed
def new_policy(request: StaffRequest) -> HttpResponseBase:
    return _edit(request, SlaPolicy())


@require_http_methods(["GET", "POST"])
@managed
def edit_policy(request: StaffRequest, policy_id: int) -> HttpResponseBase:
    return _edit(request, policy_for(policy_id))


@require_POST
@managed
def copies(request: StaffRequest, policy_id: int) -> HttpResponseBase:
    try:
        copy = policies.copy_policy(policy_for(policy_id), request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("settings-sla")
    messages.success(request, _("Copied. The copy is switched off until you switch it on."))
    return redirect("sla-policy", policy_id=copy.pk)


@require_POST
@managed
def activity(request: StaffRequest, policy_id: int) -> HttpResponseBase:
    """`active=1` switches it on, anything else off."""
    policies.set_active(policy_for(policy_id), request.user, request.POST.get("active") == "1")
    return _list(request)


@require_POST
@managed
def position(request: StaffRequest, policy_id: int) -> HttpResponseBase:
    """`place` counts from 0; `step` moves it by one (buttons, without scripts too)."""
    policy = policy_for(policy_id)
    order = list(policies.all_policies().values_list("pk", flat=True))
    place, step = request.POST.get("place", ""), request.POST.get("step", "")
    if place.isdecimal() and len(place) < 6:
        policies.move_policy(policy, int(place))
    elif step in ("-1", "1"):
        policies.move_policy(policy, max(order.index(policy.pk) + int(step), 0))
    return _list(request)


@require_POST
@managed
def deletion(request: StaffRequest, policy_id: int) -> HttpResponseBase:
    policy = policies.delete_policy(policy_for(policy_id), request.user)
    messages.success(request, _("“%(title)s” is deleted. It can be brought back from below.") % {"title": policy.title})
    return redirect("settings-sla")


@require_POST
@managed
def restoration(request: StaffRequest, policy_id: int) -> HttpResponseBase:
    """What it was in revision `number`; deleted ones come back, too."""
    policy = get_object_or_404(SlaPolicy, pk=policy_id)
    number = request.POST.get("number", "")
    try:
        wanted = int(number) if number.isdecimal() and len(number) < 9 else 0
        policy = policies.restore_policy(policy, wanted or policy.revision, request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("settings-sla")
    messages.success(request, _("“%(title)s” is restored.") % {"title": policy.title})
    return redirect("sla-policy", policy_id=policy.pk)


def policy_for(policy_id: int) -> SlaPolicy:
    return get_object_or_404(policies.all_policies(), pk=policy_id)


def _edit(request: StaffRequest, policy: SlaPolicy) -> HttpResponseBase:
    form = PolicyForm(request.POST or None, instance=policy)
    seen = request.POST.get("seen", revisions.version(policy) if policy.pk else "")
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(request, form, policy)
        except Refused as refused:
            form.add_error(None, str(refused))
            seen = refused.seen if isinstance(refused, revisions.ChangedMeanwhile) else seen
        else:
            messages.success(
                request, _("“%(title)s” is saved. Tickets follow at their next update.") % {"title": saved}
            )
            return redirect("sla-policy", policy_id=saved.pk)
    return render_editor(request, form, policy, seen)


def render_editor(request: StaffRequest, form: PolicyForm, policy: SlaPolicy, seen: str = "") -> HttpResponseBase:
    stored = SlaPolicy.objects.filter(pk=policy.pk).first()  # the form has put what was sent into `policy`
    sent = request.POST.get("seen", seen)
    context = _context(request, form, stored) | {"seen": seen or sent, "is_stale": seen not in ("", sent)}
    return render(request, "settings/sla/edit.html", context, status=422 if form.errors else 200)


def _save(request: StaffRequest, form: PolicyForm, policy: SlaPolicy) -> SlaPolicy:
    values = form.values()
    if policy.pk:
        return policies.change_policy(policy, request.user, values, seen=request.POST.get("seen", ""))
    return policies.create_policy(request.user, values.pop("title"), **values)


def _context(request: StaffRequest, form: PolicyForm, stored: SlaPolicy | None) -> dict[str, Any]:
    tree = form["conditions"].value() or "{}"
    told = list(revisions.of(stored)[:REVISIONS_SHOWN]) if stored else []
    return {
        "form": form,
        "policy": stored,
        "tree": tree,
        "conditions_data": conditions_data(read_json(tree, {}), request.user, SLA),
        "condition_problems": as_dicts(form.condition_problems),
        "priorities": [(value, Priority(value).label) for value in PRIORITIES],
        "told": history(told, fields_in(SLA), {"targets": target_lines, "settings": setting_lines}),
        "active": "settings",
    }


def _list_context() -> dict[str, Any]:
    deleted = SlaPolicy.objects.exclude(deleted_at=None).order_by("-deleted_at")[:20]
    return {"policies": policies.all_policies().select_related("calendar"), "deleted": deleted, "active": "settings"}


def _list(request: StaffRequest) -> HttpResponseBase:
    if not wants_fragment(request):
        return redirect("settings-sla")
    return render(request, "settings/sla/_list.html", _list_context())
