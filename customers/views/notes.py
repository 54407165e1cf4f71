"""Leaving a note on a customer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers import policies
from customers.actors import Actor
from customers.errors import Refused
from customers.notes import leave_note
from customers.views.support import StaffRequest, customer_for, require, staff_only


@require_POST
@staff_only
def notes(request: StaffRequest, customer_id: int) -> HttpResponse:
    require(policies.may_leave_note(request.user))
    customer = customer_for(customer_id)
    try:
        leave_note(customer, request.POST.get("text", ""), actor=Actor.agent(request.user))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The note is on the timeline."))
    return redirect("customer", customer.pk)
