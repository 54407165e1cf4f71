"""A call of a hook becomes a row before anything is made of it, and nobody waits for more."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from channels_app.base import Hook
from channels_app.messaging.text import storable
from channels_app.models import HookPayload, ProviderAccount
from channels_app.tasks_hooks import hand_to_reader

SEEN_EVERY = timedelta(seconds=5)  # so exactly the account knows when its provider called last


def store_hook(
    account: ProviderAccount, hook: Hook, *, kept_headers: tuple[str, ...] = (), now: datetime | None = None
) -> HookPayload:
    """Keep what came and have it read. Also for what was fetched by asking, where a provider has no hook."""
    now = now or timezone.now()
    payload = HookPayload.objects.create(
        account=account,
        path=storable(hook.path, 32),
        method=storable(hook.method, 8),
        query=storable(hook.query),
        content_type=storable(hook.content_type, 200),
        headers={name: storable(hook.headers[name]) for name in kept_headers if name in hook.headers},
        raw=hook.body,
        received_at=now,
    )
    _note_event(account, now)
    if account.is_active:
        hand_to_reader(payload)
    return payload


def hook_of(payload: HookPayload, url: str = "") -> Hook:
    """The call as it was stored: of its headers, those that its adapter wanted to keep."""
    return Hook(
        method=payload.method,
        path=payload.path,
        url=url,
        query=payload.query,
        headers=payload.headers,
        body=bytes(payload.raw),
        content_type=payload.content_type,
    )


def _note_event(account: ProviderAccount, now: datetime) -> None:
    if account.last_event_at and now - account.last_event_at < SEEN_EVERY:
        return
    seen = ProviderAccount.objects.filter(pk=account.pk)
    seen.filter(first_event_at=None).update(first_event_at=now)
    seen.update(last_event_at=now)
