"""The facts beside the timeline: read, and edited one at a time in place."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers import policies, words
from customers.actors import Actor
from customers.dates import coming
from customers.errors import Refused
from customers.facts import IN_THE_HEAD, facts_of
from customers.forms import RecordForm
from customers.models import Customer
from customers.record import Stale, change_customer, seen_of
from customers.views.support import StaffRequest, customer_for, require, staff_only
from helpdesk.accounts.models import User


def facts_context(customer: Customer, user: User, form: RecordForm | None = None) -> dict[str, Any]:
    """What templates/customers/_record.html needs. `form` is of the one field that is edited."""
    facts = facts_of(customer, user)
    editing = next(iter(form.fields), "") if form else ""
    return {
        "customer": customer,
        "may_edit": policies.may_edit_customer(user),
        "facts": [fact for fact in facts if (fact.text and fact.name not in IN_THE_HEAD) or fact.name == editing],
        "empty": [fact for fact in facts if not fact.text and fact.name not in (editing, *IN_THE_HEAD)],
        "editing": editing,
        "bound": form[editing] if form else None,
        "is_stale": form is not None and form.is_stale,
        "dates": coming(customer.important_dates.all(), timezone.localdate()),
    }


@require_http_methods(["GET", "POST"])
@staff_only
def facts(request: StaffRequest, customer_id: int) -> HttpResponse:
    """The panel; `?edit=tier` with that field open. POST changes the one field that it names."""
    customer = customer_for(customer_id)
    if request.method == "GET":
        wanted = request.GET.get("edit", "")
        form = RecordForm(customer, request.user, names=[wanted]) if wanted else None
        return _panel(request, customer, form if form and form.fields else None)
    require(policies.may_edit_customer(request.user))
    name = request.GET.get("field") or request.POST.get("field", "")
    form = RecordForm(customer, request.user, request.POST, names=[name])
    if not form.fields:
        raise Http404
    return _change(request, customer, form, name)


def _change(request: StaffRequest, customer: Customer, form: RecordForm, name: str) -> HttpResponse:
    status = 422
    if form.is_valid():
        try:
            seen = seen_in(name, request.POST.get("seen"))
            changed = change_customer(customer, form.values, actor=Actor.agent(request.user), seen=seen)
        except Stale as conflict:
            form, status = RecordForm(customer_for(customer.pk), request.user, request.POST, names=[name]), 409
            form.refuse(conflict)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _panel(request, changed) if request.htmx else redirect("customer", customer.pk)
    if request.htmx:
        return _panel(request, customer_for(customer.pk), form, status)
    messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return redirect("customer", customer.pk)


def seen_in(name: str, sent: str | None) -> dict[str, str]:
    """What the form showed of one field. Tags come with commas between them, all else as `seen_of` has written it."""
    if sent is None:
        return {}
    if name == "tags":
        return {name: seen_of(words.tags(sent))}
    try:
        return {name: seen_of(json.loads(sent))}
    except (ValueError, RecursionError) as error:
        raise Refused(_("This form is broken: load the page anew."), field=name) from error


def _panel(
    request: StaffRequest, customer: Customer, form: RecordForm | None = None, status: int = 200
) -> HttpResponse:
    context = facts_context(customer, request.user, form) | {"with_heading": True}
    return render(request, "customers/_record.html", context, status=status)
