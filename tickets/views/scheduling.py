"""Around a message that is not sent yet: at what time, and to whom."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers.actors import Actor
from tickets import policies, send_times, services
from tickets.correspondents import correspondents
from tickets.forms import ScheduleForm
from tickets.views.composer import too_late, visible_message
from tickets.views.properties import first_error
from tickets.views.support import StaffRequest, back_to, require, staff_only, ticket_for, wants_fragment, with_toast


@require_POST
@staff_only
def schedule(request: StaffRequest, message_id: int) -> HttpResponse:
    """Another time for a reply that is sent later, or now. 409 when it is on its way, 422 for a time that is none."""
    message = visible_message(request, message_id)
    require(policies.may_reply(request.user, message.ticket))
    form = ScheduleForm(request.POST)
    if not form.is_valid():
        return _refused(request, message_id, first_error(form))
    data, now = form.cleaned_data, timezone.now()
    try:
        if data["now"]:
            send_at = now + timedelta(seconds=settings.UNDO_SEND_SECONDS)
        elif data["send_later"]:
            send_at = services.check_send_at(data["send_later"], now=now)
        else:
            return _refused(request, message_id, _("Choose a date and a time."))
        services.reschedule_reply(
            message, send_at, actor=Actor.agent(request.user), unless_answered=data["unless_answered"]
        )
    except services.TooLate as refusal:
        return too_late(request, message, str(refusal))
    except services.Refused as refusal:
        return _refused(request, message_id, str(refusal))
    if not wants_fragment(request):
        return redirect("ticket", number=message.ticket_id)
    said = _("It is being sent") if data["now"] else _("It will be sent on %(when)s")
    when = send_times.moment(timezone.localtime(send_at))
    return with_toast(HttpResponse(status=HTTPStatus.NO_CONTENT), said % {"when": when})


def _refused(request: StaffRequest, message_id: int, reason: str) -> HttpResponse:
    if not wants_fragment(request):
        return back_to(request, visible_message(request, message_id).ticket, error=reason)
    return HttpResponse(reason, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_GET
@staff_only
def offered_times(request: StaffRequest) -> HttpResponse:
    """What "Send later" offers at this moment, in the reader's time zone."""
    offers = send_times.offered(timezone.localtime())
    return JsonResponse({"times": [{"value": o.value, "label": o.label, "when": o.when} for o in offers]})


@require_GET
@staff_only
def suggested_recipients(request: StaffRequest, number: int) -> HttpResponse:
    """Whom `?q=` may mean: people of this ticket first, then the writer's recent correspondents, then all customers."""
    ticket = ticket_for(request, number)
    require(policies.may_reply(request.user, ticket))
    found = correspondents(ticket, request.user, request.GET.get("q", "")[:100])
    return JsonResponse({"results": [{"address": c.address, "name": c.name, "why": c.why} for c in found]})
