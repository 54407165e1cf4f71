"""The phone: the log, what rings, and the call that somebody has in hand."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import User
from helpdesk.lib.typed import whole_number
from tickets import policies
from tickets.call_forms import AgentPhoneForm, WriteUpForm
from tickets.calls import callbacks, callers, log, ringing
from tickets.calls.recording import note_pause
from tickets.calls.telephone import telephone
from tickets.forms import assignable_users
from tickets.models import AgentPhone, Call, CallScript, CallState, Channel, Outcome, Ticket
from tickets.services import Refused, opening_ticket
from tickets.views.calls.support import an_inbox, back, call_for
from tickets.views.support import StaffRequest, require, staff_only, ticket_for


@require_GET
@staff_only
def call_log(request: StaffRequest) -> HttpResponse:
    """Who called whom, the newest first; `?show=` mine, missed or live."""
    require(policies.may_enter(request.user))
    shown = request.GET.get("show", "")
    shown = shown if shown in log.SHOWN else ""
    calls, has_more = log.page_of_log(request.user, shown, before=_before(request.GET.get("before", "")))
    context = {
        "active": "calls",
        "calls": calls,
        "shown": shown,
        "older": f"{calls[-1].started_at.isoformat()}_{calls[-1].pk}" if has_more else "",
        "owed": callbacks.count_due(request.user, now=timezone.now()),
        "may_log": policies.may_log_calls(request.user),
    }
    return render(request, "calls/log.html", context)


def _before(text: str) -> tuple[datetime, int] | None:
    moment, _bar, pk = text.rpartition("_")
    try:
        at = parse_datetime(moment.replace(" ", "+"))
    except ValueError:
        return None
    return (at, int(pk)) if at and at.tzinfo and pk.isdecimal() and len(pk) < 19 else None


@require_GET
@staff_only
def badge(request: StaffRequest) -> HttpResponse:
    """The sidebar's entry with its counts, once the page is there: no page waits for it."""
    require(policies.may_enter(request.user))
    now = timezone.now()
    calls = {
        "owed": callbacks.count_due(request.user, now=now),
        "docked": len(ringing.ringing_for(request.user, now=now)) + len(ringing.in_hand(request.user, now=now)),
    }
    return render(request, "components/nav_calls.html", {"active": request.GET.get("active", ""), "calls": calls})


@require_GET
@staff_only
def dock(request: StaffRequest) -> HttpResponse:
    """What rings, and what this person has in hand: shown on whatever page they have open."""
    require(policies.may_enter(request.user))
    now = timezone.now()
    rings = [_caller(request.user, call) for call in ringing.ringing_for(request.user, now=now)]
    return render(request, "calls/_dock.html", {"rings": rings, "own": ringing.in_hand(request.user, now=now)})


def _caller(user: User, call: Call) -> dict[str, Any]:
    """A call with what they last wrote about."""
    tickets = Ticket.objects.visible_to(user).filter(requester=call.ticket.requester).exclude(pk=call.ticket_id)
    return {"call": call, "tickets": tickets.order_by("-updated_at")[:3], "number": callers.shown(call.number)}


@require_GET
@staff_only
def call_page(request: StaffRequest, call_id: int) -> HttpResponse:
    """One call: what is going on, what to say, what came of it; beside it who they are and what happened before."""
    return call_page_of(request, call_for(request, call_id), None)


def call_page_of(
    request: StaffRequest, call: Call, form: WriteUpForm | None, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    may_log = policies.may_log_calls(request.user)
    started = {"outcome": call.outcome or Outcome.RESOLVED, "script": call.script}
    context = {
        "active": "calls",
        "call": call,
        "number": callers.shown(call.number),
        "form": form or WriteUpForm(initial=started),
        "scripts": CallScript.objects.filter(is_active=True),
        "ticked": request.POST.getlist("steps"),
        "may_write_up": may_log and not call.wrapped_up_at,
        **_controls(request, call),
    }
    return render(request, "calls/call.html", context, status=status)


@require_GET
@staff_only
def call_state(request: StaffRequest, call_id: int) -> HttpResponse:
    """The head of its page: a live fragment."""
    call = call_for(request, call_id)
    context = {"call": call, "number": callers.shown(call.number), **_controls(request, call)}
    return render(request, "calls/_state.html", context)


def _controls(request: StaffRequest, call: Call) -> dict[str, Any]:
    is_theirs = call.agent_id == request.user.pk or policies.may_lead_calls(request.user)
    can_control = policies.may_take_calls(request.user) and call.is_live and telephone().can_control(call)
    talks = call.state in (CallState.ANSWERED, CallState.HELD)
    return {
        "may_control": can_control and is_theirs and talks,
        "may_take": call.agent_id != request.user.pk and call in ringing.ringing_for(request.user, now=timezone.now()),
        "is_elsewhere": is_theirs and call.is_live and not call.is_logged and not telephone().can_control(call),
        "recording": telephone().recording_of(call) if can_control and is_theirs and talks else "",
        "colleagues": _colleagues(call) if can_control and is_theirs and talks else [],
    }


def _colleagues(call: Call) -> list[User]:
    """To whom it can be passed on: whoever has a telephone."""
    phones = AgentPhone.objects.exclude(number="").values("user")
    return list(assignable_users().filter(pk__in=phones).exclude(pk=call.agent_id or 0).order_by("name"))


@require_POST
@staff_only
def taking(request: StaffRequest, call_id: int) -> HttpResponse:
    """Take a call that rings, and see who it is. 409 has no place here: who was quicker is said in words."""
    call = call_for(request, call_id)
    require(policies.may_take_calls(request.user))
    try:
        ringing.take_call(call, request.user)
    except Refused as refusal:
        return back(request, "calls", error=str(refusal))
    return redirect("call", call_id=call.pk)


@require_POST
@staff_only
def refusal(request: StaffRequest, call_id: int) -> HttpResponse:
    """Not now: it rings on for the others."""
    call = call_for(request, call_id)
    require(policies.may_take_calls(request.user))
    ringing.refuse_call(call, request.user)
    return back(request, "calls")


@require_POST
@staff_only
def control(request: StaffRequest, call_id: int) -> HttpResponse:
    """`do`: hold, resume, end, pause or record, or transfer `to` a colleague."""
    call = call_for(request, call_id)
    require(policies.may_take_calls(request.user))
    require(call.agent_id == request.user.pk or policies.may_lead_calls(request.user), _("A colleague has this call."))
    try:
        _do(call, request.POST.get("do", ""), request.POST.get("to", ""), request.user)
    except Refused as refusal:
        return back(request, "call", call.pk, error=str(refusal))
    return back(request, "call", call.pk)


def _do(call: Call, what: str, to: str, user: User) -> None:
    if not (call.is_live and telephone().can_control(call)):
        raise Refused(_("This call can't be controlled from here."))
    match what:
        case "hold" | "resume":
            telephone().hold(call, is_held=what == "hold")
        case "pause" | "record":
            telephone().pause_recording(call, is_paused=what == "pause")
            note_pause(call.pk, user, is_paused=what == "pause", now=timezone.now())
        case "end":
            telephone().hang_up(call)
        case "transfer":
            colleague = next((one for one in _colleagues(call) if str(one.pk) == to), None)
            if colleague is None:
                raise Refused(_("Choose a colleague who has a telephone."))
            telephone().transfer(call, colleague)
        case _:
            raise Refused(_("A call can be held, passed on or ended."))


class CallOutForm(forms.Form):
    number = forms.CharField(max_length=64)


@require_POST
@staff_only
def calling_out(request: StaffRequest) -> HttpResponse:
    """Call a customer: the agent's own telephone rings first. On `ticket`, else a new one of `customer`.

    The form of a call names its ticket `about`.
    """
    require(policies.may_log_calls(request.user))
    form = CallOutForm(request.POST)
    number = callers.clean_number(form.cleaned_data["number"]) if form.is_valid() else ""
    try:
        if not number.startswith("+"):
            raise Refused(_("This is no number that can be called."))
        call = telephone().call_out(_ticket_to_call(request, number), number, request.user)
    except Refused as refusal:
        return back(request, "calls", error=str(refusal))
    return redirect("call", call_id=call.pk)


def _ticket_to_call(request: StaffRequest, number: str) -> Ticket:
    if asked := whole_number(request.POST.get("ticket") or request.POST.get("about") or ""):
        return ticket_for(request, asked)
    customer = Customer.objects.current().filter(pk=whole_number(request.POST.get("customer", "")) or 0).first()
    customer = customer or callers.caller(number)
    subject = _("Call to %(who)s") % {"who": customer}
    actor = Actor.agent(request.user)
    with opening_ticket(
        customer, subject, inbox=an_inbox(), channel=Channel.PHONE, actor=actor, assignee=request.user
    ) as ticket:
        return ticket


@require_http_methods(["GET", "POST"])
@staff_only
def own_phone(request: StaffRequest) -> HttpResponse:
    """Where calls reach this person, and whether they see those that ring."""
    require(policies.may_take_calls(request.user))
    phone = AgentPhone.objects.filter(user=request.user).first() or AgentPhone(user=request.user)
    form = AgentPhoneForm(request.POST if request.method == "POST" else None, instance=phone)
    if request.method == "POST" and form.is_valid():
        form.save()
        return back(request, "calls", done=_("Your telephone is saved."))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "calls/phone.html", {"form": form, "active": "calls"}, status=status)
