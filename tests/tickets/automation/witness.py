"""An event consumer for tests: what each gesture left of its ticket, and which rule made it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tickets.conditions import Facts, facts_of
from tickets.models import Ticket, TicketEvent

PATH = "tests.tickets.automation.witness.note"


@dataclass(frozen=True)
class Seen:
    at: datetime
    rule_id: int | None
    facts: Facts
    is_closed: bool
    stopped: tuple[str, ...] = ()  # titles of rules that were kept from going on


seen: list[Seen] = []


def note(ticket: Ticket, events: list[TicketEvent]) -> None:
    stopped = tuple(title for event in events if event.kind == "rules.stopped" for title in event.payload["rules"])
    seen.append(Seen(events[0].created_at, events[0].rule_id, facts_of(ticket), ticket.is_closed, stopped))
