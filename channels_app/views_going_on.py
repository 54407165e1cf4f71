"""Leading a chat's visitor to a messenger, by an agent."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from channels_app.chat.going_on import offer_whatsapp
from tickets import policies
from tickets.services import Refused
from tickets.views.chat.support import chat_for, done, refused
from tickets.views.support import StaffRequest, require, staff_only


@require_POST
@staff_only
def whatsapp(request: StaffRequest, chat_id: int) -> HttpResponse:
    """Say in the chat where it goes on."""
    chat = chat_for(request, chat_id)
    require(policies.may_chat(request.user))
    try:
        offer_whatsapp(chat, user=request.user)
    except Refused as refusal:
        return refused(request, refusal)
    return done(request, chat)
