"""The queue of calls that we owe."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tickets import policies
from tickets.call_forms import LaterForm
from tickets.calls import callbacks, callers
from tickets.calls.telephone import telephone
from tickets.models import CallbackRequest
from tickets.services import Refused
from tickets.views.calls.support import back, callback_for
from tickets.views.support import StaffRequest, require, staff_only

MOST = 200
SETTLED_SHOWN = 20


@require_GET
@staff_only
def owed_calls(request: StaffRequest) -> HttpResponse:
    """What is owed, the most urgent first: a page, and its list as a live fragment."""
    require(policies.may_enter(request.user))
    now = timezone.now()
    visible = callbacks.visible_to(request.user).select_related("ticket", "customer", "claimed_by")
    owed = list(visible.filter(state__in=callbacks.OPEN).order_by("due_at", "pk")[:MOST])
    settled = visible.exclude(state__in=callbacks.OPEN).filter(settled_at__gt=now - timedelta(days=2))
    context = {
        "active": "calls",
        "rows": [_row(one, now) for one in owed],
        "settled": [_row(one, now) for one in settled.order_by("-settled_at")[:SETTLED_SHOWN]],
        "owed": callbacks.count_due(request.user, now=now),
        "may_call": policies.may_log_calls(request.user),
        "may_lead": policies.may_lead_calls(request.user),
        "can_call_out": telephone().can_call_out(),
        "later": LaterForm(),
    }
    is_part = request.GET.get("part") == "rows"
    return render(request, "calls/_owed.html" if is_part else "calls/owed.html", context)


def _row(owed: CallbackRequest, now: datetime) -> dict[str, object]:
    return {"owed": owed, "number": callers.shown(owed.number), "is_late": owed.is_open and owed.due_at <= now}


@require_POST
@staff_only
def claim(request: StaffRequest, callback_id: int) -> HttpResponse:
    """I call them; `give_back`: not me after all."""
    owed = callback_for(request, callback_id)
    require(policies.may_log_calls(request.user))
    try:
        if "give_back" in request.POST:
            callbacks.release_callback(owed, request.user)
        else:
            callbacks.claim_callback(owed, request.user)
    except Refused as refusal:
        return back(request, "callbacks", error=str(refusal))
    return back(request, "callbacks")


@require_POST
@staff_only
def postponement(request: StaffRequest, callback_id: int) -> HttpResponse:
    owed = callback_for(request, callback_id)
    require(policies.may_log_calls(request.user))
    form, now = LaterForm(request.POST), timezone.now()
    due_at = form.due_at(now) if form.is_valid() else None
    if due_at is None:
        return back(request, "callbacks", error=_("Say when to call again."))
    try:
        callbacks.postpone_callback(owed, request.user, due_at=due_at, now=now)
    except Refused as refusal:
        return back(request, "callbacks", error=str(refusal))
    return back(request, "callbacks")


@require_POST
@staff_only
def settlement(request: StaffRequest, callback_id: int) -> HttpResponse:
    """`done`: they were called, and the form to write it down follows; `failed`: we give up."""
    owed = callback_for(request, callback_id)
    require(policies.may_log_calls(request.user))
    if request.POST.get("state") not in ("done", "failed"):
        return back(request, "callbacks", error=_("Say whether they were called."))
    is_done = request.POST["state"] == "done"
    try:
        callbacks.settle_callback(owed, request.user, is_done=is_done)
    except Refused as refusal:
        return back(request, "callbacks", error=str(refusal))
    if is_done and "log" in request.POST:
        return redirect(f"{reverse('call-new')}?callback={owed.pk}")
    return back(request, "callbacks")
