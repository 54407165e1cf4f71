"""From a chat to a messenger: the same conversation, on the same ticket."""

from __future__ import annotations

from uuid import uuid5

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from channels_app.messaging.routes import active_accounts
from channels_app.messaging.starting import start_of_chat
from channels_app.models import ProviderKind
from channels_app.start_links import number_of, whatsapp_url
from helpdesk.accounts.models import User
from tickets.chat.answering import answer
from tickets.chat.log import Line
from tickets.models import Chat, ChatWidget
from tickets.services import Refused


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


def offer_whatsapp(chat: Chat, *, user: User) -> Line:
    """A line of the agent's with the way on. Pressed twice within a minute it is one line.

    Raises `Refused` where the widget has no number of ours, and as `answer` does.
    """
    now = timezone.now()
    if not (address := whatsapp_of(chat, chat.widget, chat.language)):
        raise Refused(_("This chat’s widget has no WhatsApp number that is connected here."))
    with translation.override(chat.language or None):
        words = _("Let us go on by WhatsApp. What you write there comes to this conversation:")
    key = uuid5(chat.key, f"whatsapp {now:%Y-%m-%d %H:%M}")
    return answer(chat, f"{words}\n{address}", user=user, client_id=key)
