"""Settings: the assistant's flows, each with its steps, a preview and what came of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tickets import policies
from tickets.chat import flow_upkeep
from tickets.chat.flow_preview import preview
from tickets.chat.flow_steps import problems
from tickets.chat.flow_upkeep import first_language, version_of
from tickets.chat_flow_forms import FlowForm, StepForm
from tickets.models import ChatFlow
from tickets.services import Refused
from tickets.views.support import StaffRequest, require, staff_only, wants_fragment


def admins_only(request: StaffRequest) -> None:
    require(policies.may_manage(request.user), _("Only admins change settings."))


def _flows() -> QuerySet[ChatFlow]:
    return ChatFlow.objects.select_related("widget__centre")


@require_GET
@staff_only
def flow_list(request: StaffRequest) -> HttpResponse:
    admins_only(request)
    now = timezone.now()
    flows = [(flow, flow_upkeep.figures(flow, now=now)) for flow in _flows()]
    return render(request, "settings/chat/flows.html", {"flows": flows, "active": "settings"})


@require_http_methods(["GET", "POST"])
@staff_only
def edit_flow(request: StaffRequest, flow_id: int | None = None) -> HttpResponse:
    """Its name and widget; below them steps, preview and numbers. `try` in the address are the buttons pressed."""
    admins_only(request)
    flow = get_object_or_404(_flows(), pk=flow_id) if flow_id else None
    form = FlowForm(request.POST if request.method == "POST" else None, flow=flow)
    if request.method == "POST" and form.is_valid():
        try:
            saved = flow_upkeep.save_flow(flow, **form.cleaned_data)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("“%(name)s” is saved.") % {"name": saved})
            return redirect("settings-chat-flow", saved.pk)
    context = {"form": form, "flow": flow, "active": "settings", **(_about(request, flow) if flow else {})}
    if wants_fragment(request) and flow and request.method == "GET":
        return render(request, "settings/chat/_preview.html", context)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "settings/chat/flow.html", context, status=status)


def _about(request: StaffRequest, flow: ChatFlow) -> dict[str, Any]:
    main = first_language(flow.widget)
    language = request.GET.get("language", main)
    language = language if language in flow.widget.languages else main
    pressed = [each for each in request.GET.get("try", "").split(",") if each][:50]
    wrong = problems(flow.steps, language=main)
    steps = [
        (
            step["id"],
            step.get("texts", {}).get(main, {}).get("text", ""),
            len(step.get("options", [])),
            [each.reason for each in wrong if each.step == step["id"]],
        )
        for step in flow.steps
    ]
    return {
        "steps": steps,
        "problems": [each.reason for each in wrong if not each.step],
        "lines": preview(flow, pressed, language=language),
        "pressed": ",".join(pressed),
        "language": language,
        "figures": flow_upkeep.figures(flow, now=timezone.now()),
    }


@require_POST
@staff_only
def activity(request: StaffRequest, flow_id: int) -> HttpResponse:
    admins_only(request)
    flow = get_object_or_404(_flows(), pk=flow_id)
    try:
        flow_upkeep.set_active(flow, request.POST.get("active") == "1")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("settings-chat-flow", flow.pk)


@require_POST
@staff_only
def deletion(request: StaffRequest, flow_id: int) -> HttpResponse:
    """Chats that are with it go to people with their next word."""
    admins_only(request)
    flow = get_object_or_404(_flows(), pk=flow_id)
    flow.delete()
    messages.success(request, _("“%(name)s” is deleted.") % {"name": flow})
    return redirect("settings-chat-flows")


def _step(flow: ChatFlow, name: str) -> dict[str, Any]:
    for step in flow.steps:
        if step["id"] == name:
            return dict(step)
    raise Http404


@require_http_methods(["GET", "POST"])
@staff_only
def edit_step(request: StaffRequest, flow_id: int, step_id: str = "") -> HttpResponse:
    """Add a step, or change one."""
    admins_only(request)
    flow = get_object_or_404(_flows(), pk=flow_id)
    step = _step(flow, step_id) if step_id else None
    main = first_language(flow.widget)
    places = [(each["id"], each.get("texts", {}).get(main, {}).get("text") or each["id"]) for each in flow.steps]
    form = StepForm(
        request.POST if request.method == "POST" else None,
        step=step,
        steps=[(name, text[:60]) for name, text in places],
        languages=flow.widget.languages or [main],
    )
    if request.method == "POST" and form.is_valid():
        try:
            flow_upkeep.save_step(flow, step_id, form.values, version=request.POST.get("version", ""))
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return redirect("settings-chat-flow", flow.pk)
    context = {"form": form, "flow": flow, "step": step, "version": version_of(flow), "active": "settings"}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "settings/chat/step.html", context, status=status)


@require_POST
@staff_only
def step_deletion(request: StaffRequest, flow_id: int, step_id: str) -> HttpResponse:
    admins_only(request)
    flow = get_object_or_404(_flows(), pk=flow_id)
    _step(flow, step_id)
    try:
        flow_upkeep.delete_step(flow, step_id, version=request.POST.get("version", ""))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("settings-chat-step", flow.pk, step_id)
    return redirect("settings-chat-flow", flow.pk)
