"""Orders beside a ticket and on a customer's page; asking for an account action, and trying one again."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers.actors import Actor
from customers.errors import Refused
from customers.models import Customer, Order
from customers.views.support import customer_for
from helpdesk.integrations.account_actions import pressing
from helpdesk.integrations.account_actions.beside import PER_PAGE, RUN_TONES, account_of
from helpdesk.integrations.account_actions.forms import RunForm
from helpdesk.integrations.account_actions.pressing import Meanwhile, Wanted
from helpdesk.integrations.models import AccountAction, AccountActionRun
from helpdesk.lib.typed import whole_number
from tickets.views.support import StaffRequest, require, staff_only, ticket_for, wants_fragment, with_toast


@require_GET
@staff_only
def orders_of_customer(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Inside the customer's page the newest; by itself a page with all of them."""
    customer = customer_for(customer_id)
    if wants_fragment(request):
        return render(request, "integrations/orders/_panel.html", panel_context(request, customer))
    account = account_of(customer, request.user, limit=PER_PAGE, after=request.GET.get("after", ""))
    context = {"customer": customer, "account": account, "active": "customers", "ticket": None, "tones": RUN_TONES}
    return render(request, "integrations/orders/all.html", context)


@require_GET
@staff_only
def orders_beside(request: StaffRequest, number: int) -> HttpResponse:
    """The hole in the ticket's details."""
    ticket = ticket_for(request, number)
    context = panel_context(request, ticket.requester) | {"ticket": ticket}
    return render(request, "integrations/orders/_panel.html", context)


def panel_context(request: StaffRequest, customer: Customer) -> dict[str, Any]:
    account = account_of(customer, request.user)
    return {"customer": customer, "account": account, "ticket": None, "tones": RUN_TONES}


@require_http_methods(["GET", "POST"])
@staff_only
def run_action(request: StaffRequest, account_action_id: int) -> HttpResponse:
    """GET asks for what the action needs and shows what will be sent; POST has it done."""
    wanted = _wanted(request, account_action_id)
    require(pressing.may_press(request.user, wanted.action), _("Your role does not include this action."))
    form = RunForm(wanted.action, wanted.order, request.POST or None)
    if request.method == "GET" or not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return _ask(request, wanted, form, status=status)
    try:
        pressing.press(
            wanted, form.inputs, actor=Actor.agent(request.user), submit_key=_key(request),
            seen=whole_number(request.POST.get("seen", "")) or 0, said=form.said,
        )  # fmt: skip
    except Refused as refusal:
        return _ask(request, wanted, form, status=HTTPStatus.CONFLICT, refusal=refusal)
    return _done(request, wanted, _("“%(name)s” is on its way.") % {"name": wanted.action})


@require_POST
@staff_only
def run_retry(request: StaffRequest, run_id: int) -> HttpResponse:
    run = get_object_or_404(AccountActionRun.objects.select_related("action", "customer", "order"), pk=run_id)
    ticket = ticket_for(request, number) if (number := whole_number(request.POST.get("ticket", ""))) else None
    require(run.action is not None and pressing.may_press(request.user, run.action))
    assert run.action
    wanted = Wanted(run.action, run.customer, run.order, ticket)
    try:
        pressing.retry(run, actor=Actor.agent(request.user))
    except Refused as refusal:
        if wants_fragment(request):
            return with_toast(HttpResponse(status=HTTPStatus.NO_CONTENT), str(refusal), "red")
        messages.error(request, str(refusal))
        return _back(wanted)
    return _done(request, wanted, _("“%(name)s” is tried again.") % {"name": run.action})


def _wanted(request: StaffRequest, account_action_id: int) -> Wanted:
    """From the address: `customer`, and `order` and `ticket` if there are any. What does not belong together is 404."""
    asked = request.GET
    action = get_object_or_404(AccountAction, pk=account_action_id)
    customer = customer_for(whole_number(asked.get("customer", "")) or 0)
    order = ticket = None
    if number := asked.get("order"):
        order = get_object_or_404(Order, pk=whole_number(number) or 0, customer=customer)
    if number := asked.get("ticket"):
        ticket = ticket_for(request, whole_number(number) or 0)
        if ticket.requester_id != customer.pk:
            raise Http404
    return Wanted(action, customer, order, ticket)


def _key(request: StaffRequest) -> UUID:
    try:
        return UUID(request.POST.get("submit_key", ""))
    except ValueError:
        return uuid4()


def _ask(
    request: StaffRequest, wanted: Wanted, form: RunForm, *, status: HTTPStatus, refusal: Refused | None = None
) -> HttpResponse:
    if request.method == "GET" and not pressing.fits(wanted.action, wanted.order):
        refusal = Refused(_("This is not offered for it any more: its status has changed."))
    newest = pressing.runs_of(wanted).order_by("-pk").first()
    inputs = form.inputs if form.is_bound and form.is_valid() else {one["key"]: "…" for one in wanted.action.inputs}
    body = json.loads(pressing.body_of(wanted, inputs, Actor.agent(request.user), now=timezone.now()))
    context = {
        "wanted": wanted,
        "form": form,
        "body": json.dumps(body, indent=2, ensure_ascii=False),
        "refusal": str(refusal or ""),
        "is_meanwhile": isinstance(refusal, Meanwhile),
        # Whoever is shown that somebody was faster may go on from there; a first look has seen what is there.
        "seen": newest.pk if newest else 0,
        "newest": newest,
        "submit_key": uuid4() if refusal or not form.is_bound else _key(request),
        "address": request.get_full_path(),
        "active": "customers",
    }
    name = "_ask.html" if wants_fragment(request) else "ask.html"
    return render(request, f"integrations/orders/{name}", context, status=status)


def _done(request: StaffRequest, wanted: Wanted, said: str) -> HttpResponse:
    if not wants_fragment(request):
        messages.success(request, said)
        return _back(wanted)
    if request.htmx.current_url_abs_path and request.htmx.current_url_abs_path.endswith("/orders/"):
        messages.success(request, said)  # the page of all orders is drawn anew, panels are live
        return HttpResponse(headers={"HX-Refresh": "true"})
    return with_toast(HttpResponse(), said)


def _back(wanted: Wanted) -> HttpResponse:
    return redirect("ticket", wanted.ticket.pk) if wanted.ticket else redirect("customer", wanted.customer.pk)
