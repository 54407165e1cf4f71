"""The worker's side of what goes out by other companies' channels: take a part that is due, call, write down the rest.

    waiting ──claim──► sending ──► sent | waiting (again later) | failed | uncertain
       └─► cancelled (undo)

A worker may die anywhere. Whatever it had claimed may be with the provider, so it is uncertain until a status or an
echo tells, or a person decides; never is it sent again by itself, unless the provider knows a repetition by our key.
Parts of one conversation go in the order in which they were written: one waits for those before it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db import InterfaceError, OperationalError, connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from channels_app.base import LockedOut, Rejected, SendError, TryLater, Uncertain
from channels_app.messaging import outcomes
from channels_app.messaging.claiming import PROBED_AGAIN, claim
from channels_app.models import Direction, PartState, ProviderMessage
from channels_app.registry import adapter_of

logger = logging.getLogger(__name__)

OVERDUE = timedelta(seconds=2)  # a part that Celery knows about is taken sooner
SWEEP_SECONDS = 4.0
SWEPT_AT_ONCE = 100


def deliver(pk: int) -> bool:
    """Try to send the part; False when it is not its time, or another worker has it. Doing it twice sends once."""
    part = claim(pk, now=timezone.now())
    if part is None:
        return False
    account, conversation = part.account, part.conversation
    assert conversation is not None  # what goes out has one
    try:
        if part.refusal:
            raise Rejected(part.refusal)
        sent = adapter_of(account.kind).send(account, conversation, part)
    except Rejected as error:
        outcomes.rejected(part, error, now=timezone.now())
    except TryLater as error:
        outcomes.put_off(part, error, now=timezone.now())
    except LockedOut as error:
        outcomes.locked_out(part, error, now=timezone.now())
    except Uncertain as error:
        outcomes.unsure(part, str(error), code=error.code, now=timezone.now())
    except SendError as error:
        raise AssertionError(f"{error!r} is of no kind that says what to do") from error
    except Exception as error:
        outcomes.unsure(part, repr(error), now=timezone.now())
        raise
    else:
        outcomes.sent(part, sent, now=timezone.now())
    return True


def next_of_conversation(pk: int) -> ProviderMessage | None:
    """The part that is to be tried next where `pk` was: itself, when it was put off."""
    here = ProviderMessage.objects.filter(pk=pk).values("conversation")
    waiting = ProviderMessage.objects.filter(conversation__in=here, state=PartState.WAITING, due_at__isnull=False)
    return waiting.order_by("pk").first()


def sweep(*, now: datetime | None = None, seconds: float = SWEEP_SECONDS) -> int:
    """Send what is due and nobody took, and settle what a dead worker left; how many parts, within about `seconds`."""
    now = now or timezone.now()
    lost = ProviderMessage.objects.filter(state=PartState.SENDING, leased_until__lt=now).order_by("leased_until")
    deadline = time.monotonic() + seconds
    done = _each(lost, partial(outcomes.settle_lost, now=now), deadline)
    return done + _each(overdue(now), deliver, deadline)


def overdue(now: datetime) -> QuerySet[ProviderMessage]:
    """One part of each conversation: the first that is due there, of accounts that can send now."""
    waiting = ProviderMessage.objects.filter(state=PartState.WAITING, due_at__lt=now - OVERDUE)
    before = ProviderMessage.objects.filter(
        Q(state=PartState.SENDING)
        | Q(state=PartState.WAITING, due_at__lt=now - OVERDUE)
        | Q(state=PartState.WAITING, attempt__gt=0, due_at__isnull=False),
        conversation=OuterRef("conversation"),
        direction=Direction.OUT,
        pk__lt=OuterRef("pk"),
    )
    can_send = Q(account__is_active=True) & (Q(account__paused_until=None) | Q(account__paused_until__lte=now))
    works = Q(account__problem="") | Q(account__problem_at__lt=now - PROBED_AGAIN)
    return waiting.filter(can_send, works).exclude(Exists(before)).order_by(F("due_at"), "pk")


def _each(rows: QuerySet[ProviderMessage], work: Callable[[int], bool], deadline: float) -> int:
    """`work` on the rows until the deadline; one that breaks something does not stop the others."""
    done = 0
    for pk in list(rows.values_list("pk", flat=True)[:SWEPT_AT_ONCE]):
        if time.monotonic() > deadline:
            break
        try:
            done += work(pk)
        except Exception as error:
            logger.exception("part %s could not be worked on", pk)
            if isinstance(error, OperationalError | InterfaceError):
                connection.close_if_unusable_or_obsolete()
    return done
