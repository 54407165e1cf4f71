"""How far each side has read. It never goes back, and never beyond what has been said. One statement each."""

from __future__ import annotations

from typing import Any

from django.db import connection

from helpdesk.accounts.models import User
from tickets.chat import wire
from tickets.models import Chat, Said

VISITOR_SAW = """
UPDATE tickets_chat SET visitor_seen_seq = LEAST(%(seq)s, last_seq)
WHERE id = %(chat)s AND visitor_seen_seq < LEAST(%(seq)s, last_seq) RETURNING visitor_seen_seq
"""
AGENT_SAW = """
UPDATE tickets_chat SET agent_seen_seq = LEAST(%(seq)s, last_seq)
WHERE id = %(chat)s AND agent_id = %(agent)s AND agent_seen_seq < LEAST(%(seq)s, last_seq) RETURNING agent_seen_seq
"""


def visitor_saw(chat: Chat, seq: int) -> None:
    """The visitor has everything up to line `seq` before their eyes."""
    _note(VISITOR_SAW, Said.VISITOR, chat.pk, {"chat": chat.pk, "seq": seq})


def agent_saw(chat: Chat, user: User, seq: int) -> None:
    """Only who talks with the visitor has seen it: a supervisor who listens in is not there for them."""
    _note(AGENT_SAW, Said.AGENT, chat.pk, {"chat": chat.pk, "seq": seq, "agent": user.pk})


def _note(statement: str, side: Said, chat_id: int, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    if row:
        wire.tell(chat_id, {"t": "seen", "said": side.value, "seq": row[0]})
