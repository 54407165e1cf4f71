"""Macros on a ticket: which there are, what one would do, taking it into the composer, making its changes at once."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from customers.actors import Actor
from helpdesk.lib.html import html_to_text
from tickets import policies
from tickets.automation import macros
from tickets.automation.actions import Wanted
from tickets.automation.macros import Offer, Preview
from tickets.conditions import Invalid
from tickets.forms import MultipleIntegerField
from tickets.models import ForbiddenMove, Macro, Ticket, TicketEvent
from tickets.services import Refused, gesture
from tickets.views.reversal import SECONDS
from tickets.views.support import (
    StaffRequest,
    back_to,
    require,
    staff_only,
    ticket_for,
    wants_fragment,
    wants_json,
    with_toast,
)
from tickets.views.ticket import ticket_context

MOST_CHANGES = 30


@require_GET
@staff_only
def macro_menu(request: StaffRequest, number: int) -> HttpResponse:
    """The macros that may be used here, for the composer's menus; as a page for browsers without scripts."""
    ticket = ticket_for(request, number)
    require(policies.may_note(request.user, ticket))
    offers = macros.usable(request.user, now=timezone.now())
    if wants_json(request):
        return JsonResponse({"macros": [_offered(offer) for offer in offers]})
    context = {"ticket": ticket, "offers": offers}
    return render(request, "tickets/macros/on_ticket.html", context)


@require_POST
@staff_only
def preview(request: StaffRequest, number: int, macro_id: int) -> JsonResponse:
    """What it would write and change now. Writes nothing."""
    ticket = ticket_for(request, number)
    shown = macros.preview(macro_for(request, macro_id), ticket, user=request.user)
    files = [{"filename": file.filename, "size": filesizeformat(file.size)} for file in shown.files]
    return JsonResponse(_told(shown) | {"files": files})


@require_POST
@staff_only
def application(request: StaffRequest, number: int, macro_id: int) -> HttpResponse:
    """Take it into the composer: its words, its changes to wait there, copies of its files. Sends nothing."""
    ticket = ticket_for(request, number)
    shown = macros.preview(macro_for(request, macro_id), ticket, user=request.user)
    if shown.problem:
        return JsonResponse({"detail": shown.problem}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    files = macros.copy_files(shown.macro, user=request.user, now=timezone.now())
    if wants_json(request):
        return JsonResponse(_told(shown) | {"attachments": [file.as_dict() for file in files]})
    waiting = [
        {"json": json.dumps(change.action), "text": change.text}
        for change in shown.changes
        if not change.problem and not change.is_unchanged
    ]
    context = ticket_context(request, ticket, words=html_to_text(shown.html), waiting=waiting, macro=shown.macro)
    context["waiting_files"] = files
    context["mode"] = shown.mode or context["mode"]
    return render(request, "tickets/ticket.html", context)


@require_POST
@staff_only
def changes(request: StaffRequest, number: int) -> HttpResponse:
    """Make what waits in the composer now, without its words: one step, with one Undo."""
    ticket = ticket_for(request, number)
    try:
        wanted, used = pending_changes(request)
        if not wanted:
            raise Refused(_("There is nothing to change."))
        with gesture(ticket, actor=Actor.agent(request.user)) as g:
            macros.carry_out(g.ticket, wanted, used=used, user=request.user)
    except (Refused, ForbiddenMove) as refusal:
        if wants_fragment(request):
            return JsonResponse({"detail": str(refusal)}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return back_to(request, ticket, error=str(refusal))
    if not wants_fragment(request):
        return back_to(request, ticket)
    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
    if not Ticket.objects.visible_to(request.user).filter(pk=ticket.pk).exists():
        response["HX-Redirect"] = "/agent/"
    done = TicketEvent.objects.filter(ticket=ticket, kind="macro.applied", actor_user=request.user)
    event = done.filter(pk__gt=ticket.last_event_id).order_by("-pk").first()
    undo: dict[str, Any] = {}
    if event:
        undo = {"undo": f"{reverse('reversal', args=[ticket.pk])}?event={event.pk}", "seconds": SECONDS}
    said = ngettext("%(count)s change made", "%(count)s changes made", len(wanted)) % {"count": len(wanted)}
    return with_toast(response, said, **undo)


def pending_changes(request: StaffRequest) -> tuple[list[Wanted], list[int]]:
    """The changes of the form, one JSON object in each `changes`, and the macros they came from. Raises `Refused`."""
    try:
        waiting = [json.loads(each) for each in request.POST.getlist("changes")[: MOST_CHANGES + 1]]
        used: list[int] = MultipleIntegerField(required=False).clean(request.POST.getlist("macros")[:MOST_CHANGES])
        return macros.read_changes(waiting), used
    except Invalid as invalid:
        raise Refused(str(invalid), field="changes") from invalid
    except (ValueError, RecursionError, ValidationError) as error:
        raise Refused(_("These changes can’t be read."), field="changes") from error


def macro_for(request: StaffRequest, macro_id: int) -> Macro:
    """A macro that its reader may use."""
    macro = get_object_or_404(Macro.objects.visible_to(request.user).filter(is_active=True), pk=macro_id)
    require(macros.is_for(request.user, macro))
    return macro


def _offered(offer: Offer) -> dict[str, Any]:
    macro = offer.macro
    return {
        "id": macro.pk,
        "title": macro.title,
        "folder": macro.folder.replace("::", " › "),
        "shortcut": macro.shortcut,
        "description": macro.description,
        "language": macro.language,
        "whose": _("Yours") if macro.owner_id else str(macro.team or ""),
        "uses": offer.uses,
        "own": offer.own_uses,
    }


def _told(shown: Preview) -> dict[str, Any]:
    return {
        "macro": {"id": shown.macro.pk, "title": shown.macro.title},
        "mode": shown.mode,
        "html": shown.html,
        "text": html_to_text(shown.html),
        "problem": shown.problem,
        "changes": [change.as_dict() for change in shown.changes],
    }
