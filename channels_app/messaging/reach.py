"""May this go to this person now? Asked at the last moment, since what was allowed in the composer may not be later."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from channels_app.base import Adapter
from channels_app.models import Conversation
from channels_app.registry import adapter_of
from customers.consent import may_contact
from customers.models import Customer, Identity
from customers.models.consent import ContactChannel
from tickets.models import Message


def open_until(conversation: Conversation, *, by_person: bool = False) -> datetime | None:
    """Until when words of our own may be sent there; None where they never could, or the channel has no such limit.

    What a provider opened for longer (after an ad) counts too.
    """
    can = adapter_of(conversation.account.kind).can(conversation)
    window = max(filter(None, (can.window, can.human_window if by_person else None)), default=timedelta(0))
    ends = [conversation.last_inbound_at + window if conversation.last_inbound_at else None, conversation.window_until]
    return max(filter(None, ends), default=None)


def why_not(conversation: Conversation, message: Message, *, now: datetime) -> str:
    """In words for agents; empty where nothing stands in its way."""
    if conversation.unreachable:
        return conversation.unreachable
    adapter = adapter_of(conversation.account.kind)
    if conversation.identity and not _wants(conversation.identity.customer, adapter, message.purpose):
        return _("This person does not want to be written to by this channel: see “Consent” on the customer’s page.")
    if adapter.can(conversation).window is None or message.facts.get("template"):
        return ""
    until = open_until(conversation, by_person=not message.is_automatic)
    if until is None or until <= now:
        return _("The time for free answers was over before this could be sent.")
    return ""


def may_write_to(adapter: Adapter, address: str, purpose: str) -> bool:
    """As the ledger of consents has it; whom we don't know has said nothing."""
    identity = Identity.objects.select_related("customer").filter(kind=adapter.identity_kind, value=address).first()
    return identity is None or _wants(identity.customer, adapter, purpose)


def _wants(customer: Customer, adapter: Adapter, purpose: str) -> bool:
    channel = adapter.contact_channel
    return channel not in ContactChannel.values or may_contact(customer, channel, purpose)
