"""Important dates on the customer's page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from customers import policies
from customers.actors import Actor
from customers.dates import add_date, remove_date
from customers.errors import Refused
from customers.identity_forms import DateForm
from customers.models import Customer
from customers.views.facts import facts_context
from customers.views.support import StaffRequest, customer_for, require, staff_only


@require_POST
@staff_only
def dates(request: StaffRequest, customer_id: int) -> HttpResponse:
    customer = customer_for(customer_id)
    require(policies.may_edit_customer(request.user))
    form = DateForm(request.POST)
    if form.is_valid():
        try:
            add_date(customer, **form.cleaned_data, actor=Actor.agent(request.user))
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _panel(request, customer)
    return _panel(request, customer, form)


@require_POST
@staff_only
def removal(request: StaffRequest, customer_id: int, date_id: int) -> HttpResponse:
    customer = customer_for(customer_id)
    require(policies.may_edit_customer(request.user))
    remove_date(get_object_or_404(customer.important_dates, pk=date_id), actor=Actor.agent(request.user))
    return _panel(request, customer)


def _panel(request: StaffRequest, customer: Customer, form: DateForm | None = None) -> HttpResponse:
    if not request.htmx:
        if form:
            messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("customer", customer.pk)
    context = facts_context(customer, request.user) | {"date_form": form, "with_heading": True}
    return render(request, "customers/_record.html", context, status=422 if form else 200)
