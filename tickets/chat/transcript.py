"""What was said in a chat, by mail to the visitor. An answer to that mail goes to the chat's ticket."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.chat import log
from tickets.chat.addresses import keep_word, take_address, tidy
from tickets.chat.mails import queue_mail
from tickets.models import Chat, ChatMail, ChatMailKind, ChatState
from tickets.services import Refused

MOST: Final = 3  # of one chat


def send_transcript(chat: Chat, email: str, *, now: datetime | None = None) -> ChatMail:
    """Queue the mail with everything said so far; the same once more is the one that is on its way.

    `email` is what the visitor has typed for it, and is kept as their word. Raises `Refused`.
    """
    now, address = now or timezone.now(), tidy(email)
    chat = Chat.objects.select_related("visitor__customer").get(pk=chat.pk)
    if not chat.last_seq:
        raise Refused(_("Nothing was said yet."), field="email")
    asked = list(ChatMail.objects.filter(chat=chat, kind=ChatMailKind.TRANSCRIPT))
    for mail in asked:
        if mail.email == address and mail.upto_seq == chat.last_seq:
            return mail
    if len(asked) >= MOST:
        raise Refused(_("The transcript of this chat was sent several times already."), field="email")
    # Before the mail, which may be one too many for that address: an answer to the visitor goes there all the same.
    keep_word(chat.visitor, email="" if chat.visitor.verified_at else address)
    mail = _queue(chat, address, now)
    if chat.visitor.customer and not chat.visitor.verified_at:
        take_address(chat.visitor, address, now=now)
    return mail


@transaction.atomic
def _queue(chat: Chat, address: str, now: datetime) -> ChatMail:
    """Who asks for it while nobody has come yet goes on by mail: both sides read that."""
    mail = queue_mail(
        ChatMailKind.TRANSCRIPT, address, chat=chat, upto_seq=chat.last_seq, language=chat.language, now=now
    )
    if chat.state == ChatState.WAITING:
        mail.upto_seq = log.happened(chat, "went_to_email", now=now).seq
        mail.save(update_fields=["upto_seq"])
    return mail
