"""What is done with a chat: taken or not, passed on, held, ended. Each is the call of a service."""

from __future__ import annotations

from http import HTTPStatus

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers.actors import Actor
from helpdesk.accounts.models import Team, User
from tickets import policies
from tickets.chat import life, passing
from tickets.chat.receivers import receivers
from tickets.models import Chat, EndedBy, ForbiddenMove, Status
from tickets.models.ticket import MOVES
from tickets.services import Refused, change_status
from tickets.views.chat.support import chat_for, done, refused
from tickets.views.chat_settings.blocks import BlockForm
from tickets.views.support import StaffRequest, require, staff_only


@require_POST
@staff_only
def acceptance(request: StaffRequest, chat_id: int) -> HttpResponse:
    """Take it: what was offered, or what waits. 409 where a colleague was quicker."""
    chat = chat_for(request, chat_id)
    require(policies.may_chat(request.user))
    try:
        return done(request, life.accept(chat, request.user))
    except Refused as refusal:
        return refused(request, refusal, HTTPStatus.CONFLICT)


@require_POST
@staff_only
def refusal(request: StaffRequest, chat_id: int) -> HttpResponse:
    """Not now: the next one is asked."""
    chat = chat_for(request, chat_id)
    require(policies.may_chat(request.user))
    life.decline(chat, request.user)
    return done(request)


@require_POST
@staff_only
def takeover(request: StaffRequest, chat_id: int) -> HttpResponse:
    """From a colleague or the assistant."""
    chat = chat_for(request, chat_id)
    require(policies.may_lead_chats(request.user))
    try:
        return done(request, life.take_over(chat, request.user))
    except Refused as refusal:
        return refused(request, refusal, HTTPStatus.CONFLICT)


@require_POST
@staff_only
def hold(request: StaffRequest, chat_id: int) -> HttpResponse:
    """A moment, and how long: `minutes`, 0 to be back."""
    chat = chat_for(request, chat_id)
    require(policies.may_chat(request.user))
    minutes = request.POST.get("minutes", "")
    try:
        if not minutes.isdecimal() or len(minutes) > 4:
            raise Refused(_("Say for how many minutes."), field="minutes")
        return done(request, life.hold(chat, request.user, int(minutes)))
    except Refused as refusal:
        return refused(request, refusal)


class TransferForm(forms.Form):
    to = forms.CharField(error_messages={"required": gettext_lazy("Choose a person or a team.")})
    note = forms.CharField(required=False, max_length=5000)


@require_http_methods(["GET", "POST"])
@staff_only
def transfer(request: StaffRequest, chat_id: int) -> HttpResponse:
    """To whom, and why: asked in a dialog, then done. An empty answer closes the dialog."""
    chat = chat_for(request, chat_id)
    require(policies.may_chat(request.user))
    if request.method == "GET":
        return _ask_transfer(request, chat)
    form = TransferForm(request.POST)
    if not form.is_valid():
        return _ask_transfer(request, chat, error=str(next(iter(form.errors.values()))[0]))
    require(chat.agent_id == request.user.pk or policies.may_lead_chats(request.user))
    try:
        passing.transfer(chat, _receiver(form.cleaned_data["to"]), by=request.user, note=form.cleaned_data["note"])
    except Refused as refusal:
        return _ask_transfer(request, chat, error=str(refusal))
    response = done(request, chat)
    response["HX-Trigger"] = "ot:chat-done"
    return response


def _receiver(value: str) -> Team | User:
    """`team:3` or `user:5`."""
    kind, _colon, number = value.partition(":")
    found = None
    if number.isdecimal() and len(number) < 10:
        found = Team.objects.filter(pk=number) if kind == "team" else User.objects.filter(pk=number, is_active=True)
    if found is None or (receiver := found.first()) is None:
        raise Refused(_("Choose a person or a team."))
    return receiver


def _ask_transfer(request: StaffRequest, chat: Chat, *, error: str = "") -> HttpResponse:
    context = {
        "chat": chat,
        "error": error,
        "receivers": receivers(chat, request.user),
        "note": request.POST.get("note", ""),
    }
    return render(request, "chat/_transfer.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY if error else 200)


@require_http_methods(["GET", "POST"])
@staff_only
def ending(request: StaffRequest, chat_id: int) -> HttpResponse:
    """Over, and what becomes of the ticket: `status` stays where none is named."""
    chat = chat_for(request, chat_id)
    require(policies.may_chat(request.user))
    if request.method == "GET":
        return _ask_ending(request, chat)
    status = request.POST.get("status", "")
    if status and status not in Status.values:
        return _ask_ending(request, chat, error=_("Choose what becomes of the ticket."))
    require(chat.agent_id == request.user.pk or policies.may_lead_chats(request.user))
    try:
        chat = life.end(chat, EndedBy.AGENT, user=request.user)
        if status and (ticket := Chat.objects.select_related("ticket").get(pk=chat.pk).ticket):
            change_status(ticket, Status(status), actor=Actor.agent(request.user))
    except (Refused, ForbiddenMove) as refusal:
        return _ask_ending(request, chat, error=str(refusal))
    response = done(request, chat)
    response["HX-Trigger"] = "ot:chat-done"
    return response


@require_GET
@staff_only
def blocking(request: StaffRequest, chat_id: int) -> HttpResponse:
    """The dialog: whom to keep out, for how long and why."""
    chat = chat_for(request, chat_id)
    require(policies.may_chat(request.user))
    return render(request, "chat/_block.html", {"chat": chat, "form": BlockForm()})


def _ask_ending(request: StaffRequest, chat: Chat, *, error: str = "") -> HttpResponse:
    moves = MOVES[Status(chat.ticket.status)] if chat.ticket else ()
    context = {
        "chat": chat,
        "error": error,
        "statuses": [status for status in (Status.SOLVED, Status.PENDING, Status.OPEN) if status in moves],
    }
    return render(request, "chat/_ending.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY if error else 200)
