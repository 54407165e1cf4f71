"""Changing a note that was written elsewhere, as its author changes it there."""

from __future__ import annotations

from customers.actors import Actor
from helpdesk.lib.html import clean_note_html, html_to_text
from tickets.events import NoteChanged
from tickets.models import Message, MessageKind
from tickets.services.errors import Refused, refuse_closed
from tickets.services.gesture import gesture


def change_note(note: Message, html: str, *, actor: Actor) -> Message:
    """New words for an internal note; the old ones stay on the timeline. Whom it names is not told again."""
    with gesture(note.ticket, actor=actor) as g:
        refuse_closed(g.ticket)
        if note.kind != MessageKind.NOTE:
            raise Refused("what a customer has is never changed")
        html = clean_note_html(html)
        text = html_to_text(html)
        if text == note.text:
            return note
        old, note.html, note.text = note.text, html, text
        note.save(update_fields=["html", "text"])
        g.record(NoteChanged(note.pk, old), message=note)
        return note
