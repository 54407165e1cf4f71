"""Sending the links by which requests from forms become tickets: claim, render, send, write down what came of it.

The mail holds nothing that was written into the form: whoever fills in somebody else's address reaches them with our
words only. It is made when it is sent and kept nowhere.

Each is sent once, as links to sign in are (sign_in_links.py): a worker that dies before the hand-over has sent nothing;
after it only the backend knows, and without its proof the mail is left alone. Who waits for it sends the form again.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from channels_app import transport
from channels_app.adapters.email.link_mail import link_mail
from channels_app.adapters.email.outgoing_headers import BadAddress
from channels_app.stored_mail import StoredMail
from customers.models import Purpose
from helpdesk.lib.signing import sign
from knowledge_base.centres import spoken_in
from tickets.models import ContactRequest, RequestState
from tickets.portal.contact_links import mail_link
from tickets.portal.opening import inbox_for
from tickets.services import Refused

logger = logging.getLogger(__name__)

SECONDS = 5.0
RENDERING_LEASE = timedelta(seconds=20)
PAUSES = [timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=60)]


def send_due(*, now: datetime | None = None, seconds: float = SECONDS) -> int:
    """Send what waits, for about `seconds`; how many were tried."""
    deadline, done = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        request = claim(now=now or timezone.now())
        if request is None:
            break
        done += 1
        try:
            deliver(request, now=now or timezone.now())
        except Exception:
            logger.exception("the link of contact request %s could not be sent", request.pk)  # its lease runs out
    return done


def claim(*, now: datetime) -> ContactRequest | None:
    """The next one that is due, leased to this worker by putting its time off. It may be one that a worker lost."""
    with transaction.atomic():
        due = ContactRequest.objects.filter(mail_due_at__lte=now).order_by("mail_due_at", "pk")
        request = due.select_for_update(skip_locked=True, of=("self",)).select_related("form__inbox").first()
        if request is None:
            return None
        request.attempt += 1
        request.mail_due_at = now + RENDERING_LEASE
        request.save(update_fields=["attempt", "mail_due_at"])
        return request


def deliver(request: ContactRequest, *, now: datetime) -> None:
    if request.handed_over_at and transport.has_sent(mail_id_of(request)) is not False:
        _finish(request, "the worker stopped while it was sent")
    elif request.state != RequestState.WAITING or request.expires_at <= now:
        _finish(request)
    else:
        _try(request, now=now)


def _try(request: ContactRequest, *, now: datetime) -> None:
    try:
        mail = StoredMail(render(request, now=now), "", [request.email], purpose=Purpose.SUPPORT)
    except (BadAddress, Refused) as error:  # no such address; no inbox is active any more
        _finish(request, str(error))
        return
    if not _hand_over(request, now=now):
        return
    result = transport.send(mail)
    refusal = result.refused.get(request.email)
    if refusal is None:
        _finish(request)
    elif refusal["final"] or result.is_unknown or request.attempt > len(PAUSES):
        _finish(request, refusal["answer"])
    else:
        _finish(request, refusal["answer"], again_at=now + PAUSES[request.attempt - 1])


def _hand_over(request: ContactRequest, *, now: datetime) -> bool:
    """From here on a server may have the mail. False when the row is in other hands, or was withdrawn meanwhile."""
    lease = now + timedelta(seconds=transport.lease_seconds())
    return bool(_ours(request, handed_over_at=now, mail_due_at=lease))


def render(request: ContactRequest, *, now: datetime) -> bytes:
    """In the language of the form. Answers to it are read: it comes from the form's inbox."""
    inbox = inbox_for(request.form)
    with translation.override(spoken_in(request.language)):
        facts: dict[str, object] = {"house": inbox.name, "link": mail_link(request), "until": request.expires_at}
        return link_mail(
            "channels/contact_mail",
            facts,
            subject=_("One click, and your request is on its way"),
            sender=(inbox.name, inbox.address),
            to=request.email,
            mail_id=mail_id_of(request),
            now=now,
        )


def mail_id_of(request: ContactRequest) -> str:
    """The same at every attempt: who gets it twice after all has one mail."""
    return f"c.{request.pk}.{sign('contact-mail-id', request.pk)}@{settings.INSTANCE_DOMAIN}"


def _finish(request: ContactRequest, error: str = "", again_at: datetime | None = None) -> None:
    """Sent, given up, or (with `again_at`) certainly not sent yet."""
    known = {} if again_at is None else {"handed_over_at": None}
    _ours(request, mail_due_at=again_at, last_error=error[:500], **known)


def _ours(request: ContactRequest, **fields: object) -> int:
    """Change the row, unless another worker has it by now, or it was decided meanwhile."""
    ours = ContactRequest.objects.filter(pk=request.pk, attempt=request.attempt, mail_due_at__isnull=False)
    return ours.update(**fields)
