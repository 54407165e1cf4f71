"""What went out by other companies' channels, or could not: the outbox's second list."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from channels_app.models import Direction, PartState, ProviderMessage
from channels_app.registry import channel_of
from helpdesk.lib.typed import whole_number
from tickets import policies
from tickets.models import Ticket
from tickets.views.support import StaffRequest, require, staff_only

PER_PAGE = 50
TONES = {
    PartState.WAITING: "slate",
    PartState.SENDING: "blue",
    PartState.SENT: "green",
    PartState.DELIVERED: "green",
    PartState.READ: "green",
    PartState.FAILED: "red",
    PartState.UNCERTAIN: "amber",
    PartState.CANCELLED: "slate",
}


@require_GET
@staff_only
def outbox_parts(request: StaffRequest) -> HttpResponse:
    """The newest first; `?before=<id>` goes on, `?state=` shows one state only."""
    rows = visible_parts(request)
    if (state := request.GET.get("state", "")) in TONES:
        rows = rows.filter(state=state)
    if before := whole_number(request.GET.get("before", "")):
        rows = rows.filter(pk__lt=before)
    page = list(rows.order_by("-pk")[: PER_PAGE + 1])
    context = {
        "active": "outbox",
        "parts": [(part, TONES[PartState(part.state)], channel_of(part.account.kind)) for part in page[:PER_PAGE]],
        "older": page[PER_PAGE - 1].pk if len(page) > PER_PAGE else None,
        "state": state,
        "states": [(value, PartState(value).label) for value in TONES],
    }
    return render(request, "channels/outbox_parts.html", context)


def visible_parts(request: StaffRequest) -> QuerySet[ProviderMessage]:
    """Of what was written here: what colleagues wrote in a provider's own app has no state of sending."""
    require(policies.may_see_outbox(request.user), _("The outbox is for team leads and admins."))
    ours = ProviderMessage.objects.filter(direction=Direction.OUT, state__in=TONES)
    ours = ours.filter(message__ticket__in=Ticket.objects.visible_to(request.user))
    return ours.select_related("account", "conversation__identity", "message").defer(
        "account__sealed_secrets", "body", "message__html"
    )
