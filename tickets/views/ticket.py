"""The ticket's page and its fragments."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from helpdesk.lib.people import hue_of, initials_of
from helpdesk.lib.typed import whole_number
from tickets import opened, policies, send_times, services
from tickets.attachments import REFUSED_SUFFIXES
from tickets.models import CcState, Message, Priority, Status, Ticket, TicketType
from tickets.models.ticket import MOVES
from tickets.surroundings import Surroundings, surroundings
from tickets.timeline import Timeline, timeline
from tickets.views import ways
from tickets.views.queue import list_beside
from tickets.views.support import StaffRequest, staff_only, ticket_for, wants_fragment

REFUSED_TYPES = " ".join(f".{suffix}" for suffix in sorted(REFUSED_SUFFIXES))


@require_GET
@staff_only
def ticket_page(request: StaffRequest, number: int) -> HttpResponse:
    """The whole page; for a click in the list only conversation and details, which the page swaps in."""
    ticket = opened.ticket_with_shelf(request.user, number)
    if ticket is None:
        raise Http404
    context = ticket_context(request, ticket)
    return render(request, "tickets/_ticket.html" if wants_fragment(request) else "tickets/ticket.html", context)


@require_GET
@staff_only
def thread(request: StaffRequest, number: int) -> HttpResponse:
    """The conversation; nothing (204) for a page that has `?seen=` the ticket's last event already."""
    ticket = ticket_for(request, number)
    if request.GET.get("seen") == str(ticket.last_event_id):
        return HttpResponse(status=204)
    return render(request, "tickets/_talk.html", thread_context(request, ticket, timeline(ticket)))


@require_GET
@staff_only
def earlier(request: StaffRequest, number: int) -> HttpResponse:
    """The messages before `?before=`, to be put in the place of the button that asked."""
    ticket = ticket_for(request, number)
    talk = timeline(ticket, before=whole_number(request.GET.get("before", "")) or 0)
    return render(request, "tickets/_earlier.html", thread_context(request, ticket, talk))


@require_GET
@staff_only
def properties(request: StaffRequest, number: int) -> HttpResponse:
    return render_properties(request, number)


def render_properties(
    request: StaffRequest, number: int, *, error: str = "", status: int = 200, stale: object = None
) -> HttpResponse:
    """The details fragment as it is now; after a write with the ticket's header, which shows the same facts."""
    ticket = ticket_for(request, number)
    context = details_context(request, ticket, surroundings(ticket, request.user)) | {
        "error": error,
        "stale": stale,
        "with_header": request.method != "GET",
    }
    return render(request, "tickets/_props.html", context, status=status)


def ticket_context(request: StaffRequest, ticket: Ticket, **more: Any) -> dict[str, Any]:
    talk, around = opened.around(ticket, request.user)
    return {
        **thread_context(request, ticket, talk),
        "answered": _answered(request, talk),
        **details_context(request, ticket, around),
        **composer_context(request, ticket, around),
        **view_context(request),
        **more,
    }


def thread_context(request: StaffRequest, ticket: Ticket, talk: Timeline) -> dict[str, Any]:
    return {
        "ticket": ticket,
        "timeline": talk,
        "may_edit": policies.may_edit(request.user, ticket),
        "may_redact": policies.may_redact(request.user),
        "may_reply": policies.may_reply(request.user, ticket),
        "can_solve": Status.SOLVED in MOVES[ticket.status],
    }


def details_context(request: StaffRequest, ticket: Ticket, around: Surroundings) -> dict[str, Any]:
    return {
        "ticket": ticket,
        "may_edit": policies.may_edit(request.user, ticket) and not ticket.is_closed,
        "may_redact": policies.may_redact(request.user),
        "can_solve": Status.SOLVED in MOVES[ticket.status],
        "staff": around.staff,
        "statuses": (Status(ticket.status), *MOVES[ticket.status]),
        "priorities": Priority,
        "types": TicketType,
        "around": around,
        "ccs": [row for row in around.ccs if row["state"] == CcState.CC],
        "suggested": [row for row in around.ccs if row["state"] != CcState.CC],
        "followers": [
            row | {"initials": initials_of(row["name"]), "hue": hue_of(row["email"])} for row in around.followers
        ],
        "is_following": any(row["id"] == request.user.pk for row in around.followers),
    }


def composer_context(request: StaffRequest, ticket: Ticket, around: Surroundings) -> dict[str, Any]:
    return {
        "drafts": around.drafts,
        "draft_files": around.files,
        "mode": "reply" if policies.may_reply(request.user, ticket) else "note",
        "submit_key": uuid4(),
        "max_bytes": settings.MAX_ATTACHMENT_BYTES,
        "refused_types": REFUSED_TYPES,
        "recipients": _recipients(ticket, around),
        "ways": ways.offered(request, ticket, around),
        "send_times": send_times.shown(timezone.localtime()),
        "shared_drafts": around.shared,
        "send_statuses": tuple(status for status in MOVES[ticket.status] if status != Status.CLOSED),
    }


def _recipients(ticket: Ticket, around: Surroundings) -> dict[str, str]:
    """To, Cc and Bcc as they stand in the composer: those of the draft, with what happened to the ticket since.

    Addresses are joined by commas, as the plain fields of a page without scripts show them.
    """
    usual_to, usual_cc = around.usual_to, around.usual_cc
    drafted = next((row["recipients"] or {} for row in around.drafts if row["mode"] == "reply"), {})
    cc = services.merged(usual_cc, drafted.get("cc_seen", usual_cc), drafted["cc"]) if drafted else usual_cc
    chosen = {"to": drafted.get("to") or usual_to, "cc": cc, "bcc": drafted.get("bcc", [])}
    seen = {"cc_seen": usual_cc, "usual_to": usual_to}
    return {name: ", ".join(addresses) for name, addresses in {**chosen, **seen}.items()}


def _answered(request: StaffRequest, talk: Timeline) -> Message | None:
    """The message that the next reply answers by itself, named in the address by a page without scripts."""
    number = whole_number(request.GET.get("answers", ""))
    return next((entry.message for entry in talk.entries if entry.message and entry.message.pk == number), None)


def view_context(request: StaffRequest) -> dict[str, Any]:
    """The list the reader came from stands beside the ticket."""
    return list_beside(request)
