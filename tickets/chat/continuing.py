"""What was said in a chat after its visitor had gone is sent to them by mail, once; an answer goes to the ticket."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from celery import shared_task
from django.db import connection, transaction
from django.utils import timezone

from tickets.chat import log
from tickets.chat.addresses import address_of
from tickets.chat.mails import queue_mail
from tickets.models import Chat, ChatMail, ChatMailKind
from tickets.services import Refused

logger = logging.getLogger(__name__)

AWAY: Final = timedelta(minutes=3)  # since the oldest line of ours that the visitor has not seen
APART: Final = timedelta(minutes=15)  # who writes ten lines sends one mail, not ten
LOOKED_BACK: Final = timedelta(hours=6)

# The visitor has seen everything before their own last line, whatever their browser could say of it.
UNSEEN = """
SELECT c.id, MIN(e.seq), MAX(e.seq)
FROM tickets_chat c JOIN tickets_chatentry e ON e.chat_id = c.id AND e.said = 'agent'
WHERE (c.state <> 'ended' OR c.ended_at > %(since)s) AND c.last_said_at > %(since)s AND c.visitor_seen_seq < c.last_seq
  AND e.seq > GREATEST(
    c.visitor_seen_seq,
    (SELECT COALESCE(MAX(v.seq), 0) FROM tickets_chatentry v WHERE v.chat_id = c.id AND v.said = 'visitor'),
    (SELECT COALESCE(MAX(m.upto_seq), 0) FROM tickets_chatmail m WHERE m.chat_id = c.id AND m.kind = 'missed'))
GROUP BY c.id HAVING MIN(e.created_at) < %(said_before)s LIMIT 100
"""


def mail_missed(*, now: datetime) -> int:
    """Queue mails with what visitors have not seen for a while; how many. Without an address there is none."""
    with connection.cursor() as cursor:
        cursor.execute(UNSEEN, {"since": now - LOOKED_BACK, "said_before": now - AWAY})
        found = cursor.fetchall()
    return sum(_mail(chat_id, first, last, now) for chat_id, first, last in found)


@transaction.atomic
def _mail(chat_id: int, first: int, last: int, now: datetime) -> bool:
    """Under the chat's lock: two workers queue one mail."""
    rows = Chat.objects.select_for_update(of=("self",), skip_locked=True).select_related("visitor__customer", "ticket")
    chat = rows.filter(pk=chat_id, visitor_seen_seq__lt=first).first()
    if (
        chat is None
        or ChatMail.objects.filter(chat=chat, kind=ChatMailKind.MISSED, created_at__gt=now - APART).exists()
    ):
        return False
    address = address_of(chat.visitor)
    if not address or chat.ticket is None:
        return False
    try:
        with transaction.atomic():
            queue_mail(
                ChatMailKind.MISSED, address, chat=chat, from_seq=first, upto_seq=last, language=chat.language, now=now
            )
    except Refused as refusal:
        logger.debug("what was missed in chat %s is not sent: %s", chat.pk, refusal)
        return False
    log.happened(chat, "went_to_email", now=now)
    return True


@shared_task(expires=30)
def mail_missed_lines() -> int:
    return mail_missed(now=timezone.now())
