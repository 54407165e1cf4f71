"""Recordings as files of the call's message."""

from __future__ import annotations

from datetime import datetime

from customers.actors import SYSTEM, Actor
from helpdesk.accounts.models import User
from tickets import attachments
from tickets.calls import signals
from tickets.calls.card import card_of
from tickets.calls.life import locked
from tickets.events import CallRecorded, CallRecordingPaused
from tickets.models import Attachment
from tickets.services import gesture


def note_pause(call_id: int, user: User, *, is_paused: bool, now: datetime) -> None:
    """Whoever listens later knows why something is missing, and who wanted it so."""
    with locked(call_id) as call, gesture(call.ticket, actor=Actor.agent(user), now=now) as g:
        g.record(CallRecordingPaused(call.pk, is_over=not is_paused))
    signals.tell_pages()


def attach_recording(call_id: int, file: attachments.File, *, is_voicemail: bool, now: datetime) -> Attachment:
    """Beside what the conversation shows of the call; whoever may see the ticket may hear it."""
    with locked(call_id) as call, gesture(call.ticket, actor=SYSTEM, now=now) as g:
        message = card_of(g, call, at=now)
        attachment = attachments.store(file, message=message)
        g.record(CallRecorded(call.pk, attachment.pk, is_voicemail), message=message)
        return attachment
