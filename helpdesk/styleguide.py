"""Every component and every state on one page, to look at and for the accessibility check to walk over."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from helpdesk.accounts.setup import AdminForm
from tickets.models import Priority, Status


@require_GET
@login_required
def styleguide(request: HttpRequest) -> HttpResponse:
    broken = AdminForm({"name": "Maya Okafor", "email": "not an address", "password": ""})
    tones = ["red", "orange", "amber", "green", "teal", "blue", "violet", "pink", "slate"]
    return render(
        request,
        "styleguide.html",
        {"broken": broken, "tones": tones, "statuses": Status.values, "priorities": Priority.values[1:]},
    )
