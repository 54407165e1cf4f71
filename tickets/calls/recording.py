"""Recordings as files of the call's message."""

from __future__ import annotations

from datetime import datetime

from customers.actors import SYSTEM
from tickets import attachments
from tickets.calls.card import card_of
from tickets.calls.life import locked
from tickets.events import CallRecorded
from tickets.models import Attachment
from tickets.services import gesture


def attach_recording(call_id: int, file: attachments.File, *, is_voicemail: bool, now: datetime) -> Attachment:
    """Beside what the conversation shows of the call; whoever may see the ticket may hear it."""
    with locked(call_id) as call, gesture(call.ticket, actor=SYSTEM, now=now) as g:
        message = card_of(g, call, at=now)
        attachment = attachments.store(file, message=message)
        g.record(CallRecorded(call.pk, attachment.pk, is_voicemail), message=message)
        return attachment
