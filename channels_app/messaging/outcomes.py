"""How a call of a provider ended, written down: on the part, its message, its conversation and our account.

Locks are taken in the order of `locks`. A status may have come before the call returned: then a row with the
provider's id waits for us, and what it knows is taken over.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from channels_app.base import LockedOut, Rejected, Sent, TryLater
from channels_app.messaging import states
from channels_app.messaging.locks import lock_conversation, lock_message
from channels_app.messaging.meeting import absorb
from channels_app.models import Conversation, PartState, ProviderAccount, ProviderMessage
from channels_app.registry import adapter_of
from customers.actors import SYSTEM
from tickets.services import gesture

PAUSES = [timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600)]  # the last one again and again
GIVE_UP_AFTER = timedelta(hours=36)
JITTER = 0.2  # so that what failed together is not tried together
LONGEST_PAUSE = timedelta(hours=24)


def sent(part: ProviderMessage, answer: Sent, *, now: datetime) -> None:
    with _held(part, answer.external_id) as (mine, conversation):
        if mine.state == PartState.CANCELLED:
            return
        mine.external_id = answer.external_id[:300]
        absorb(mine)
        states.note(mine, answer.state, at=now)
        states.catch_up(mine, conversation)
        mine.body, mine.due_at, mine.leased_until = {}, None, None
        mine.save(update_fields=["external_id", "body", "edit", "edit_number", "withdrawn_at", "reactions"])
        states.keep(mine, facts=answer.facts)
    known: dict[str, Any] = {"last_sent_at": now}
    if part.account.problem:  # it works again
        known |= {"problem": "", "problem_at": None}
    if answer.pause:
        known["paused_until"] = now + min(timedelta(seconds=answer.pause), LONGEST_PAUSE)
    ProviderAccount.objects.filter(pk=part.account_id).update(**known)


def rejected(part: ProviderMessage, error: Rejected, *, now: datetime) -> None:
    """Final. What belongs to the same message waits for a person with it."""
    with _held(part) as (mine, conversation):
        if error.is_unreachable:
            Conversation.objects.filter(pk=conversation.pk).update(unreachable=error.words[:300])
        if mine.state == PartState.SENDING:
            _hold_rest(mine)
            _end(mine, PartState.FAILED, error.words, error.code, now)


def put_off(part: ProviderMessage, error: TryLater, *, now: datetime) -> None:
    wait = _pause(part.attempt) if error.seconds is None else timedelta(seconds=max(error.seconds, 0))
    again = now + min(wait, LONGEST_PAUSE)
    if error.whole_account:
        ProviderAccount.objects.filter(pk=part.account_id).update(paused_until=again)
    with _held(part) as (mine, _conversation):
        if mine.state != PartState.SENDING:
            return
        if again > (mine.tried_since or now) + GIVE_UP_AFTER:
            _hold_rest(mine)
            words = _("Given up after a day and a half.") + f" {error.words}"
            _end(mine, PartState.FAILED, words, error.code, now)
        else:
            _wait(mine, again, error.words, error.code)


def locked_out(part: ProviderMessage, error: LockedOut, *, now: datetime) -> None:
    """Nothing of the account goes until an admin gives new credentials, or a try after a while finds it well."""
    ProviderAccount.objects.filter(pk=part.account_id).update(problem=error.words[:500], problem_at=now)
    with _held(part) as (mine, _conversation):
        if mine.state == PartState.SENDING:
            _wait(mine, now, error.words, error.code)


def unsure(part: ProviderMessage, words: str, *, code: str = "", now: datetime) -> None:
    """It may have been sent. A person decides, unless the provider knows a repetition when it sees one."""
    with _held(part) as (mine, _conversation):
        _doubt(mine, words, code, now)


def settle_lost(pk: int, *, now: datetime) -> bool:
    """A part whose worker never came back. True when there was something to decide."""
    part = ProviderMessage.objects.select_related("account").filter(pk=pk).first()
    if part is None or part.conversation_id is None:
        return False
    with _held(part) as (mine, _conversation):
        if mine.state != PartState.SENDING or mine.leased_until is None or mine.leased_until >= now:
            return False
        _doubt(mine, _("The worker stopped while this was being sent."), "", now)
        return True


def _doubt(part: ProviderMessage, words: str, code: str, now: datetime) -> None:
    if part.state != PartState.SENDING:
        return  # a status has told meanwhile
    if adapter_of(part.account.kind).capabilities.may_repeat:
        _wait(part, now + _pause(part.attempt), words, code)
    else:
        _hold_rest(part)
        _end(part, PartState.UNCERTAIN, words, code, now)


@contextmanager
def _held(part: ProviderMessage, external_id: str = "") -> Iterator[tuple[ProviderMessage, Conversation]]:
    """The part as it is now, with all that has to be locked."""
    assert part.conversation_id is not None
    assert part.message_id is not None
    with transaction.atomic():
        lock_message(part.account_id, external_id)
        conversation = lock_conversation(part.conversation_id)
        part_with_ticket = ProviderMessage.objects.select_related("message__ticket").get(pk=part.pk)
        assert part_with_ticket.message is not None
        with gesture(part_with_ticket.message.ticket, actor=SYSTEM):
            mine = ProviderMessage.objects.select_for_update(of=("self",)).select_related("account").get(pk=part.pk)
            yield mine, conversation


def _wait(part: ProviderMessage, until: datetime, words: str, code: str) -> None:
    part.state, part.due_at, part.leased_until = PartState.WAITING, until, None
    part.error, part.error_code = words[:500], code[:40]
    states.keep(part)


def _end(part: ProviderMessage, state: str, words: str, code: str, now: datetime) -> None:
    part.due_at = None
    states.note(part, state, at=now, code=code, error=words)
    states.keep(part)


def _hold_rest(part: ProviderMessage) -> None:
    """What comes after it in the same message: without a time it is not tried, until the first one is settled."""
    rest = ProviderMessage.objects.filter(message=part.message_id, state=PartState.WAITING, number__gt=part.number)
    rest.update(due_at=None)


def _pause(attempt: int) -> timedelta:
    pause = PAUSES[min(max(attempt, 1), len(PAUSES)) - 1]
    return pause * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311  no secret
