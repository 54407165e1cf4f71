"""Mails about chats: transcripts, what a visitor missed, and that words left behind have arrived."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from channels_app.adapters.email.chat_mail import render_chat_mail
from channels_app.link_outbox import LinkOutbox
from helpdesk.lib.signing import sign
from tickets.chat import log
from tickets.models import ChatMail, ChatMailKind

PAUSES = [timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=60)]
MOST_LINES = 2_000


class ChatMails(LinkOutbox[ChatMail]):
    due = "due_at"
    pauses = PAUSES

    def rows(self) -> QuerySet[ChatMail]:
        return ChatMail.objects.select_related(
            "ticket__inbox", "chat__ticket__inbox", "chat__widget__inbox", "chat__widget__calendar"
        )

    def why_not(self, row: ChatMail, now: datetime) -> str | None:
        """What the visitor has seen after all needs no mail."""
        if row.kind == ChatMailKind.MISSED and row.chat and row.chat.visitor_seen_seq >= row.upto_seq:
            return "seen meanwhile"
        return None

    def render(self, row: ChatMail, *, now: datetime) -> bytes:
        return render_chat_mail(row, lines_of(row), mail_id=self.mail_id(row), now=now)

    def mail_id(self, row: ChatMail) -> str:
        return f"k.{row.pk}.{sign('chat-mail-id', row.pk)}@{settings.INSTANCE_DOMAIN}"


def lines_of(row: ChatMail) -> Sequence[log.Line]:
    """As they are now: what was redacted or erased meanwhile is not sent."""
    if row.chat is None:
        return []
    first = row.from_seq - 1
    lines = log.read(row.chat.pk, since=first, limit=min(MOST_LINES, max(row.upto_seq - first, 0)))
    return [line for line in lines if line.text or line.files]


OUTBOX = ChatMails()
