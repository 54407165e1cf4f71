"""Asking providers how our accounts fare: what they say of them, when our token ends, which templates there are.

Once an hour for each account, and soon after it was connected.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from channels_app.base import Adapter, LockedOut, SendError, TemplateFound
from channels_app.messaging.text import storable, storable_json
from channels_app.models import MessageTemplate, ProviderAccount, TemplateState
from channels_app.registry import ADAPTERS, adapter_of
from helpdesk.lib.sealing import CannotOpen

EVERY = timedelta(hours=1)
RENEWED_BEFORE = timedelta(days=30)  # a token's end, where its provider gives a new one for it
ASKED_AT = "asked_at"  # in the account's facts
WRITTEN = ["external_id", "category", "components", "state", "reason", "synced_at"]


def due(now: datetime, limit: int = 20) -> list[int]:
    """Accounts that nobody has asked about for an hour, claimed: whoever asks next gets others."""
    with transaction.atomic():
        rows = ProviderAccount.objects.select_for_update(no_key=True, skip_locked=True).filter(
            is_active=True, kind__in=[kind.value for kind in ADAPTERS if adapter_of(kind).is_asked_hourly]
        )
        before = (now - EVERY).isoformat()
        claimed = [row for row in rows.order_by("pk") if row.facts.get(ASKED_AT, "") <= before][:limit]
        for row in claimed:
            row.facts = {**row.facts, ASKED_AT: now.isoformat()}
            row.save(update_fields=["facts"])
    return [row.pk for row in claimed]


def refresh(pk: int, *, now: datetime) -> bool:
    """Ask, and keep what was told; False when the provider did not answer, or refuses us."""
    account = ProviderAccount.objects.filter(pk=pk).first()
    if account is None:
        return False
    adapter = adapter_of(account.kind)
    try:
        facts = dict(adapter.probe(account))
        renewed = _renewed(adapter, account, now)
        ends = renewed[1] if renewed else _token_ends(adapter, account)
        templates = list(adapter.templates_of(account)) if adapter.capabilities.has_templates else None
    except LockedOut as error:
        ProviderAccount.objects.filter(pk=pk).update(problem=error.words[:500], problem_at=now)
        return False
    except (SendError, CannotOpen):
        return False  # it may be different in an hour; what is to be sent tells at once what is wrong
    _keep(pk, facts, ends, renewed[0] if renewed else "")
    if templates is not None:
        keep_templates(account, templates, now=now)
    return True


def _token_ends(adapter: Adapter, account: ProviderAccount) -> datetime | None:
    """Not every token may ask about itself: then nothing is known."""
    try:
        return adapter.token_ends(account)
    except SendError:
        return None


def _renewed(adapter: Adapter, account: ProviderAccount, now: datetime) -> tuple[str, datetime] | None:
    """In good time, so that a provider that is away for days does not lock us out. One too young is asked for later."""
    if account.token_expires_at and account.token_expires_at - now > RENEWED_BEFORE:
        return None
    try:
        return adapter.renewed_token(account, now=now)
    except SendError:
        return None


def _keep(pk: int, facts: dict[str, Any], ends: datetime | None, token: str) -> None:
    """Who answers us lets us in: what was wrong before is right again."""
    with transaction.atomic():
        row = ProviderAccount.objects.select_for_update(no_key=True).get(pk=pk)
        row.facts = {**row.facts, **storable_json(facts)}
        row.token_expires_at = ends or row.token_expires_at
        if token:
            row.set_secrets(access_token=token)
        row.problem, row.problem_at = "", None
        row.save(update_fields=["facts", "token_expires_at", "problem", "problem_at", "sealed_secrets"])


def keep_templates(account: ProviderAccount, found: list[TemplateFound], *, now: datetime) -> None:
    """Those that are not there any more stay, switched off: messages were sent by them."""
    rows = {
        (one.name, one.language): MessageTemplate(
            account=account,
            external_id=storable(one.external_id, 64),
            name=storable(one.name, 512),
            language=storable(one.language, 16),
            category=storable(one.category, 32),
            components=storable_json(one.components),
            state=one.state,
            reason=storable(one.reason, 300),
            synced_at=now,
        )
        for one in found
    }
    with transaction.atomic():
        ProviderAccount.objects.select_for_update(no_key=True).get(pk=account.pk)  # one at a time
        MessageTemplate.objects.bulk_create(
            rows.values(), update_conflicts=True, unique_fields=["account", "name", "language"], update_fields=WRITTEN
        )
        gone = MessageTemplate.objects.filter(account=account, synced_at__lt=now)
        gone.exclude(state=TemplateState.DISABLED).update(state=TemplateState.DISABLED, synced_at=now)
