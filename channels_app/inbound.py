"""Mail coming in: its bytes are stored first, and whatever happens afterwards happens to a row that is already safe.

A row is claimed (lease), read, matched and put on a ticket in one transaction, so a worker that is killed in the middle
leaves it as it was. Every row is in exactly one state, and `received` is the only one that still waits.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import psycopg
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from channels_app.adapters.email.content_key import content_key
from channels_app.addresses import AddressBook
from channels_app.models import ChannelAccount, InboundPayload, PayloadState
from channels_app.settling import Unreadable, finish, settle
from channels_app.unreadable import open_placeholder
from tickets.services import Refused

LEASE = timedelta(seconds=5)  # from the claim until the row's own lock is taken; while it is read, the lock protects it
BATCH = 20
MAX_ATTEMPTS = 3

# Django would write the bytes into the statement's text as hexadecimals: thrice the time and memory for a big mail.
STORE = """
    INSERT INTO channels_app_inboundpayload
        (account_id, source, raw, size, envelope_from, envelope_to, content_key, mail_id, sender, subject,
         state, rule, reason, attempts, received_at)
    SELECT unnest(%(accounts)s::bigint[]), %(source)s, %(raw)s, %(size)s, %(sender)s, %(recipients)s, %(key)s, '',
        %(sender)s, '', 'received', '', '', 0, %(now)s
    RETURNING id
"""

# The row's own lock, and one on its content, so that two copies that arrive together wait for each other.
LOCK = """
    SELECT *, pg_advisory_xact_lock(hashtextextended(content_key, 0)) AS locked FROM channels_app_inboundpayload
    WHERE id = %s AND state = 'received' FOR UPDATE SKIP LOCKED
"""

# Not the fault of a mail: the database, or the place where files are kept.
AWAY = (OperationalError, InterfaceError, OSError)

logger = logging.getLogger(__name__)


def store_raw(
    accounts: Iterable[ChannelAccount],
    raw: bytes,
    *,
    source: str,
    envelope_from: str = "",
    envelope_to: Sequence[str] = (),
) -> list[int]:
    """Write the mail as it came, a row for each account that it reached, in one statement; returns the rows' ids.

    When this returns the mail is committed and may be acknowledged. Raises `DatabaseError` with nothing stored.
    """
    values = {
        "accounts": [account.pk for account in accounts],
        "source": source,
        "raw": raw,
        "size": len(raw),
        "sender": _storable(envelope_from, 320),
        "recipients": [_storable(address, 320) for address in envelope_to],
        "key": content_key(raw),
        "now": timezone.now(),
    }
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return [pk for (pk,) in cursor.execute(STORE, values).fetchall()]


def claim(*, now: datetime, limit: int = BATCH) -> list[int]:
    """Lease waiting rows for this worker: new ones together, one that was tried before alone.

    What stopped a worker once may stop it again, and must then not take its neighbours along.
    """
    waiting = InboundPayload.objects.filter(
        Q(leased_until=None) | Q(leased_until__lt=now), state=PayloadState.RECEIVED
    ).select_for_update(skip_locked=True)
    with transaction.atomic():
        rows = list(waiting.filter(attempts__gt=0).order_by("id").only("attempts")[:1])
        rows = rows or list(waiting.filter(attempts=0).order_by("id").only("attempts")[:limit])
        if not rows:
            return []
        ids = [row.pk for row in rows]
        InboundPayload.objects.filter(pk__in=ids).update(leased_until=now + LEASE, attempts=rows[0].attempts + 1)
        return ids


def drain(*, now: datetime | None = None, limit: int = 200) -> int:
    """Put waiting mails on tickets until none waits or `limit` is reached; how many were taken up."""
    done = 0
    while done < limit and (ids := claim(now=now or timezone.now())):
        book = AddressBook.read()
        for pk in ids:
            try:
                process_payload(pk, book=book)
            except AWAY as error:  # it goes on waiting; the others may have better luck
                logger.exception("database or file storage failed while mail %s was read", pk)
                if not isinstance(error, OSError):
                    connection.close_if_unusable_or_obsolete()
        done += len(ids)
    return done


def process_payload(pk: int, *, book: AddressBook | None = None) -> None:
    """Bring the row `pk` from `received` to the state where it belongs. Doing it again does nothing.

    A mail that breaks something is `failed`, with the traceback; trouble with the database or with the file storage is
    no fault of the mail, so the row goes on waiting, for at most `MAX_ATTEMPTS` leases.
    """
    book, payload = book or AddressBook.read(), None
    try:
        with transaction.atomic():
            payload = _lock(pk, book)
            if payload is None:
                return
            if payload.attempts > MAX_ATTEMPTS:
                raise Unreadable(_("Reading it stopped the worker %(count)s times.") % {"count": MAX_ATTEMPTS})
            settle(payload, book, now=timezone.now())
    except Refused as refusal:
        hold(pk, str(refusal), seen=payload)
    except AWAY:
        if not _is_used_up(pk):
            raise
        fail(pk, traceback.format_exc(), seen=payload)
    except Exception:  # whatever it is, the mail is kept and an agent sees that it could not be read
        logger.exception("mail %s could not be read", pk)
        fail(pk, traceback.format_exc(), seen=payload)


def fail(pk: int, reason: str, *, seen: InboundPayload | None = None) -> None:
    """Mark the row as failed; then, apart from it, open the ticket that tells an agent.

    `seen` is the row as far as reading it got: it may know the sender and the subject.
    """
    if payload := _finish_later(pk, PayloadState.FAILED, "failed", reason, seen):
        open_placeholder(payload)


def hold(pk: int, reason: str, *, seen: InboundPayload | None) -> None:
    """Keep the mail for somebody to look at, since the rules of tickets forbid what was to happen to it."""
    _finish_later(pk, PayloadState.HELD, "refused", reason, seen)


def reprocess(payload: InboundPayload) -> bool:
    """Let a mail that was held, refused or failed wait for its turn again; False when it is on a ticket already, or
    its bytes were removed.
    """
    readable = InboundPayload.objects.filter(pk=payload.pk, message=None).exclude(raw=b"")
    again = readable.exclude(state__in=[PayloadState.APPLIED, PayloadState.RECEIVED])
    return bool(again.update(state=PayloadState.RECEIVED, leased_until=None, attempts=0, reason="", rule=""))


def _lock(pk: int, book: AddressBook) -> InboundPayload | None:
    """The row if it still waits and nobody else is at it."""
    payload = next(iter(InboundPayload.objects.raw(LOCK, [pk])), None)
    if payload and (account := book.by_id.get(payload.account_id)):
        payload.account = account
    return payload


def _is_used_up(pk: int) -> bool:
    return InboundPayload.objects.filter(pk=pk, attempts__gte=MAX_ATTEMPTS).exists()


@transaction.atomic
def _finish_later(
    pk: int, state: PayloadState, rule: str, reason: str, seen: InboundPayload | None
) -> InboundPayload | None:
    """Settle a row whose own transaction was rolled back."""
    payload = _lock(pk, AddressBook.read())
    if payload is None:
        return None
    if seen:
        payload.sender, payload.subject, payload.mail_id = seen.sender, seen.subject, seen.mail_id
    finish(payload, state, rule, reason)
    return payload


def _storable(text: str, length: int) -> str:
    """PostgreSQL refuses NUL and lone surrogates, which a client may well send in an address."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")[:length]
