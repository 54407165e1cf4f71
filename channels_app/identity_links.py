"""Sending one-time links: claim, render, send, write down what came of it.

The mail is made when it is sent and is kept nowhere. A worker that dies in between leaves a lease that runs out; then
the customer may get the mail twice, with the same link, which harms nobody.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from channels_app import transport
from channels_app.adapters.email.outgoing_headers import BadAddress
from channels_app.adapters.email.proof_mail import render_proof_mail
from channels_app.stored_mail import StoredMail
from customers.models import IdentityLink, LinkState, Purpose

logger = logging.getLogger(__name__)

SECONDS = 5.0
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]
OPEN = (LinkState.QUEUED, LinkState.SENDING)


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
            logger.exception("link %s could not be sent", link.pk)  # its lease runs out, and it is tried again
    return done


def claim(*, now: datetime) -> IdentityLink | None:
    """The next one that is due, leased to this worker by putting its time off."""
    with transaction.atomic():
        due = IdentityLink.objects.filter(state__in=OPEN, due_at__lte=now).order_by("due_at", "pk")
        locked = due.select_for_update(skip_locked=True, of=("self",)).select_related("identity__customer")
        link = locked.first()
        if link is None:
            return None
        link.attempt += 1
        link.state = LinkState.SENDING
        link.due_at = now + timedelta(seconds=transport.lease_seconds())
        link.save(update_fields=["attempt", "state", "due_at"])
        return link


def deliver(link: IdentityLink, *, now: datetime) -> None:
    if link.used_at or link.expires_at <= now:
        _finish(link, LinkState.FAILED, "expired")
        return
    address = link.identity.value
    try:
        mail = StoredMail(render_proof_mail(link, now=now), "", [address], purpose=Purpose.SUPPORT)
    except BadAddress as error:
        _finish(link, LinkState.FAILED, str(error))
        return
    refusal = transport.send(mail).refused.get(address)
    if refusal is None:
        _finish(link, LinkState.SENT)
    elif refusal["final"] or link.attempt > len(PAUSES):
        _finish(link, LinkState.FAILED, refusal["answer"])
    else:
        _finish(link, LinkState.QUEUED, refusal["answer"], due_at=now + PAUSES[link.attempt - 1])


def _finish(link: IdentityLink, state: str, error: str = "", **fields: datetime) -> None:
    ours = IdentityLink.objects.filter(pk=link.pk, attempt=link.attempt, state=LinkState.SENDING)
    ours.update(state=state, last_error=error[:500], **fields)
