"""A conversation that an agent begins."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from customers.actors import Actor
from customers.identify import identify
from customers.models import IdentityKind, ProvedBy
from tickets import policies, routes, services
from tickets.forms import NewTicketForm
from tickets.models import Channel, Message, Ticket
from tickets.views.support import StaffRequest, require, staff_only


@require_http_methods(["GET", "POST"])
@staff_only
def new_ticket(request: StaffRequest) -> HttpResponse:
    require(policies.may_reply(request.user))
    if request.method == "GET":
        form = NewTicketForm(initial={"submit_key": uuid4(), "address": request.GET.get("address", "")})
        return render(request, "tickets/new.html", {"form": form, "beginnings": routes.beginnings()})
    form = NewTicketForm(request.POST)
    if form.is_valid():
        if done := opened_before(request, form.cleaned_data["submit_key"]):
            return redirect("ticket", number=done.pk)
        try:
            return redirect("ticket", number=_open(request, form).pk)
        except services.Refused as refusal:
            form.add_error(None, str(refusal))
    return render(request, "tickets/new.html", {"form": form}, status=422)


@transaction.atomic
def _open(request: StaffRequest, form: NewTicketForm) -> Ticket:
    data, actor = form.cleaned_data, Actor.agent(request.user)
    identity = identify(IdentityKind.EMAIL, data["address"], name=data["name"], proved_by=ProvedBy.AGENT)
    channel = Channel.WEB if data["mode"] == "note" else Channel.EMAIL
    ticket = services.open_ticket(
        identity.customer, data["subject"], inbox=data["inbox"], channel=channel, actor=actor, assignee=data["assignee"]
    )
    with services.gesture(ticket, actor=actor):
        write = services.add_note if data["mode"] == "note" else services.add_reply
        write(ticket, form.html, actor=actor, submit_key=data["submit_key"])
        if data["priority"]:
            services.change_priority(ticket, data["priority"], actor=actor)
    return ticket


def opened_before(request: StaffRequest, submit_key: UUID | None) -> Ticket | None:
    """The form sent twice opens one ticket: its first message carries the form's key."""
    if not submit_key:
        return None
    lately = timezone.now() - timedelta(hours=1)
    own = Message.objects.filter(author_user=request.user, created_at__gte=lately, submit_key=submit_key)
    message = own.select_related("ticket").first()
    return message.ticket if message else None
