"""What is said in a chat, and noted beside it: read from any number on, written once."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django import forms
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers.actors import Actor
from helpdesk.lib.html import text_to_html
from helpdesk.lib.typed import whole_number
from tickets import policies
from tickets.chat import console as chats
from tickets.chat import log
from tickets.chat.answering import answer
from tickets.chat.settling import settle
from tickets.forms import MultipleIntegerField
from tickets.models import Chat, ForbiddenMove
from tickets.services import Refused, add_note
from tickets.views.chat.support import chat_for, refused
from tickets.views.macros import pending_changes
from tickets.views.support import StaffRequest, require, staff_only


class WordsForm(forms.Form):
    """`id` is made where the words were written: the same again is the same line. Blank edges are no words."""

    id = forms.UUIDField()
    text = forms.CharField(required=False, strip=False)
    attachments = MultipleIntegerField(required=False)


@require_http_methods(["GET", "POST"])
@staff_only
def lines(request: StaffRequest, chat_id: int) -> HttpResponse:
    """The lines after `?since=` or before `?before=`; or one more is said."""
    chat = chat_for(request, chat_id)
    if request.method == "POST":
        return _say(request, chat)
    if before := whole_number(request.GET.get("before", "")):
        found = log.newest(chat.pk, before=before)
        return JsonResponse(_told(found) | {"has_more": bool(found) and found[0].seq > 1})
    found = log.read(chat.pk, since=whole_number(request.GET.get("since", "")) or 0)
    return JsonResponse(_told(found) | {"has_more": len(found) == log.PAGE, "seen": chat.visitor_seen_seq})


def _told(found: list[log.Line]) -> dict[str, Any]:
    return {"lines": [line.as_dict() for line in found]}


def _say(request: StaffRequest, chat: Chat) -> HttpResponse:
    require(policies.may_chat(request.user))
    form = WordsForm(request.POST)
    if not form.is_valid():
        return refused(request, Refused(_("This line can’t be read.")))
    data = form.cleaned_data
    try:
        changes, used = pending_changes(request)
        line = answer(
            chat,
            data["text"].replace("\r\n", "\n"),  # as forms send line breaks
            user=request.user,
            client_id=data["id"],
            attachment_ids=data["attachments"],
            changes=changes,
            used=used,
        )
    except (Refused, ForbiddenMove) as refusal:
        return refused(request, refusal)
    return JsonResponse({"line": line.as_dict()}, status=HTTPStatus.CREATED)


@require_http_methods(["GET", "POST"])
@staff_only
def notes(request: StaffRequest, chat_id: int) -> HttpResponse:
    """Internal notes on the chat's ticket; or one more. Their visitor never sees them."""
    chat = chat_for(request, chat_id)
    if request.method == "GET":
        return JsonResponse({"notes": chats.notes_of(chat)})
    require(policies.may_note(request.user))
    form = WordsForm(request.POST)
    if not form.is_valid():
        return refused(request, Refused(_("This line can’t be read.")))
    ticket = settle(chat)
    try:
        if ticket is None:
            raise Refused(_("There is no ticket yet."))
        note = add_note(
            ticket,
            text_to_html(form.cleaned_data["text"].replace("\r\n", "\n").strip()),
            actor=Actor.agent(request.user),
            attachment_ids=form.cleaned_data["attachments"],
            submit_key=form.cleaned_data["id"],
            keeps_draft=True,
        )
    except Refused as refusal:
        return refused(request, refusal)
    return JsonResponse({"note": chats.note_as_dict(note)}, status=HTTPStatus.CREATED)
