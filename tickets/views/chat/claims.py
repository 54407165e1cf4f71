"""Who a visitor says they are: shown as said, with the way to have it proved."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers.actors import Actor
from customers.errors import Refused
from customers.models import Customer, Identity
from customers.proving import send_link
from tickets import policies
from tickets.chat.addresses import claimed_by
from tickets.views.support import StaffRequest, require, staff_only, ticket_for, wants_fragment


@require_http_methods(["GET", "POST"])
@staff_only
def claim(request: StaffRequest, number: int) -> HttpResponse:
    """POST sends a link to the address; whoever opens it there and says yes has proved it."""
    ticket = ticket_for(request, number)
    identity = claimed_by(ticket.requester)
    is_others = identity is not None and identity.customer_id != ticket.requester_id
    said, status = "", HTTPStatus.OK
    if request.method == "POST":
        require(policies.may_reply(request.user, ticket))
        if identity is None:
            raise Http404
        said, status = _send(request, identity, ticket.requester if is_others else None)
    if request.method == "POST" and not wants_fragment(request):
        messages.info(request, said)
        return redirect("ticket", ticket.pk)
    context = {"ticket": ticket, "identity": identity, "is_others": is_others, "said": said,
               "may_send": policies.may_reply(request.user, ticket)}  # fmt: skip
    return render(request, "chat/_claim.html", context, status=status)


def _send(request: StaffRequest, identity: Identity, joins: Customer | None) -> tuple[str, HTTPStatus]:
    try:
        send_link(identity, actor=Actor.agent(request.user), joins=joins)
    except Refused as refusal:
        return str(refusal), HTTPStatus.UNPROCESSABLE_ENTITY
    return _("A link is on its way to %(value)s.") % {"value": identity.value}, HTTPStatus.OK
