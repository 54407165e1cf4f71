"""Stored calls of hooks are read: claimed under a lease, translated by their adapter, applied one happening at a time.

A worker that is killed leaves the row waiting; read again, what was applied already changes nothing. What breaks one
happening leaves its neighbours alone, and the row says what broke. Every row is in exactly one state, and `received`
is the only one that still waits.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection
from django.db.models import F, Q, QuerySet

from channels_app.base import Elsewhere, Happening, Unhandled
from channels_app.messaging.applying import apply
from channels_app.messaging.echoes import NotYet
from channels_app.messaging.siblings import sibling_of
from channels_app.messaging.storing import hook_of
from channels_app.models import HookPayload, HookState, ProviderAccount
from channels_app.registry import listener_of
from helpdesk.lib.leases import take_overdue

LEASE = timedelta(seconds=60)
BATCH = 20
MAX_ATTEMPTS = 3
SOON = timedelta(seconds=5)
LONGEST_REASON = 20_000

# Not the fault of what came: the database, or the place where files are kept.
AWAY = (OperationalError, InterfaceError, OSError)

logger = logging.getLogger(__name__)


def drain(*, now: datetime, limit: int = 200) -> int:
    """Read waiting calls until none waits or `limit` is reached; how many were taken up."""
    done = 0
    while done < limit and (ids := _claim(now=now)):
        for pk in ids:
            _read(pk, now=now)
        done += len(ids)
    return done


def read_now(pk: int, *, now: datetime) -> None:
    """Read this one, unless another worker does or it was read before."""
    for claimed in _take(_waiting(now).filter(pk=pk), now=now, limit=1):
        _read(claimed, now=now)


def read_again(payload: HookPayload) -> bool:
    """Let one that failed, or was of a kind we didn't read, wait for its turn again. False when its bytes are gone."""
    again = HookPayload.objects.filter(pk=payload.pk, state__in=(HookState.FAILED, HookState.UNHANDLED))
    return bool(
        again.exclude(raw=b"", query="").update(state=HookState.RECEIVED, reason="", attempts=0, leased_until=None)
    )


def _waiting(now: datetime) -> QuerySet[HookPayload]:
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    return HookPayload.objects.filter(free, state=HookState.RECEIVED, account__is_active=True).order_by("id")


def _claim(*, now: datetime) -> list[int]:
    """New ones together, one that was tried before alone: what stopped a worker once must not take others along."""
    tried = _take(_waiting(now).filter(attempts__gt=0), now=now, limit=1)
    return tried or _take(_waiting(now).filter(attempts=0), now=now, limit=BATCH)


def _take(rows: QuerySet[HookPayload], *, now: datetime, limit: int) -> list[int]:
    """Payloads alone are locked, not the account that their filter names."""
    only = HookPayload.objects.filter(pk__in=rows.values("pk")).order_by("id")
    ids = take_overdue(only, limit=limit, leased_until=now + LEASE)
    HookPayload.objects.filter(pk__in=ids).update(attempts=F("attempts") + 1)
    return ids


def _read(pk: int, *, now: datetime) -> None:
    payload = HookPayload.objects.select_related("account__inbox__team").get(pk=pk)
    if payload.attempts > MAX_ATTEMPTS:
        _settle(payload, HookState.FAILED, f"Reading it stopped the worker {MAX_ATTEMPTS} times.")
        return
    try:
        _settle(payload, *_applied(payload, now=now))
    except NotYet:
        waiting = HookPayload.objects.filter(pk=pk)
        waiting.update(leased_until=now + SOON, attempts=max(0, payload.attempts - 1))
    except AWAY:
        logger.exception("database or file storage failed while call %s of a hook was read", pk)
        connection.close_if_unusable_or_obsolete()
        HookPayload.objects.filter(pk=pk).update(leased_until=now + SOON)


def _applied(payload: HookPayload, *, now: datetime) -> tuple[HookState, str]:
    """What became of the call as a whole. Raises one of `AWAY`, and `NotYet` once its other happenings are applied."""
    early: NotYet | None = None
    broken: list[str] = []
    unread: list[str] = []
    about = set(payload.conversations)
    for account, happening in _told(payload, broken):
        try:
            if isinstance(happening, Unhandled):
                unread.append(happening.kind[:80])
            else:
                about.add(apply(account, happening, now=now) or 0)
        except NotYet as error:
            early = error
        except AWAY:
            raise
        except Exception:  # whatever it is: the others are applied, and an admin sees what could not be
            logger.exception("a happening of call %s of a hook could not be applied", payload.pk)
            broken.append(f"{type(happening).__name__}\n{traceback.format_exc()}")
    payload.conversations = sorted(about - {0})
    if early:
        raise early
    if broken:
        return HookState.FAILED, "\n".join(broken)
    return (HookState.UNHANDLED, ", ".join(unread)) if unread else (HookState.APPLIED, "")


def _told(payload: HookPayload, broken: list[str]) -> Iterator[tuple[ProviderAccount, Happening]]:
    """What its adapter reads out of it, as far as it gets. What has no time of its own happened when it came."""
    adapter = listener_of(payload.account.kind)
    if adapter is None:
        broken.append(f"nobody reads {payload.account.kind}")
        return
    siblings: dict[str, ProviderAccount | None] = {}
    try:
        for happening in adapter.read(payload.account, hook_of(payload), now=payload.received_at):
            if isinstance(happening, Elsewhere) and happening.account not in siblings:
                siblings[happening.account] = sibling_of(payload.account, happening.account)
            if not (isinstance(happening, Elsewhere) and siblings[happening.account]):
                yield payload.account, happening
        for sibling in filter(None, siblings.values()):
            for happening in adapter.read(sibling, hook_of(payload), now=payload.received_at):
                if not isinstance(happening, Elsewhere):
                    yield sibling, happening
    except Exception:  # an adapter promises not to; what came is kept either way
        logger.exception("call %s of a hook could not be translated", payload.pk)
        broken.append(traceback.format_exc())


def _settle(payload: HookPayload, state: HookState, reason: str = "") -> None:
    payload.state, payload.leased_until = state, None
    payload.reason = reason.replace("\0", "").encode("utf-8", "ignore").decode()[:LONGEST_REASON]
    payload.save(update_fields=["state", "reason", "leased_until", "conversations"])
