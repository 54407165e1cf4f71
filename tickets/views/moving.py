"""Undoing a wrong match: a customer's message gets a ticket of its own, or goes where it belongs."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.actors import Actor
from tickets import policies, services
from tickets.models import Message, Ticket
from tickets.views.composer import visible_message
from tickets.views.support import StaffRequest, back_to, require, staff_only


class TicketNumber(forms.Form):
    number = forms.RegexField(r"^\s*#?\d{1,12}\s*$")

    def clean_number(self) -> int:
        return int(str(self.cleaned_data["number"]).strip(" #"))


@require_POST
@staff_only
def detachment(request: StaffRequest, message_id: int) -> HttpResponse:
    """The message becomes a new ticket of its author."""
    message = _movable(request, message_id)
    try:
        there = services.detach_message(message, actor=Actor.agent(request.user))
    except services.Refused as refusal:
        return back_to(request, message.ticket, error=str(refusal))
    return _moved(request, there)


@require_POST
@staff_only
def move(request: StaffRequest, message_id: int) -> HttpResponse:
    """The message goes to the ticket with the number that was typed."""
    message = _movable(request, message_id)
    form = TicketNumber(request.POST)
    visible = Ticket.objects.visible_to(request.user)
    there = visible.filter(pk=form.cleaned_data["number"]).first() if form.is_valid() else None
    if there is None:
        return back_to(request, message.ticket, error=_("There is no ticket with that number."))
    try:
        services.join_message(message, there, actor=Actor.agent(request.user))
    except services.Refused as refusal:
        return back_to(request, message.ticket, error=str(refusal))
    return _moved(request, there)


def _movable(request: StaffRequest, message_id: int) -> Message:
    message = visible_message(request, message_id)
    require(policies.may_edit(request.user, message.ticket))
    return message


def _moved(request: StaffRequest, there: Ticket) -> HttpResponse:
    messages.success(request, _("The message is on this ticket now."))
    return redirect("ticket", number=there.pk)
