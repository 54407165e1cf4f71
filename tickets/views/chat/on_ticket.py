"""What a ticket's page says while its customer is in a live chat."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tickets.chat import console as chats
from tickets.models import Chat, ChatState
from tickets.views.support import StaffRequest, staff_only, ticket_for


@require_GET
@staff_only
def on_ticket(request: StaffRequest, number: int) -> HttpResponse:
    """The way to the chat that is going on; an empty fragment where there is none."""
    ticket = ticket_for(request, number)
    related = ("visitor__customer", "agent")
    chat = Chat.objects.filter(ticket=ticket).exclude(state=ChatState.ENDED).select_related(*related).first()
    face = chats.face_of(chat.visitor) if chat else None
    return render(request, "chat/_on_ticket.html", {"ticket": ticket, "chat": chat, "face": face})
