"""What a webhook says of an event: `{"type", "timestamp", "data": {"event", "actor", "ticket", "message"}}`.

Whoever sets an endpoint up is an admin, so notes and private teams' tickets are told too; docs/webhooks.md says so.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from tickets.models import Message, Ticket, TicketEvent

LONGEST_TEXT = 60_000  # characters of a message


def body_of(ticket: Ticket, event: TicketEvent) -> str:
    data: dict[str, Any] = {
        "event": {"id": event.pk, "gesture_id": str(event.gesture_id), "kind": event.kind, **event.payload},
        "actor": _actor(event),
        "ticket": ticket_data(ticket),
    }
    if event.message:
        data["message"] = message_data(event.message)
    return write(event.kind, event.created_at, data)


def write(kind: str, moment: datetime, data: dict[str, Any]) -> str:
    return json.dumps({"type": kind, "timestamp": stamp(moment), "data": data}, ensure_ascii=False)


def ticket_data(ticket: Ticket) -> dict[str, Any]:
    requester = ticket.requester
    return {
        "id": ticket.pk,
        "url": f"{settings.PUBLIC_URL}/agent/tickets/{ticket.pk}/",
        "subject": ticket.subject,
        "status": ticket.status,
        "priority": ticket.priority or None,
        "type": ticket.type or None,
        "tags": sorted(ticket.tags),
        "channel": ticket.channel,
        "inbox": ticket.inbox.address,
        "requester": {"id": requester.pk, "name": requester.name, "language": requester.language or None},
        "assignee": _person(ticket.assignee_id, str(ticket.assignee or "")),
        "team": _person(ticket.team_id, str(ticket.team or "")),
        "created_at": stamp(ticket.created_at),
        "updated_at": stamp(ticket.updated_at),
        "solved_at": stamp(ticket.solved_at),
        "due_at": stamp(ticket.due_at),
    }


def message_data(message: Message) -> dict[str, Any]:
    return {
        "id": message.pk,
        "kind": message.kind,
        "channel": message.channel,
        "from": {"name": message.author_name, "address": message.from_address or None},
        "is_from_customer": message.is_from_customer,
        "text": message.text[:LONGEST_TEXT],
        "is_cut": len(message.text) > LONGEST_TEXT,
        "created_at": stamp(message.created_at),
    }


def stamp(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def _actor(event: TicketEvent) -> dict[str, Any]:
    who = event.actor_user_id or event.actor_customer_id or event.rule_id
    return {"kind": event.actor_kind, "id": who, "name": event.actor_name}


def _person(pk: int | None, name: str) -> dict[str, Any] | None:
    return {"id": pk, "name": name} if pk else None
