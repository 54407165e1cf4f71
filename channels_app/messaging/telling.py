"""What a provider tells of messages that we sent, of people and of our account there."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from channels_app.base import StatusTold
from channels_app.messaging import states
from channels_app.messaging.text import storable
from channels_app.messaging.threads import lock_talk, part_called
from channels_app.models import ProviderAccount, ProviderMessage


def status_told(account: ProviderAccount, told: StatusTold, now: datetime) -> None:
    """Of a message that may not be known yet, since our own call has not returned: then its row waits for it."""
    if (part := _part_of(account, told)) is None:
        return
    if part.conversation_id:
        conversation = lock_talk(part.conversation_id)
        if told.is_unreachable and not conversation.unreachable:
            conversation.unreachable = storable(told.error or told.code, 300)
            conversation.save(update_fields=["unreachable"])
    part = ProviderMessage.objects.select_for_update().get(pk=part.pk)
    states.told(part, told.state, at=min(told.at, now), code=storable(told.code, 40), error=storable(told.error, 500))


def _part_of(account: ProviderAccount, told: StatusTold) -> ProviderMessage | None:
    """By our own key first. A status that names nothing tells nothing."""
    if key := as_key(told.client_key):
        ours = ProviderMessage.objects.filter(account=account, client_key=key).first()
        if ours:
            return ours
    return part_called(account, told.external_id) if told.external_id else None


def as_key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
