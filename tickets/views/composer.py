"""Sending: a reply or note, at once or later; held when the thread moved on; taken back."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.actors import Actor
from helpdesk.uploads import file_too_large
from tickets import attachments, policies, send_times, services
from tickets.automation import macros
from tickets.forms import MessageForm
from tickets.models import DeliveryState, ForbiddenMove, Message, Ticket
from tickets.surroundings import draft_facts
from tickets.timeline import LINES
from tickets.views import ways
from tickets.views.macros import pending_changes
from tickets.views.properties import first_error
from tickets.views.support import StaffRequest, require, staff_only, ticket_for, wants_fragment, with_toast
from tickets.views.ticket import ticket_context


@require_POST
@staff_only
def send_message(request: StaffRequest, number: int) -> HttpResponse:
    """Add a reply or note, and set a status with it if one is named.

    409 when the ticket moved on since `last_event`, 422 when there is nothing to send: the words come back.
    """
    ticket = ticket_for(request, number)
    form = MessageForm(request.POST)
    if not form.is_valid():
        field = next((name for name in form.errors if name != "__all__"), "")
        return _sent_back(request, ticket, first_error(form), HTTPStatus.UNPROCESSABLE_ENTITY, field=field)
    is_note = form.cleaned_data["mode"] == "note"
    require(policies.may_note(request.user, ticket) if is_note else policies.may_reply(request.user, ticket))
    require(not form.cleaned_data["status"] or policies.may_edit(request.user, ticket))
    try:
        message, ticket = _write(request, ticket, form, is_note)
    except services.ThreadMovedOn as news:
        return _sent_back(request, ticket, _what_happened(news), HTTPStatus.CONFLICT, news=news)
    except services.NeedsApproval as asked:
        return _propose(request, ticket, form, asked)
    except services.TicketClosed as refusal:
        kept = _("Your words are kept as a draft.")
        return _sent_back(request, ticket, f"{refusal} {kept}", HTTPStatus.CONFLICT)
    except services.Refused as refusal:
        return _sent_back(request, ticket, str(refusal), HTTPStatus.UNPROCESSABLE_ENTITY, field=refusal.field)
    except ForbiddenMove as refusal:
        return _sent_back(request, ticket, str(refusal), HTTPStatus.UNPROCESSABLE_ENTITY)
    return _sent(request, ticket, message)


def _write(request: StaffRequest, ticket: Ticket, form: MessageForm, is_note: bool) -> tuple[Message, Ticket]:
    """The message, and the ticket as it is with it: with the changes of macros, then the status that was chosen.

    A submit that arrives twice changes it once.
    """
    data, actor = form.cleaned_data, Actor.agent(request.user)
    if reason := file_too_large(request):
        raise services.Refused(reason)
    uploads = [attachments.upload(request.user, file.name or "", file) for file in request.FILES.getlist("files")]
    words: dict[str, Any] = {
        "actor": actor,
        "attachment_ids": [*data["attachments"], *(upload.pk for upload in uploads)],
        "submit_key": data["submit_key"],
    }
    waiting, used = pending_changes(request)
    with services.gesture(ticket, actor=actor) as g:
        if is_note:
            message = services.add_note(ticket, form.html, **words)
        else:
            message = services.add_reply(
                ticket,
                form.html,
                seen_event_id=None if data["force"] else data["last_event"],
                recipients=form.recipients,
                send_at=data["send_later"],
                unless_answered=data["unless_answered"],
                **ways.chosen_fields(ticket, form),
                **words,
            )
        is_new = bool(g.events)
        if is_new and (waiting or used):
            macros.carry_out(ticket, waiting, used=used, user=request.user)
        if is_new and data["status"]:
            services.change_status(ticket, data["status"], actor=actor)
    return message, g.ticket


def _propose(request: StaffRequest, ticket: Ticket, form: MessageForm, asked: services.NeedsApproval) -> HttpResponse:
    """Everybody could read it, so a colleague sees it first. Macros' changes wait for nobody."""
    data, actor = form.cleaned_data, Actor.agent(request.user)
    try:
        if data["send_later"]:
            raise services.Refused(_("What has to be approved goes out at once then: it can’t be sent later."))
        if data["attachments"] or request.FILES:
            raise services.Refused(_("What has to be approved takes no files."), field="files")
        waiting, used = pending_changes(request)
        with services.gesture(ticket, actor=actor) as g:
            services.propose_reply(
                ticket,
                form.html,
                route=asked.route,
                answers=ways.answered_by(ticket, asked.route, form),
                status=data["status"],
                submit_key=data["submit_key"],
                actor=actor,
            )
            if g.events and (waiting or used):
                macros.carry_out(ticket, waiting, used=used, user=request.user)
    except services.Refused as refusal:
        return _sent_back(request, ticket, str(refusal), HTTPStatus.UNPROCESSABLE_ENTITY, field=refusal.field)
    said = _("A colleague has to approve it first.")
    if not wants_fragment(request):
        messages.success(request, said)
        return redirect("ticket", number=ticket.pk)
    answer = {"last_event": g.ticket.last_event_id, "submit_key": str(uuid4())}
    return with_toast(JsonResponse(answer, status=HTTPStatus.CREATED), said, "amber")


def _what_happened(news: services.ThreadMovedOn) -> str:
    """Who did what meanwhile, in one sentence each, the last three at most."""
    said = {
        "message.received": _("%(name)s wrote a new message."),
        "reply.added": _("%(name)s replied already."),
        "note.added": _("%(name)s wrote a note") + ".",
        "reply.scheduled": _("%(name)s has written a reply that is sent later."),
        "assignee.changed": _("%(name)s changed the assignee."),
        "status.changed": _("%(name)s changed the status."),
    }
    sentences = [said[event.kind] % {"name": event.actor_name} for event in news.events[-3:]]
    return " ".join([*dict.fromkeys(sentences), _("Nothing was sent; your words are kept.")])


def _sent(request: StaffRequest, ticket: Ticket, message: Message) -> HttpResponse:
    unseen = _named_in_vain(message)
    if not wants_fragment(request):
        if unseen:
            messages.warning(request, unseen)
        return redirect(f"{reverse('ticket', args=[ticket.pk])}#m{message.pk}")
    answer = {"message": message.pk, "last_event": ticket.last_event_id, "submit_key": str(uuid4())}
    if message.is_note:
        response = JsonResponse(answer, status=HTTPStatus.CREATED)
        return with_toast(response, unseen, "amber", seconds=12) if unseen else response
    undo: dict[str, Any] = {"undo": reverse("retraction", args=[message.pk]), "seconds": settings.UNDO_SEND_SECONDS}
    response = JsonResponse(answer | undo, status=HTTPStatus.CREATED)
    if message.delivery_state == DeliveryState.SCHEDULED and message.send_at:
        when = send_times.moment(timezone.localtime(message.send_at))
        return with_toast(response, _("It will be sent on %(when)s") % {"when": when}, **undo | {"seconds": 8})
    return with_toast(response, _("Reply sent"), **undo)


def _named_in_vain(message: Message) -> str:
    """A note that names somebody who may not see the ticket: they were not told, and its writer should know."""
    if not message.is_note or "@" not in message.text:
        return ""
    names = [name for event in message.events.filter(kind="note.added") for name in event.payload.get("unseen", [])]
    if not names:
        return ""
    return _("Not told, because they may not see this ticket: %(names)s.") % {"names": ", ".join(names)}


def _sent_back(
    request: StaffRequest,
    ticket: Ticket,
    reason: str,
    status: int,
    *,
    field: str = "",
    news: services.ThreadMovedOn | None = None,
) -> HttpResponse:
    """Say why, and at which field; without scripts the page itself comes back with the words in theirs."""
    ticket = ticket_for(request, ticket.pk)
    if wants_fragment(request):
        answer: dict[str, Any] = {"detail": reason, "last_event": ticket.last_event_id, "field": field}
        if news:
            # Up to what is shown: what came in this very moment holds the next try again.
            answer |= {"news": render_news(request, ticket, news), "last_event": max(e.pk for e in news.events)}
            if request.POST.get("submit_key") in {str(message.submit_key) for message in news.messages}:
                answer["submit_key"] = str(uuid4())  # these words are another message
        return JsonResponse(answer, status=status)
    context = ticket_context(request, ticket, composer_error=reason, words=request.POST.get("body", ""))
    context["mode"] = request.POST.get("mode", "reply")
    context["recipients"] = {name: request.POST[name] for name in ("to", "cc", "bcc") if name in request.POST} or (
        context["recipients"]
    )
    return render(request, "tickets/ticket.html", context, status=status)


def render_news(request: StaffRequest, ticket: Ticket, news: services.ThreadMovedOn) -> str:
    """What the writer had not seen, drawn as in the conversation, to be read where they write."""
    entries = [
        {"message": event.message, "event": event, "line": f"tickets/events/{event.kind}.html"}
        for event in news.events
        if event.message or event.kind in LINES
    ]
    return render_to_string("tickets/_news.html", {"ticket": ticket, "entries": entries}, request)


@require_POST
@staff_only
def retraction(request: StaffRequest, message_id: int) -> HttpResponse:
    """Undo a send inside its window, or stop one that waits; the words go back to the composer of their author."""
    message = visible_message(request, message_id)
    require(
        policies.may_retract(request.user, message) or message.delivery_state == DeliveryState.CANCELLED,
        _("Too late to undo, or not yours: the message is already on its way."),
    )
    try:
        restored = services.retract_reply(message, actor=Actor.agent(request.user))
    except services.TooLate as refusal:
        return too_late(request, message, str(refusal))
    if not wants_fragment(request):
        return redirect("ticket", number=message.ticket_id)
    if message.author_user != request.user:
        told = _("Stopped. The words are a draft of %(name)s again, shared with the team.")
        return with_toast(HttpResponse(status=HTTPStatus.NO_CONTENT), told % {"name": message.author_name})
    version = restored.version if restored else 0
    chosen = _template_of(message)
    answer = {"ticket": message.ticket_id, "html": "" if chosen else message.html, "mode": "reply", "version": version}
    return JsonResponse(answer | {"draft": draft_facts(restored) if restored else None, "template": chosen})


def _template_of(message: Message) -> dict[str, Any] | None:
    """What the composer is to open again: the way, the template, the words for its variables by their fields."""
    template = message.facts.get("template")
    if not template:
        return None
    values = {f"var.{each['part']}.{each['key']}": each["text"] for each in template.get("parameters", [])}
    route = f"c{message.facts.get('conversation', 0)}"
    return {"route": route, "template": f"{template['name']}|{template['language']}", "values": values}


def too_late(request: HttpRequest, message: Message, reason: str) -> HttpResponse:
    if wants_fragment(request):
        return JsonResponse({"detail": reason}, status=HTTPStatus.CONFLICT)
    messages.error(request, reason)
    return redirect("ticket", number=message.ticket_id)


def visible_message(request: StaffRequest, message_id: int) -> Message:
    visible = Message.objects.filter(ticket__in=Ticket.objects.visible_to(request.user))
    return get_object_or_404(visible.select_related("ticket", "author_user"), pk=message_id)
