"""Writing down calls: by hand of any telephone, and after one that a telephone told of."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from customers.actors import Actor
from customers.identify import identify
from customers.identities import add_identity
from customers.models import Customer, Identity, IdentityKind, ProvedBy
from helpdesk.lib.typed import whole_number
from tickets import policies
from tickets.call_forms import LogCallForm, WriteUpForm
from tickets.calls import callbacks, callers, log
from tickets.calls.telephone import telephone
from tickets.calls.writing_up import log_call, logged_before, write_up
from tickets.models import Call, CallbackRequest, CallDirection, CallScript, Channel, ForbiddenMove, Inbox, Ticket
from tickets.services import Refused, opening_ticket
from tickets.views.calls.live import call_page_of
from tickets.views.calls.support import an_inbox, call_for, callback_for, came_from
from tickets.views.support import StaffRequest, require, staff_only, ticket_for


@require_http_methods(["GET", "POST"])
@staff_only
def new_call(request: StaffRequest) -> HttpResponse:
    """Log a call. `?ticket=`, `?customer=`, `?callback=`; else the ticket or customer they came from. `?number=` is one
    that was pressed to be called.
    """
    require(policies.may_log_calls(request.user))
    if request.method == "GET":
        form = LogCallForm(initial={"key": uuid4(), **_begin(request)})
        return _form(request, form)
    form = LogCallForm(request.POST)
    if form.is_valid():
        try:
            call = _log(request, form)
        except (Refused, ForbiddenMove) as refusal:
            field = getattr(refusal, "field", "")
            form.add_error(field if field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The call is written down."))
            return redirect("ticket", number=call.ticket_id)
    return _form(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _begin(request: StaffRequest) -> dict[str, Any]:
    ticket_number, customer_id = came_from(request)
    asked = {name: whole_number(request.GET.get(name, "")) or 0 for name in ("ticket", "customer", "callback")}
    if asked["callback"]:
        owed = callback_for(request, asked["callback"])
        return {
            **_of_ticket(owed.ticket),
            "number": owed.number,
            "direction": CallDirection.OUT,
            "callback": owed.pk,
        }
    if number := asked["ticket"] or (0 if asked["customer"] else ticket_number):
        ticket = Ticket.objects.visible_to(request.user).select_related("requester").filter(pk=number).first()
        if ticket and not ticket.is_closed:
            return {**_of_ticket(ticket), **_pressed(request)}
    customer = Customer.objects.current().filter(pk=asked["customer"] or customer_id).first()
    return {**(_of_customer(customer) if customer else {}), **_pressed(request)}


def _pressed(request: StaffRequest) -> dict[str, Any]:
    number = request.GET.get("number", "")[:64]
    return {"number": number, "direction": CallDirection.OUT} if number else {}


def _of_ticket(ticket: Ticket) -> dict[str, Any]:
    return {**_of_customer(ticket.requester), "about": str(ticket.pk)}


def _of_customer(customer: Customer) -> dict[str, Any]:
    return {"customer": customer, "who": str(customer), "number": log.callee(customer).number}


def _form(request: StaffRequest, form: LogCallForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
    customer = form["customer"].value()
    if customer and not isinstance(customer, Customer):
        customer = Customer.objects.current().filter(pk=whole_number(str(customer)) or 0).first()
    if customer and not form.is_bound:  # who it is is known: what is left to write are the notes
        form.fields["notes"].widget.attrs["autofocus"] = True
    context = {
        "form": form,
        "active": "calls",
        "scripts": CallScript.objects.filter(is_active=True),
        "can_call_out": telephone().can_call_out(),
        "ticked": request.POST.getlist("steps"),
        "inboxes": Inbox.objects.filter(is_active=True).count(),
        **_about(request, customer or None, str(form["about"].value() or "")),
    }
    return render(request, "calls/new.html", context, status=status)


def _about(request: StaffRequest, customer: Customer | None, chosen: str) -> dict[str, Any]:
    tickets = log.open_tickets(customer, request.user) if customer else []
    if chosen.isdecimal() and int(chosen) not in [ticket.pk for ticket in tickets]:
        tickets += list(Ticket.objects.visible_to(request.user).filter(pk=int(chosen)))
    return {"customer": customer, "tickets": tickets, "about": chosen}


@require_GET
@staff_only
def people(request: StaffRequest) -> HttpResponse:
    """Options while somebody types who it was."""
    require(policies.may_log_calls(request.user))
    found = log.people_named(request.GET.get("who", ""))
    return render(request, "calls/_people.html", {"found": found})


@require_GET
@staff_only
def about(request: StaffRequest) -> HttpResponse:
    """What of a customer's the call may be about."""
    require(policies.may_log_calls(request.user))
    customer = Customer.objects.current().filter(pk=whole_number(request.GET.get("customer", "")) or 0).first()
    return render(request, "calls/_about.html", _about(request, customer, ""))


@transaction.atomic
def _log(request: StaffRequest, form: LogCallForm) -> Call:
    data, actor, now = form.cleaned_data, Actor.agent(request.user), timezone.now()
    logged, written = form.logged(), form.written(request.POST.getlist("steps"))
    if known := logged_before(logged.key):
        return known
    if data["about"]:
        call = log_call(ticket_for(request, data["about"]), logged, written, user=request.user, now=now)
    else:
        with opening_ticket(
            _customer(form, actor),
            _subject(form),
            inbox=an_inbox(data["inbox"]),
            channel=Channel.PHONE,
            actor=actor,
            now=now,
        ) as ticket:
            call = log_call(ticket, logged, written, user=request.user, now=now)
    if data["callback"]:
        owed = CallbackRequest.objects.filter(pk=data["callback"], ticket=call.ticket).first()
        if owed and owed.is_open and call.answered_at:
            callbacks.settle_callback(owed, request.user, is_done=True)
    return call


def _customer(form: LogCallForm, actor: Actor) -> Customer:
    """The one who was chosen, who is given the number if nobody has it; else whoever has it, or somebody new."""
    data = form.cleaned_data
    chosen: Customer | None = data["customer"]
    number, who = data["number"], " ".join(data["who"].split())
    if chosen is None:
        said = who if not callers.clean_number(who).startswith("+") else ""
        number = number or ("" if said else callers.clean_number(who))
        return callers.caller(number, name=said, proved_by=ProvedBy.AGENT) if number else _nobody_yet(said)
    is_free = not Identity.objects.filter(kind=IdentityKind.PHONE, value=number).exists()
    if number.startswith("+") and is_free and not log.callee(chosen).number:
        add_identity(chosen, IdentityKind.PHONE, number, actor=actor)
    return chosen


def _nobody_yet(name: str) -> Customer:
    """Somebody of whom only the name is known, or what they can be found by."""
    if "@" in name and " " not in name:
        return identify(IdentityKind.EMAIL, name, proved_by=ProvedBy.AGENT).customer
    return Customer.objects.create(name=name[:200] or _("Hidden number"))


def _subject(form: LogCallForm) -> str:
    data = form.cleaned_data
    if data["subject"].strip():
        return str(data["subject"])
    words = _("Call to %(who)s") if data["direction"] == CallDirection.OUT else _("Call from %(who)s")
    return words % {"who": data["who"].strip() or callers.shown(data["number"])}


@require_http_methods(["GET", "POST"])
@staff_only
def write_up_call(request: StaffRequest, call_id: int) -> HttpResponse:
    """What came of a call that a telephone told of; GET goes to the call's page, where the form is."""
    call = call_for(request, call_id)
    require(policies.may_log_calls(request.user))
    if request.method == "GET":
        return redirect("call", call_id=call.pk)
    form = WriteUpForm(request.POST)
    if form.is_valid():
        try:
            write_up(call, form.written(request.POST.getlist("steps")), user=request.user, now=timezone.now())
        except (Refused, ForbiddenMove) as refusal:
            field = getattr(refusal, "field", "")
            form.add_error(field if field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The call is written up."))
            return redirect("ticket", number=call.ticket_id)
    return call_page_of(request, call, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
