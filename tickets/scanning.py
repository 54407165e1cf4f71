"""Malware: what may be served or sent, and the asking of the scanner, where one is set up (settings.CLAMD_URL).

A file is checked outside any transaction and before anybody gets it. What is infected is never served again,
whatever the settings say; what has no verdict yet is held back unless settings.SERVE_UNSCANNED.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext as _

from customers.actors import SYSTEM
from helpdesk.lib.clamav import CannotScan, ScannerAway, scan
from tickets import realtime
from tickets.events import MalwareFound
from tickets.models import Attachment, ScanState
from tickets.services import Refused, gesture

logger = logging.getLogger(__name__)

SWEPT_AT_ONCE = 200
SWEEP_SECONDS = 20.0


class Infected(Refused):
    """It holds malware."""


class Unchecked(Exception):
    """No verdict yet."""


def why_blocked(name: str, scan_state: str, scan_detail: str = "") -> str:
    """Why nobody gets this file now; empty where nothing is in the way."""
    words = {"name": name, "found": scan_detail}
    if scan_state == ScanState.INFECTED:
        return _("“%(name)s” holds malware (%(found)s) and is kept away.") % words
    if not settings.CLAMD_URL or settings.SERVE_UNSCANNED:
        return ""
    if scan_state == ScanState.PENDING:
        return _("“%(name)s” is being checked for malware. Try again in a moment.") % words
    if scan_state == ScanState.FAILED:
        return _("“%(name)s” could not be checked for malware (%(found)s).") % words
    return ""


def ensure_sendable(message_id: int) -> None:
    """Raises `Infected` where a file of the message must never leave, `Unchecked` while one has no verdict."""
    states = Attachment.objects.filter(message_id=message_id).exclude(scan_state__in=["", ScanState.CLEAN])
    for name, state, detail in states.values_list("filename", "scan_state", "scan_detail"):
        if reason := why_blocked(name, state, detail):
            raise Unchecked(reason) if state == ScanState.PENDING else Infected(reason)


def check(attachment: Attachment) -> None:
    """Ask the scanner about one file and write the verdict down. `ScannerAway` leaves it as it was."""
    try:
        with attachment.file.open("rb") as stored:
            verdict = scan(settings.CLAMD_URL, stored)
    except FileNotFoundError:
        _note(attachment, ScanState.FAILED, "the file is gone")
    except OSError as error:
        raise ScannerAway(f"the file could not be read: {error}") from error
    except CannotScan as reason:
        _note(attachment, ScanState.FAILED, str(reason))
    else:
        _note(attachment, ScanState.INFECTED if verdict.found else ScanState.CLEAN, verdict.found)


def check_upload(attachment: Attachment) -> None:
    """At once, for an agent who waits: raises `Infected`. With the scanner away it stays unchecked."""
    if not settings.CLAMD_URL:
        return
    try:
        check(attachment)
    except ScannerAway as error:
        logger.warning("the malware scanner does not answer: %s", error)
        return
    if attachment.scan_state == ScanState.INFECTED:
        attachment.delete()
        raise Infected(_("“%(name)s” holds malware (%(found)s) and was not attached.")
                       % {"name": attachment.filename, "found": attachment.scan_detail})  # fmt: skip


def check_all(attachments: Iterable[Attachment], *, seconds: float = SWEEP_SECONDS) -> int:
    """Check one after the other, for about `seconds` at most; how many. Stops when the scanner is away."""
    done, deadline = 0, time.monotonic() + seconds
    for attachment in attachments:
        if time.monotonic() > deadline:
            break
        try:
            check(attachment)
        except ScannerAway as error:
            logger.warning("the malware scanner does not answer: %s", error)
            break
        done += 1
    return done


def sweep() -> int:
    """Check what waits longest; how many."""
    waiting = Attachment.objects.filter(scan_state=ScanState.PENDING).order_by("pk")
    return check_all(waiting.select_related("message__ticket")[:SWEPT_AT_ONCE]) if settings.CLAMD_URL else 0


def _note(attachment: Attachment, state: ScanState, detail: str = "") -> None:
    """The verdict, for this row and its ticket's page. Malware found is an event of the ticket."""
    attachment.scan_state, attachment.scan_detail = state, detail[:200]
    if attachment.message is None:
        return attachment.save(update_fields=["scan_state", "scan_detail"])
    ticket = attachment.message.ticket
    if state != ScanState.INFECTED:
        attachment.save(update_fields=["scan_state", "scan_detail"])
        return realtime.publish({"t": "changed", "topics": [realtime.ticket_topic(ticket.pk)]})
    with gesture(ticket, actor=SYSTEM) as g:
        first = Attachment.objects.filter(pk=attachment.pk).exclude(scan_state=ScanState.INFECTED)
        if first.update(scan_state=state, scan_detail=detail[:200]):  # not the second of two workers
            found = MalwareFound(attachment.pk, attachment.filename, detail[:200])
            g.record(found, message=attachment.message)
    return None
