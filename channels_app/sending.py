"""The worker's side of the outbox: take a row that is due and bring it to its end; find those that nobody took."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db import InterfaceError, OperationalError, connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from channels_app import outbox, transport
from channels_app.adapters.email.render import CannotRender, render
from channels_app.models import Delivery, OutboxState
from channels_app.stored_mail import StoredMail
from channels_app.transport import Refusal, Result
from tickets import scanning

logger = logging.getLogger(__name__)

OVERDUE = timedelta(seconds=2)  # a row that Celery knows about is taken sooner
AWAIT_VERDICT = timedelta(seconds=15)  # of the malware scanner, about a file
SWEEP_SECONDS = 4.0
SWEPT_AT_ONCE = 100


def deliver(pk: int) -> bool:
    """Try to send the outbox row `pk`; False when it is not due or another worker has it. Doing it twice sends once."""
    delivery = outbox.claim(pk, now=timezone.now())
    if delivery is None or not _has_bytes(delivery):
        return False
    attempt = outbox.begin_attempt(delivery, now=timezone.now())
    if attempt is None:
        return False
    trying = outbox.tried_in(attempt)
    try:
        raw, purpose = bytes(delivery.raw or b""), delivery.message.purpose
        result = transport.send(StoredMail(raw, delivery.envelope_from, trying, purpose=purpose))
    except Exception as error:
        missing = {address: Refusal(answer=repr(error), final=False) for address in trying}
        outbox.record(attempt, Result(repr(error), missing, is_unknown=True), now=timezone.now())
        raise
    outbox.record(attempt, result, now=timezone.now())
    return True


def _has_bytes(delivery: Delivery) -> bool:
    """Render the mail unless an earlier attempt did. What can't be rendered has failed, and says why."""
    if delivery.raw is not None:
        return True
    try:
        scanning.ensure_sendable(delivery.message_id)
        mail = render(delivery.message_id, delivery.mail_id, now=timezone.now())
    except (CannotRender, scanning.Infected) as reason:
        outbox.record_unsendable(delivery, str(reason))
    except scanning.Unchecked as reason:
        outbox.put_off(delivery, str(reason), until=timezone.now() + AWAIT_VERDICT)
    except (OperationalError, InterfaceError):  # the database's trouble, not the mail's: the lease runs out
        raise
    except Exception:
        logger.exception("mail %s could not be written", delivery.mail_id)
        outbox.record_unsendable(delivery, _("The mail could not be written."), details=traceback.format_exc())
    else:
        outbox.keep_bytes(delivery, mail.raw, mail.envelope_to)
        return True
    return False


def sweep(*, now: datetime | None = None, seconds: float = SWEEP_SECONDS) -> int:
    """Send what is due and nobody took, and settle what a dead worker left; how many rows, within about `seconds`."""
    now = now or timezone.now()
    lost = Delivery.objects.filter(state=OutboxState.SENDING, leased_until__lt=now).order_by("leased_until")
    overdue = Delivery.objects.filter(state__in=outbox.WAITING, due_at__lt=now - OVERDUE).order_by("due_at", "id")
    deadline = time.monotonic() + seconds
    done = _each(lost, partial(outbox.settle_lost, now=now), deadline)
    return done + _each(overdue, deliver, deadline)


def _each(rows: QuerySet[Delivery], work: Callable[[int], bool], deadline: float) -> int:
    """`work` on the rows until the deadline; one that breaks something does not stop the others."""
    done = 0
    for pk in list(rows.values_list("pk", flat=True)[:SWEPT_AT_ONCE]):
        if time.monotonic() > deadline:
            break
        try:
            done += work(pk)
        except Exception as error:
            logger.exception("outbox row %s could not be worked on", pk)
            if isinstance(error, OperationalError | InterfaceError):
                connection.close_if_unusable_or_obsolete()
    return done
