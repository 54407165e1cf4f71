"""Writing: send a reply or note, keep a draft, take a reply back."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tickets import attachments, policies, services
from tickets.actors import Actor
from tickets.forms import MessageForm, MultipleIntegerField
from tickets.models import ForbiddenMove, Message, Ticket
from tickets.views.properties import first_error
from tickets.views.support import StaffRequest, require, staff_only, ticket_for, wants_fragment, with_toast
from tickets.views.ticket import ticket_context


@require_POST
@staff_only
def send_message(request: StaffRequest, number: int) -> HttpResponse:
    """Add a reply or note, and set a status with it if one is named.

    409 when the ticket moved on since `last_event`, 422 when there is nothing to send: the words come back.
    """
    ticket = get_object_or_404(Ticket.objects.visible_to(request.user), pk=number)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _sent_back(request, ticket, first_error(form), HTTPStatus.UNPROCESSABLE_ENTITY)
    is_note = form.cleaned_data["mode"] == "note"
    require(policies.may_note(request.user, ticket) if is_note else policies.may_reply(request.user, ticket))
    require(not form.cleaned_data["status"] or policies.may_edit(request.user, ticket))
    try:
        message, ticket = _write(request, ticket, form, is_note)
    except services.ThreadMovedOn as news:
        return _sent_back(request, ticket, _what_happened(news), HTTPStatus.CONFLICT)
    except services.TicketClosed as refusal:
        return _sent_back(request, ticket, f"{refusal} {_('Your words are kept as a draft.')}", HTTPStatus.CONFLICT)
    except (services.Refused, ForbiddenMove) as refusal:
        return _sent_back(request, ticket, str(refusal), HTTPStatus.UNPROCESSABLE_ENTITY)
    return _sent(request, ticket, message)


def _write(request: StaffRequest, ticket: Ticket, form: MessageForm, is_note: bool) -> tuple[Message, Ticket]:
    """The message, and the ticket as it is with it. A submit that arrives twice sets its status once."""
    data, actor = form.cleaned_data, Actor.agent(request.user)
    uploads = [
        attachments.upload(request.user, file.name or "", file.read()) for file in request.FILES.getlist("files")
    ]
    words: dict[str, Any] = {
        "actor": actor,
        "attachment_ids": [*data["attachments"], *(upload.pk for upload in uploads)],
        "submit_key": data["submit_key"],
    }
    with services.gesture(ticket, actor=actor) as g:
        if is_note:
            message = services.add_note(ticket, form.html, **words)
        else:
            seen = None if data["force"] else data["last_event"]
            message = services.add_reply(ticket, form.html, seen_event_id=seen, **words)
        if g.events and data["status"]:
            services.change_status(ticket, data["status"], actor=actor)
    return message, g.ticket


def _what_happened(news: services.ThreadMovedOn) -> str:
    """Who did what meanwhile, in one sentence each, the last three at most."""
    said = {
        "message.received": _("%(name)s wrote a new message."),
        "reply.added": _("%(name)s replied already."),
        "assignee.changed": _("%(name)s changed the assignee."),
        "status.changed": _("%(name)s changed the status."),
    }
    sentences = [said[event.kind] % {"name": event.actor_name} for event in news.events[-3:]]
    return " ".join([*dict.fromkeys(sentences), _("Nothing was sent; your words are kept.")])


def _sent(request: StaffRequest, ticket: Ticket, message: Message) -> HttpResponse:
    if not wants_fragment(request):
        return redirect(f"{reverse('ticket', args=[ticket.pk])}#m{message.pk}")
    answer = {"message": message.pk, "last_event": ticket.last_event_id, "submit_key": str(uuid4())}
    if message.is_note:
        return JsonResponse(answer, status=HTTPStatus.CREATED)
    undo: dict[str, Any] = {"undo": reverse("retraction", args=[message.pk]), "seconds": settings.UNDO_SEND_SECONDS}
    response = JsonResponse(answer | undo, status=HTTPStatus.CREATED)
    return with_toast(response, _("Reply sent"), **undo)


def _sent_back(request: StaffRequest, ticket: Ticket, reason: str, status: int) -> HttpResponse:
    """Say why; without scripts the page itself comes back with the words in their field."""
    ticket = ticket_for(request, ticket.pk)
    if wants_fragment(request):
        return JsonResponse({"detail": reason, "last_event": ticket.last_event_id}, status=status)
    context = ticket_context(request, ticket, composer_error=reason, words=request.POST.get("body", ""))
    context["mode"] = request.POST.get("mode", "reply")
    return render(request, "tickets/ticket.html", context, status=status)


@require_http_methods(["PUT", "POST"])
@staff_only
def draft(request: StaffRequest, number: int) -> HttpResponse:
    """Autosave: JSON `{mode, html, version}`; empty words delete it. 409 when another device saved since."""
    ticket = ticket_for(request, number)
    require(policies.may_note(request.user, ticket))
    try:
        words = json.loads(request.body)
        mode, version = str(words["mode"]), int(words.get("version") or 0)
        html = str(words["html"]).encode(errors="replace").decode()  # half a surrogate pair is JSON, but no UTF-8
        files = MultipleIntegerField().to_python(words.get("attachments"))
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError):
        return JsonResponse({"detail": _("A draft has a mode, words and a version.")}, status=400)
    if mode not in ("reply", "note"):
        return JsonResponse({"detail": _("A draft is a reply or a note.")}, status=400)
    if not html.strip() and not files:
        services.discard_draft(ticket, mode, user=request.user)
        return JsonResponse({"version": 0})
    try:
        saved = services.save_draft(ticket, mode, html, user=request.user, version=version, attachment_ids=files)
    except services.DraftConflict as conflict:
        newer = conflict.draft
        return JsonResponse({"version": newer.version, "html": newer.html, "by": str(newer.user)}, status=409)
    return JsonResponse({"version": saved.version})


@require_POST
@staff_only
def retraction(request: StaffRequest, message_id: int) -> HttpResponse:
    """Undo a send inside its window; the words go back to the composer."""
    message = visible_message(request, message_id)
    require(
        policies.may_retract(request.user, message) or message.delivery_state == "cancelled",
        _("Too late to undo, or not yours: the message is already on its way."),
    )
    try:
        restored = services.retract_reply(message, actor=Actor.agent(request.user))
    except services.TooLate as refusal:
        return _too_late(request, message, str(refusal))
    if not wants_fragment(request):
        return redirect("ticket", number=message.ticket_id)
    html = restored.html if restored else message.html
    answer = {"html": html, "mode": "reply", "version": restored.version if restored else 0}
    return JsonResponse(answer | {"attachments": restored.attachment_ids if restored else []})


def _too_late(request: HttpRequest, message: Message, reason: str) -> HttpResponse:
    if wants_fragment(request):
        return JsonResponse({"detail": reason}, status=HTTPStatus.CONFLICT)
    messages.error(request, reason)
    return redirect("ticket", number=message.ticket_id)


def visible_message(request: StaffRequest, message_id: int) -> Message:
    visible = Message.objects.filter(ticket__in=Ticket.objects.visible_to(request.user))
    return get_object_or_404(visible.select_related("ticket"), pk=message_id)
