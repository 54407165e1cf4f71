"""What a provider tells of messages that we sent, of people, of our account and of templates. The newest word holds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from channels_app.base import AccountTold, ConsentTold, Person, ReachChanged, SeenUpTo, StatusTold, TemplateTold
from channels_app.messaging import states
from channels_app.messaging.keys import as_key
from channels_app.messaging.meeting import absorb
from channels_app.messaging.people import identity_of
from channels_app.messaging.reaching import note_reach
from channels_app.messaging.text import storable, storable_json
from channels_app.messaging.threads import lock_talk, part_called, talk
from channels_app.models import (
    Conversation,
    Direction,
    MessageTemplate,
    PartState,
    ProviderAccount,
    ProviderMessage,
    TemplateState,
)
from channels_app.registry import adapter_of
from customers.actors import Actor
from customers.consent import set_consent
from customers.models import Consent, ConsentSource, Customer, Purpose
from customers.models.consent import ContactChannel


def status_told(account: ProviderAccount, told: StatusTold, now: datetime) -> int | None:
    """Of a message that may not be known yet, since our own call has not returned: then its row waits for it."""
    if told.state not in PartState.values or (part := _part_of(account, told)) is None:
        return None
    at = min(told.at, now)
    if part.direction == Direction.IN:
        return part.conversation_id
    if part.conversation_id:
        conversation = lock_talk(part.conversation_id)
        if told.is_unreachable and note_reach(conversation, storable(told.error or told.code), at):
            conversation.save(update_fields=["unreachable", "facts"])
    part = ProviderMessage.objects.get(pk=part.pk)
    if told.external_id and not part.external_id:
        part.external_id = storable(told.external_id, 300)
        absorb(part)
        part.save(update_fields=["external_id", "edit", "edit_number", "withdrawn_at", "reactions"])
    states.note(part, told.state, at=at, code=storable(told.code, 40), error=storable(told.error, 500))
    states.keep(part)
    return part.conversation_id


def seen_up_to(account: ProviderAccount, told: SeenUpTo, now: datetime) -> int | None:
    """Kept as well, for a part whose call has not returned."""
    if told.state not in states.ARRIVED:
        return None
    conversation, at = talk(account, told.thread_key), min(told.at, now)
    moment = at.astimezone(UTC).isoformat()
    if moment > conversation.facts.get(f"{told.state}_up_to", ""):
        conversation.facts = {**conversation.facts, f"{told.state}_up_to": moment}
        conversation.save(update_fields=["facts"])
    states.seen_up_to(conversation, told.state, at)
    return conversation.pk


def reach_changed(account: ProviderAccount, told: ReachChanged, now: datetime) -> int | None:
    conversation = talk(account, told.thread_key)
    if note_reach(conversation, storable(told.reason), min(told.at, now)):
        conversation.save(update_fields=["unreachable", "facts"])
    return conversation.pk


def consent_told(account: ProviderAccount, told: ConsentTold, now: datetime) -> int | None:
    channel = adapter_of(account.kind).contact_channel
    if channel not in ContactChannel.values:
        return None
    conversation, at = talk(account, told.thread_key), min(told.at, now)
    customer = _customer_of(account, conversation, told.thread_key)
    heard = dict(conversation.facts.get("consent_at", {}))
    for purpose in told.purposes:
        if purpose not in Purpose.values or at.astimezone(UTC).isoformat() <= heard.get(purpose, ""):
            continue
        heard[purpose] = at.astimezone(UTC).isoformat()
        if told.only_reverses and not _has_refused(customer, channel, purpose):
            continue
        set_consent(
            customer, channel, purpose, told.is_given, actor=Actor.of_customer(customer),
            source=ConsentSource.KEYWORD, evidence=storable(told.evidence, 300), now=now,
        )  # fmt: skip
    conversation.facts = {**conversation.facts, "consent_at": heard}
    conversation.save(update_fields=["facts"])
    return conversation.pk


def account_told(account: ProviderAccount, told: AccountTold, now: datetime) -> int | None:
    row = ProviderAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
    moment = min(told.at, now).astimezone(UTC).isoformat()
    news: dict[str, Any] = storable_json(dict(told.facts))
    heard = dict(row.facts.get("told_at", {}))
    fresh = {name: value for name, value in news.items() if moment >= heard.get(name, "")}
    heard |= dict.fromkeys(fresh, moment)
    if told.problem is not None and moment >= heard.get("problem", ""):
        heard["problem"] = moment
        row.problem = storable(told.problem, 500)
        row.problem_at = min(told.at, now) if row.problem else None
    row.facts = {**row.facts, **fresh, "told_at": heard}
    row.save(update_fields=["facts", "problem", "problem_at"])
    return None


def template_told(account: ProviderAccount, told: TemplateTold, now: datetime) -> int | None:
    if told.state not in TemplateState.values:
        return None
    at = min(told.at, now)
    row, is_new = MessageTemplate.objects.get_or_create(
        account=account,
        name=storable(told.name, 512),
        language=storable(told.language, 16),
        defaults={"state": told.state, "external_id": storable(told.external_id, 64), "synced_at": at},
    )
    newer = (
        MessageTemplate.objects.filter(pk=row.pk)
        if is_new
        else MessageTemplate.objects.filter(pk=row.pk, synced_at__lte=at)
    )
    newer.update(state=told.state, reason=storable(told.reason, 300), synced_at=at)
    return None


def _part_of(account: ProviderAccount, told: StatusTold) -> ProviderMessage | None:
    """By our own key first. A status that names nothing tells nothing."""
    called = part_called(account, told.external_id) if told.external_id else None
    if called and called.conversation_id:
        return called
    key = as_key(told.client_key)
    return (ProviderMessage.objects.filter(account=account, client_key=key).first() if key else None) or called


def _customer_of(account: ProviderAccount, conversation: Conversation, key: str) -> Customer:
    """Who may have said nothing else to us."""
    if conversation.identity is None:
        conversation.identity = identity_of(account, Person(key))
        conversation.save(update_fields=["identity"])
    return conversation.identity.customer


def _has_refused(customer: Customer, channel: str, purpose: str) -> bool:
    said = Consent.objects.filter(customer=customer, channel=channel, purpose=purpose).order_by("-pk").first()
    return said is not None and not said.is_given
