"""Whether a person can be written to at all, as far as they or their provider told us. The newest word holds."""

from __future__ import annotations

from datetime import UTC, datetime

from channels_app.models import Conversation

TOLD = "reach_told_at"  # in Conversation.facts


def heard_from(conversation: Conversation, at: datetime) -> None:
    """Who writes to us has not blocked us. Not saved."""
    if conversation.unreachable and at > _told_at(conversation, at):
        conversation.unreachable = ""


def note_reach(conversation: Conversation, reason: str, at: datetime) -> bool:
    """Put into the conversation what was told at `at`; False where something newer is known. Not saved."""
    if at < _told_at(conversation, at) or (conversation.last_inbound_at and at < conversation.last_inbound_at):
        return False
    conversation.facts = {**conversation.facts, TOLD: at.astimezone(UTC).isoformat()}
    conversation.unreachable = reason[:300]
    return True


def _told_at(conversation: Conversation, otherwise: datetime) -> datetime:
    told = conversation.facts.get(TOLD)
    return datetime.fromisoformat(told) if told else datetime.min.replace(tzinfo=otherwise.tzinfo)
