"""Asking Telegram for what bots were told, where it can't call us: behind a firewall, without a certificate.

What comes is stored as if it had been called in and read the same way. It is asked every few seconds and answered at
once: waiting for a minute at Telegram, as it would like, would keep one of few workers. What was stored is confirmed by
the next question, so that a worker that dies in between only hears it again.
"""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from channels_app.adapters.telegram import api
from channels_app.adapters.telegram.adapter import adapter, hook_url
from channels_app.adapters.telegram.reading import ALLOWED
from channels_app.base import Hook, Rejected, SendError, TryLater, Uncertain
from channels_app.messaging.storing import store_hook
from channels_app.models import ProviderAccount, ProviderKind
from channels_app.shapes import at, count, things, words
from helpdesk.lib.alone import alone
from helpdesk.lib.sealing import CannotOpen

LOCK = 0x0E_7B_19_00_00_00_00  # of advisory locks, one for each account
AT_ONCE = 100  # updates in one answer
MOST_ROUNDS = 10  # then others have their turn
PAUSE = timedelta(
    seconds=30
)  # after a question that was not answered, so that no worker waits for the next one at once
STATE = "polling"  # in ProviderAccount.facts: offset, and until when we wait

logger = logging.getLogger(__name__)


def ask_all(*, now: datetime) -> int:
    """Ask for every bot that is asked for; how many updates came. Paused ones too: Telegram keeps things for a day."""
    asked = ProviderAccount.objects.filter(kind=ProviderKind.TELEGRAM, options__way="polling").order_by("pk")
    return sum(ask(account, now=now) for account in asked)


def ask(account: ProviderAccount, *, now: datetime) -> int:
    """0 when another worker is asking, or it is to be left alone for a while."""
    with alone(LOCK + account.pk) as is_alone:
        if not is_alone:
            return 0
        account.refresh_from_db(fields=["facts"])
        if account.facts.get(STATE, {}).get("again_at", "") > now.isoformat():
            return 0
        try:
            return _ask(account, now)
        except (SendError, api.Moved, CannotOpen) as error:
            _note_trouble(account, error, now)
            return 0


def _ask(account: ProviderAccount, now: datetime) -> int:
    done = 0
    for _round in range(MOST_ROUNDS):
        updates = _updates(account)
        _keep(account, updates, now)
        done += len(updates)
        if len(updates) < AT_ONCE:
            break
    ProviderAccount.objects.filter(pk=account.pk).exclude(problem="").update(problem="", problem_at=None)
    return done


def _updates(account: ProviderAccount) -> list[dict[str, Any]]:
    offset = count(at(account.facts, STATE, "offset"))
    question = {"offset": offset, "limit": AT_ONCE, "timeout": 0, "allowed_updates": ALLOWED}
    try:
        return things(api.call(account, "getUpdates", question))
    except Rejected as error:
        if error.code != "409":
            raise
        adapter.connect(account)  # Telegram still calls an address: somebody changed the way, or another program did
        return things(api.call(account, "getUpdates", question))


def _keep(account: ProviderAccount, updates: list[dict[str, Any]], now: datetime) -> None:
    """All of them and how far we got, or nothing."""
    if not updates:
        return
    with transaction.atomic():
        for update in updates:
            body = json.dumps(update).encode()
            store_hook(account, Hook("POST", "", hook_url(account), "", {}, body, "application/json"), now=now)
        _note(account, offset=max(count(update.get("update_id")) for update in updates) + 1)
    for update in updates:
        if pressed := words(at(update, "callback_query", "id")):
            _stop_spinning(account, pressed)


def _stop_spinning(account: ProviderAccount, pressed: str) -> None:
    try:
        api.call(account, "answerCallbackQuery", {"callback_query_id": pressed})
    except (SendError, api.Moved) as error:  # too late to matter: what was pressed is stored
        logger.info("a pressed button of account %s goes on spinning: %s", account.pk, error)


def _note_trouble(account: ProviderAccount, error: Exception, now: datetime) -> None:
    """Asked again in a while. What only an admin can put right stands on the account, since it was first seen."""
    _note(account, again_at=(now + PAUSE).isoformat())
    sealed = _("Its secrets were sealed under another SECRET_KEY. Put them in again.")
    said = sealed if isinstance(error, CannotOpen) else str(error)[:500]
    logger.warning("Telegram was asked in vain for account %s: %s", account.pk, said)
    if not isinstance(error, TryLater | Uncertain):
        ProviderAccount.objects.filter(pk=account.pk).exclude(problem=said).update(problem=said, problem_at=now)


def _note(account: ProviderAccount, **state: Any) -> None:
    with transaction.atomic():
        row = ProviderAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
        row.facts = {**row.facts, STATE: {**row.facts.get(STATE, {}), **state}}
        row.save(update_fields=["facts"])
    account.facts = row.facts
