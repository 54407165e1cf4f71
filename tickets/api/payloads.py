"""Tickets and comments as the API shows them: every key is always there, null or not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rest_framework.request import Request

from tickets.api.reading import Shown
from tickets.models import Attachment, Message, Ticket, TicketEvent


def moment(value: datetime | None) -> str | None:
    """Seconds in UTC without a fraction: clients compare these as text."""
    return f"{value.astimezone(UTC).isoformat()[:19]}Z" if value else None


def ticket_payload(shown: Shown, request: Request) -> dict[str, Any]:
    """Fields the product does not have yet are null or empty."""
    ticket = shown.ticket
    return {
        "id": ticket.pk,
        "url": request.build_absolute_uri(f"/api/v2/tickets/{ticket.pk}.json"),
        "external_id": None,
        "via": {"channel": ticket.channel, "source": {"from": {}, "to": {}, "rel": _relation(ticket)}},
        "created_at": moment(ticket.created_at),
        "updated_at": moment(ticket.updated_at),
        "generated_timestamp": int(ticket.updated_at.timestamp()),
        "type": ticket.type or None,
        "subject": ticket.subject,
        "raw_subject": ticket.subject,
        "description": ticket.preview,
        "priority": ticket.priority or None,
        "status": ticket.status,
        "recipient": shown.address,
        "requester_id": ticket.requester_id,
        "submitter_id": ticket.requester_id,
        "assignee_id": ticket.assignee_id,
        "organization_id": shown.organisation_id,
        "group_id": ticket.team_id,
        "collaborator_ids": shown.cc_ids,
        "follower_ids": shown.follower_ids,
        "email_cc_ids": shown.cc_ids,
        "problem_id": None,
        "has_incidents": False,
        "is_public": True,
        "due_at": None,
        "tags": sorted(ticket.tags),
        "custom_fields": [],
        "fields": [],
        "satisfaction_rating": None,
        "followup_ids": shown.follow_up_ids,
        "ticket_form_id": None,
        "brand_id": None,
        "allow_channelback": False,
        "allow_attachments": True,
        "from_messaging_channel": False,
    }


def comment_payload(message: Message, request: Request) -> dict[str, Any]:
    return {
        "id": message.pk,
        "type": "Comment",
        "author_id": message.author_user_id or message.author_customer_id,
        "body": message.text,
        "html_body": f'<div class="comment" dir="auto">{message.html}</div>',
        "plain_body": message.text,
        "public": not message.is_note,
        "attachments": [attachment_payload(file, request) for file in message.attachments.all() if not file.removed_at],
        "audit_id": next((event.pk for event in message.events.all()), None),
        "via": {"channel": message.channel, "source": {"from": {}, "to": {}, "rel": None}},
        "created_at": moment(message.created_at),
        "metadata": {"system": {}, "custom": {}},
    }


def attachment_payload(attachment: Attachment, request: Request) -> dict[str, Any]:
    return {
        "id": attachment.pk,
        "file_name": attachment.filename,
        "content_url": request.build_absolute_uri(f"/agent/attachments/{attachment.pk}/{attachment.filename}"),
        "content_type": attachment.content_type,
        "size": attachment.size,
        "inline": attachment.inline,
    }


def audit_payload(ticket: Ticket, events: list[TicketEvent]) -> dict[str, Any]:
    """What one gesture did, in the order it did it."""
    first = events[0] if events else None
    return {
        "id": ticket.last_event_id,
        "ticket_id": ticket.pk,
        "created_at": moment(first.created_at if first else ticket.updated_at),
        "author_id": first.actor_user_id if first else None,
        "events": [{"id": event.pk, "type": event.kind, **event.payload} for event in events],
    }


def _relation(ticket: Ticket) -> str | None:
    return "follow_up" if ticket.follow_up_of_id else None
