"""Undo for what one key did: the toast that tells of it carries the address."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.actors import Actor
from tickets import policies, services
from tickets.models import ForbiddenMove, Status, Ticket, TicketEvent
from tickets.services.reversal import REVERSIBLE, take_back
from tickets.views.support import StaffRequest, back_to, require, staff_only, ticket_for, wants_fragment, with_toast

SECONDS = 8


@require_POST
@staff_only
def reversal(request: StaffRequest, number: int) -> HttpResponse:
    """Take back `?event=`; 409 when somebody has changed the same since."""
    ticket = ticket_for(request, number)
    require(policies.may_edit(request.user, ticket))
    wanted = request.GET.get("event") or request.POST.get("event", "")
    mine = TicketEvent.objects.filter(ticket=ticket, kind__in=REVERSIBLE, actor_user=request.user)
    event = get_object_or_404(mine, pk=int(wanted) if wanted.isdecimal() and len(wanted) < 19 else 0)
    try:
        take_back(event, actor=Actor.agent(request.user))
    except (services.Refused, ForbiddenMove) as refusal:
        if wants_fragment(request):
            return JsonResponse({"detail": str(refusal)}, status=HTTPStatus.CONFLICT)
        return back_to(request, ticket, error=str(refusal))
    return HttpResponse(status=HTTPStatus.NO_CONTENT) if wants_fragment(request) else back_to(request, ticket)


def offer_undo(request: StaffRequest, ticket: Ticket, response: HttpResponse) -> HttpResponse:
    """Tell in passing what was just done to `ticket` (as it was before), if it was something that can be taken back."""
    done = TicketEvent.objects.filter(
        ticket_id=ticket.pk, pk__gt=ticket.last_event_id, kind__in=REVERSIBLE, actor_user=request.user
    )
    event = done.order_by("-pk").first()
    if event is None:
        return response
    undo = f"{reverse('reversal', args=[ticket.pk])}?event={event.pk}"
    return with_toast(response, _said(event), undo=undo, seconds=SECONDS)


def _said(event: TicketEvent) -> str:
    new = event.payload["new"]
    if event.kind == "status.changed":
        return _("Solved") if new == Status.SOLVED else _("Status set to %(status)s") % {"status": Status(new).label}
    return _("Assigned to %(name)s") % {"name": new} if new else _("Assigned to nobody")
