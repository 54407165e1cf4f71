"""A note on a customer: what anybody of the company knows about them, told on the timeline to everybody who sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.errors import Refused
from customers.events import Event, record
from customers.models import Customer, RecordEvent
from customers.timeline import LINES, Happened
from customers.words import block

LONGEST = 2_000  # characters


@dataclass(frozen=True)
class CustomerNoteAdded(Event):
    kind: ClassVar[str] = "note.added"
    text: str


@transaction.atomic
def leave_note(customer: Customer, text: str, *, actor: Actor, now: datetime | None = None) -> RecordEvent:
    """Raises `Refused` for an empty one, and for a record that was merged or erased."""
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if customer.merged_into_id or customer.erased_at:
        raise Refused(_("This record was merged or erased."))
    text = block(text, LONGEST).strip()
    if not text:
        raise Refused(_("Nothing was written."), field="text")
    return record(customer, CustomerNoteAdded(text), actor=actor, now=now)


def _line(happened: Happened) -> str:
    text = happened.payload.get("text")
    if not text:
        return _("%(who)s left a note, whose words were erased") % {"who": happened.who}
    return _("%(who)s noted: %(text)s") % {"who": happened.who, "text": text}


LINES[CustomerNoteAdded.kind] = _line
