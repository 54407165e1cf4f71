"""Sending the links by which customers sign in: claim, render, hand over, write down what came of it.

Each is sent once. A worker that dies before the hand-over has sent nothing, and the next one takes the row when its
lease is over. After it only the backend knows: where it can prove that nothing went out the mail is sent, else it is
left alone: whoever waits for it asks for another one, which is a better answer to doubt than two mails.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from channels_app import transport
from channels_app.adapters.email.outgoing_headers import BadAddress
from channels_app.adapters.email.sign_in_mail import mail_id_of, render_sign_in_mail
from channels_app.stored_mail import StoredMail
from customers.models import Purpose
from tickets.models import SignInLink

logger = logging.getLogger(__name__)

SECONDS = 5.0
RENDERING_LEASE = timedelta(seconds=20)
PAUSES = [timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=8), timedelta(minutes=20)]


def send_due(*, now: datetime | None = None, seconds: float = SECONDS) -> int:
    """Send what waits, for about `seconds`; how many were tried."""
    deadline, done = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        link = claim(now=now or timezone.now())
        if link is None:
            break
        done += 1
        try:
            deliver(link, now=now or timezone.now())
        except Exception:
            logger.exception("sign-in link %s could not be sent", link.pk)  # its lease runs out
    return done


def claim(*, now: datetime) -> SignInLink | None:
    """The next one that is due, leased to this worker by putting its time off. It may be one that a worker lost."""
    with transaction.atomic():
        due = SignInLink.objects.filter(due_at__lte=now).order_by("due_at", "pk").select_related("centre")
        link = due.select_for_update(skip_locked=True, of=("self",)).first()
        if link is None:
            return None
        link.attempt += 1
        link.due_at = now + RENDERING_LEASE
        link.save(update_fields=["attempt", "due_at"])
        return link


def deliver(link: SignInLink, *, now: datetime) -> None:
    if link.handed_over_at and transport.has_sent(mail_id_of(link)) is not False:
        _finish(link, "the worker stopped while it was sent")
    elif link.used_at or link.expires_at <= now:
        _finish(link, "expired")
    else:
        _try(link, now=now)


def _try(link: SignInLink, *, now: datetime) -> None:
    try:
        mail = StoredMail(render_sign_in_mail(link, now=now), "", [link.email], purpose=Purpose.SUPPORT)
    except BadAddress as error:
        _finish(link, str(error))
        return
    if not _hand_over(link, now=now):
        return
    result = transport.send(mail)
    refusal = result.refused.get(link.email)
    if refusal is None:
        _finish(link)
    elif refusal["final"] or result.is_unknown or link.attempt > len(PAUSES):
        _finish(link, refusal["answer"])
    else:
        _finish(link, refusal["answer"], again_at=now + PAUSES[link.attempt - 1])


def _hand_over(link: SignInLink, *, now: datetime) -> bool:
    """From here on a server may have the mail. False when the lease ran out and the row is in other hands."""
    lease = now + timedelta(seconds=transport.lease_seconds())
    return bool(_ours(link, handed_over_at=now, due_at=lease))


def _finish(link: SignInLink, error: str = "", again_at: datetime | None = None) -> None:
    """Sent, given up, or (with `again_at`) certainly not sent yet."""
    known = {} if again_at is None else {"handed_over_at": None}
    _ours(link, due_at=again_at, last_error=error[:500], **known)


def _ours(link: SignInLink, **fields: object) -> int:
    """Change the row, unless another worker has it by now."""
    return SignInLink.objects.filter(pk=link.pk, attempt=link.attempt, due_at__isnull=False).update(**fields)
