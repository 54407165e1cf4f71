"""The whole record as one form, and a new one."""

from __future__ import annotations

import json

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers import policies
from customers.actors import Actor
from customers.errors import Refused
from customers.forms import RecordForm
from customers.identities import add_identity
from customers.identity_forms import IdentityForm
from customers.models import Customer
from customers.record import Stale, change_customer, create_customer
from customers.views.identities import claimed_by
from customers.views.support import StaffRequest, customer_for, require, staff_only


@require_http_methods(["GET", "POST"])
@staff_only
def edit(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Only what was changed in the form is changed in the record; what a colleague changed meanwhile is asked about."""
    require(policies.may_edit_customer(request.user))
    customer = customer_for(customer_id)
    if request.method == "GET":
        return _page(request, customer, RecordForm(customer, request.user))
    form = RecordForm(customer, request.user, request.POST)
    status = 422
    if form.is_valid():
        try:
            change_customer(customer, form.values, actor=Actor.agent(request.user), seen=_seen(request))
        except Stale as conflict:
            form, status = RecordForm(customer_for(customer.pk), request.user, request.POST), 409
            form.refuse(conflict)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The record is saved."))
            return redirect("customer", customer.pk)
    return _page(request, customer_for(customer.pk), form, status)


def _seen(request: StaffRequest) -> dict[str, str]:
    try:
        sent = json.loads(request.POST.get("seen", "{}"))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(sent, dict):
        return {}
    return {str(name): value for name, value in sent.items() if isinstance(value, str) and _is_json(value)}


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _page(request: StaffRequest, customer: Customer, form: RecordForm, status: int = 200) -> HttpResponse:
    context = {
        "customer": customer,
        "form": form,
        "seen": json.dumps(form.seen, ensure_ascii=False),
        "active": "customers",
    }
    return render(request, "customers/edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
@staff_only
def new(request: StaffRequest) -> HttpResponse:
    """A record by hand, with what the person is known by; all of it or nothing."""
    require(policies.may_edit_customer(request.user))
    data = request.POST if request.method == "POST" else None
    form, known_by = RecordForm(Customer(), request.user, data), IdentityForm(data, initial=request.GET.dict())
    known_by.fields["value"].required = False
    claim = None
    if data is not None and form.is_valid() and known_by.is_valid():
        try:
            return redirect("customer", _create(request, form, known_by).pk)
        except Refused as refusal:
            (known_by if refusal.field == "value" else form).refuse(refusal)
            claim = claimed_by(refusal)
    context = {"form": form, "known_by": known_by, "claim": claim, "active": "customers"}
    return render(request, "customers/new.html", context, status=200 if data is None else 422)


@transaction.atomic
def _create(request: StaffRequest, form: RecordForm, known_by: IdentityForm) -> Customer:
    actor = Actor.agent(request.user)
    if not form.values["name"] and not known_by.cleaned_data["value"]:
        raise Refused(_("Write a name, or what the person is known by."), field="name")
    customer = create_customer({name: value for name, value in form.values.items() if value}, actor=actor)
    if value := known_by.cleaned_data["value"]:
        add_identity(customer, known_by.cleaned_data["kind"], value, actor=actor)
    return customer
