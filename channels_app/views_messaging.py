"""What is done with single messages by other companies' channels, and the templates that may carry on a talk."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from channels_app.messaging import media, reacting
from channels_app.messaging.template_fields import offered
from channels_app.tasks_parts import show_typing
from helpdesk.lib.handover import hand_over
from tickets import policies, routes
from tickets.models import Ticket
from tickets.routes import Route
from tickets.services import Refused
from tickets.views.composer import visible_message
from tickets.views.support import StaffRequest, back_to, require, staff_only, ticket_for, wants_fragment, with_toast


@require_http_methods(["GET", "POST"])
@staff_only
def reaction(request: StaffRequest, message_id: int) -> HttpResponse:
    """The emoji to choose from; then the one that was chosen, empty to take ours back."""
    message = visible_message(request, message_id)
    require(policies.may_reply(request.user, message.ticket))
    if request.method == "GET":
        given = [each["emoji"] for each in message.facts.get("reactions", []) if each.get("is_ours")]
        context = {"m": message, "choices": reacting.CHOICES, "given": given}
        name = "channels/_reactions.html" if wants_fragment(request) else "channels/reactions.html"
        return render(request, name, context)
    try:
        reacting.react_to(message, request.POST.get("emoji", ""), user=request.user, now=timezone.now())
    except Refused as refusal:
        if wants_fragment(request):
            return with_toast(HttpResponse(str(refusal), status=HTTPStatus.CONFLICT), str(refusal), "red")
        return back_to(request, message.ticket, error=str(refusal))
    if wants_fragment(request):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return back_to(request, message.ticket)


@require_POST
@staff_only
def missing_files(request: StaffRequest, message_id: int) -> HttpResponse:
    """Fetch those once more that could not be had. 409 where there are none."""
    message = visible_message(request, message_id)
    require(policies.may_reply(request.user, message.ticket))
    count = media.fetch_again(message, now=timezone.now())
    said = _("The files are being fetched") if count else _("There is nothing more to fetch.")
    if wants_fragment(request):
        answer = HttpResponse(status=HTTPStatus.NO_CONTENT if count else HTTPStatus.CONFLICT)
        return with_toast(answer, said, "green" if count else "amber")
    return back_to(request, message.ticket, error="" if count else said)


@require_GET
@staff_only
def ticket_templates(request: StaffRequest, number: int) -> HttpResponse:
    """Those that `?route=` may send, with fields for their variables; without scripts a page of their own."""
    ticket = ticket_for(request, number)
    require(policies.may_reply(request.user, ticket))
    route = _route(ticket, request.GET.get("route", ""))
    if route is None:
        return redirect("ticket", number=ticket.pk)
    chosen = request.GET.get("template", "")
    context = {
        "ticket": ticket,
        "route": route,
        "offered": offered(route.account_id),
        "chosen": chosen,
    }
    name = "channels/_templates.html" if wants_fragment(request) else "channels/templates.html"
    return render(request, name, context)


@require_POST
@staff_only
def typing(request: StaffRequest, number: int) -> HttpResponse:
    """Somebody writes an answer by `route`: whoever waits there is shown it."""
    ticket = ticket_for(request, number)
    require(policies.may_reply(request.user, ticket))
    route = routes.route_of(ticket, request.POST.get("route", ""))
    if route and route.conversation and route.can.shows_typing:
        hand_over(show_typing, route.conversation)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _route(ticket: Ticket, key: str) -> Route | None:
    """The one that is named, else the first that has templates."""
    with_templates = [route for route in routes.routes_of(ticket) if route.can.has_templates]
    return next((route for route in with_templates if route.key == key), with_templates[0] if with_templates else None)
