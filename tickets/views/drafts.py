"""Drafts: saved while somebody types, the same on all their devices, shared when wanted, found again."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any, NamedTuple

from django.core.exceptions import RequestDataTooBig, ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from helpdesk.lib.html import html_to_text
from tickets import policies, realtime, services
from tickets.forms import MultipleIntegerField
from tickets.models import Draft, DraftMode, DraftRevision, Ticket
from tickets.surroundings import draft_facts, shared_drafts
from tickets.views.support import StaffRequest, require, staff_only, ticket_for, wants_fragment

MOST_RECIPIENTS = 500  # in each field: more than a message may have, so that nobody is dropped without a word
MOST_FILES = 200
SHOWN = 200


class Words(NamedTuple):
    """What a browser saves; `keeps_old` as in `services.save_draft`."""

    mode: str
    html: str
    version: int
    files: list[int]
    recipients: dict[str, list[str]] | None
    keeps_old: bool


@require_http_methods(["GET", "PUT", "POST"])
@staff_only
def draft(request: StaffRequest, number: int) -> HttpResponse:
    """What is stored (`GET ?mode=`), or autosave: JSON `{mode, html, version, attachments, recipients}`.

    Empty words delete it. 409 when another device saved since, 413 when it is too long. A ticket that was moved out
    of the writer's sight still takes the words they have begun there.
    """
    if request.method == "GET":
        return JsonResponse(_stored(ticket_for(request, number), request))
    ticket = _ticket_written_on(request, number)
    try:
        words = _read(request.body)
    except RequestDataTooBig:
        return _too_long(_("This is too long to be saved as a draft. Shorten it."))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError, ValidationError):
        return JsonResponse({"detail": _("A draft has a mode, words and a version.")}, status=400)
    try:
        if not words.html.strip() and not words.files:
            services.discard_draft(ticket, words.mode, user=request.user, version=words.version)
            _tell(ticket, request, is_other_number=True)
            return JsonResponse({"version": 0})
        saved = services.save_draft(
            ticket,
            words.mode,
            words.html,
            user=request.user,
            version=words.version,
            attachment_ids=words.files,
            recipients=words.recipients,
            keeps_old=words.keeps_old,
        )
    except services.TooLong as refusal:
        return _too_long(str(refusal))
    except services.DraftConflict as conflict:
        newer = conflict.draft
        return JsonResponse({**draft_facts(newer), "by": str(newer.user)}, status=HTTPStatus.CONFLICT)
    _tell(ticket, request, is_other_number=not words.version)
    is_hidden = not Ticket.objects.visible_to(request.user).filter(pk=number).exists()
    return JsonResponse({"version": saved.version} | ({"hidden": True} if is_hidden else {}))


def _too_long(reason: str) -> HttpResponse:
    return JsonResponse({"detail": reason}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def _stored(ticket: Ticket, request: StaffRequest) -> dict[str, Any]:
    found = Draft.objects.filter(ticket=ticket, user=request.user, mode=request.GET.get("mode", "")).first()
    return draft_facts(found) if found else {"version": 0, "html": "", "attachments": [], "recipients": None}


def _ticket_written_on(request: StaffRequest, number: int) -> Ticket:
    visible = Ticket.objects.visible_to(request.user).filter(pk=number).first()
    ticket = visible or Ticket.objects.filter(pk=number, drafts__user=request.user).first()
    if ticket is None:
        raise Http404
    return ticket


def _read(body: bytes) -> Words:
    words = json.loads(body)
    html = _storable(words["html"])
    files = MultipleIntegerField().to_python(words.get("attachments"))
    if len(files) > MOST_FILES:
        raise ValueError("more files than a message has")
    mode = DraftMode(str(words["mode"]))
    version = int(words.get("version") or 0)
    if not 0 <= version < 2**31:
        raise ValueError("no version")
    return Words(mode, html, version, files, _read_recipients(words.get("recipients")), words.get("keep") is True)


def _read_recipients(given: dict[str, Any] | None) -> dict[str, list[str]] | None:
    """The addresses as they were typed so far: what they are worth is asked when the message is sent."""
    if given is None:
        return None
    fields = ("to", "cc", "bcc", "cc_seen")
    return {name: [_storable(each)[:320] for each in given.get(name) or ()][:MOST_RECIPIENTS] for name in fields}


def _storable(text: object) -> str:
    """Half a surrogate pair is JSON, but no UTF-8; NUL is text, but not PostgreSQL's."""
    return str(text).encode(errors="replace").decode().replace("\0", "")


def _tell(ticket: Ticket, request: StaffRequest, *, is_other_number: bool = False) -> None:
    """`is_other_number`: the sidebar counts one more, or one less."""
    count = [f"drafts:{request.user.pk}"] if is_other_number else []
    realtime.publish({"t": "changed", "topics": [*realtime.draft_topics(ticket.pk, request.user.pk), *count]})


@require_GET
@staff_only
def revisions(request: StaffRequest, number: int) -> HttpResponse:
    """What the reader's draft said before, newest first: to look at, and to put back."""
    ticket = ticket_for(request, number)
    past = DraftRevision.objects.filter(ticket=ticket, user=request.user, mode=request.GET.get("mode", ""))
    found = [
        {"id": row.pk, "html": row.html, "text": html_to_text(row.html)[:120], "at": row.saved_at.isoformat()}
        for row in past
    ]
    return JsonResponse({"revisions": found})


@require_POST
@staff_only
def sharing(request: StaffRequest, number: int) -> HttpResponse:
    """Let colleagues read along (`shared=1`), or no longer. 404 when there is no draft."""
    ticket = ticket_for(request, number)
    mode, shared = request.POST.get("mode", ""), request.POST.get("shared") == "1"
    found = services.share_draft(ticket, mode, user=request.user, shared=shared)
    if found is None:
        raise Http404
    _tell(ticket, request)
    if not wants_fragment(request):
        return redirect("ticket", number=number)
    return JsonResponse({"shared": shared})


@require_GET
@staff_only
def drafts_of_others(request: StaffRequest, number: int) -> HttpResponse:
    """What colleagues share of what they are writing: a live fragment above the composer."""
    ticket = ticket_for(request, number)
    context = {
        "ticket": ticket,
        "shared_drafts": shared_drafts(ticket, request.user),
        "may_reply": policies.may_reply(request.user, ticket),
    }
    return render(request, "tickets/_shared_drafts.html", context)


@require_POST
@staff_only
def copy(request: StaffRequest, draft_id: int) -> HttpResponse:
    """Take a colleague's shared words behind one's own; theirs stay as they are."""
    visible = Draft.objects.filter(ticket__in=Ticket.objects.visible_to(request.user), shared_at__isnull=False)
    shared = get_object_or_404(visible.exclude(user=request.user).select_related("ticket", "user"), pk=draft_id)
    if shared.mode == DraftMode.REPLY:
        require(policies.may_reply(request.user, shared.ticket))
    own = services.copy_draft(shared, user=request.user)
    _tell(shared.ticket, request, is_other_number=True)
    if not wants_fragment(request):
        return redirect("ticket", number=shared.ticket_id)
    return JsonResponse({"mode": own.mode, "draft": draft_facts(own)})


@require_GET
@staff_only
def my_drafts(request: StaffRequest) -> HttpResponse:
    """Everything the reader has begun and not sent, oldest last; also on tickets they no longer see."""
    own = Draft.objects.filter(user=request.user).select_related("ticket__requester").order_by("-updated_at")
    rows = [
        {"draft": draft, "text": html_to_text(draft.html)[:300], "is_visible": _is_visible(draft, request)}
        for draft in own[:SHOWN]
    ]
    return render(request, "tickets/drafts.html", {"active": "drafts", "rows": rows})


def _is_visible(draft: Draft, request: StaffRequest) -> bool:
    """As `Ticket.objects.visible_to` has it, for tickets that are there already."""
    return draft.ticket.team_id is None or draft.ticket.team_id not in request.user.hidden_team_ids


@require_POST
@staff_only
def discard(request: StaffRequest, draft_id: int) -> HttpResponse:
    """Throw a draft away; its words stay in "Earlier versions" for a month."""
    own = get_object_or_404(Draft.objects.select_related("ticket"), pk=draft_id, user=request.user)
    services.discard_draft(own.ticket, own.mode, user=request.user)
    _tell(own.ticket, request, is_other_number=True)
    return redirect("drafts")
