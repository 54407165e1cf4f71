"""From a chat to a messenger: the same conversation, on the same ticket."""

from __future__ import annotations

from django.utils import timezone, translation

from channels_app.messaging.routes import active_accounts
from channels_app.messaging.starting import start_of_chat
from channels_app.models import ProviderKind
from channels_app.start_links import number_of, whatsapp_url
from tickets.models import Chat, ChatWidget


def whatsapp_of(chat: Chat, widget: ChatWidget, language: str) -> str:
    """Where the visitor goes on by WhatsApp; empty when the widget's number is no account of ours.

    Its own visitor alone is told: whoever writes there with the word in it is taken for them.
    """
    number = widget.whatsapp.removeprefix("+")
    if not number or chat.ticket_id is None:
        return ""
    ours = (account for account in active_accounts() if account.kind == ProviderKind.WHATSAPP)
    if all(number_of(account) != number for account in ours):
        return ""
    with translation.override(language):
        return whatsapp_url(number, start_of_chat(chat.pk, now=timezone.now()))
