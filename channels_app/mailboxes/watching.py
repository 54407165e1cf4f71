"""Watching mailboxes: one thread for each, in the process that takes mail in.

Servers that can say when mail has come (IDLE, RFC 2177) are listened to; all are asked each minute besides. A lock in
PostgreSQL sees to it that a mailbox is read by one process at a time, however many run.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime

from django.db import DatabaseError, connection
from django.utils import timezone
from imapclient import IMAPClient

from channels_app.mailboxes import imap
from channels_app.mailboxes.errors import NoAccess, in_words
from channels_app.mailboxes.fetching import fetch, fetch_folders, note_problem, note_success
from channels_app.models import Mailbox, MailProtocol
from helpdesk.lib.alone import alone

LOCK = 0x0E_7B_1A_00_00_00_00  # of advisory locks, one for each mailbox
EACH = 60.0  # seconds between two looks, whatever the server says
LOOK = 2.0  # seconds in which a change of the settings, or the end, is noticed
FIRST_PAUSE, LONGEST_PAUSE = 30.0, 600.0  # seconds, after visits that failed: each time twice as long

logger = logging.getLogger(__name__)


class Watchers:
    """Starts a thread for each active mailbox, and ends it when the mailbox was changed or switched off."""

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._running: dict[int, tuple[datetime, Watcher]] = {}
        self._thread = threading.Thread(target=self._run, name="mailboxes", daemon=True)
        self._thread.start()

    def close(self, patience: float) -> None:
        """Mails that are being stored are stored; nothing else is waited for."""
        self._ended.set()
        self._thread.join(timeout=patience)
        for _changed, watcher in self._running.values():
            watcher.ended.set()
        for _changed, watcher in self._running.values():
            watcher.join(timeout=patience)

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._keep_up(dict(Mailbox.objects.filter(is_active=True).values_list("pk", "updated_at")))
            except DatabaseError:
                logger.warning("the database is away; mailboxes are looked up later")
                connection.close()
            self._ended.wait(LOOK)
        connection.close()

    def _keep_up(self, wanted: dict[int, datetime]) -> None:
        for pk, (changed, watcher) in list(self._running.items()):
            if wanted.get(pk) != changed or not watcher.is_alive():
                watcher.ended.set()
                del self._running[pk]
        for pk, changed in wanted.items():
            if pk not in self._running:
                watcher = Watcher(pk)
                watcher.start()
                self._running[pk] = (changed, watcher)


class Watcher(threading.Thread):
    def __init__(self, pk: int) -> None:
        super().__init__(name=f"mailbox {pk}", daemon=True)
        self.pk, self.ended = pk, threading.Event()
        self.failed = 0  # visits, one after the other

    def run(self) -> None:
        while not self.ended.is_set():
            try:
                with alone(LOCK + self.pk) as is_alone:
                    pause = self._visit() if is_alone else LOOK
            except NoAccess as error:
                pause = min(FIRST_PAUSE * 2**self.failed, LONGEST_PAUSE)
                self.failed = min(self.failed + 1, 10)
                logger.warning("mailbox %s: %s; again in %.0f s", self.pk, error, pause)
            except DatabaseError as error:
                pause = LOOK
                logger.warning("the database is away, mailbox %s waits: %s", self.pk, error)
                connection.close()
            self.ended.wait(pause)
        connection.close()

    def _visit(self) -> float:
        """Until somebody ends it, or for one look where the server can't tell; seconds until the next one."""
        mailbox = Mailbox.objects.select_related("account__inbox").filter(pk=self.pk, is_active=True).first()
        if mailbox is None:
            self.ended.set()
        elif mailbox.protocol == MailProtocol.POP3:
            fetch(mailbox, now=timezone.now())
            self.failed = 0
        else:
            self._listen(mailbox)
        return EACH

    def _listen(self, mailbox: Mailbox) -> None:
        try:
            with imap.connected(mailbox) as client:
                while not self.ended.is_set():
                    count = fetch_folders(client, mailbox, now=timezone.now())
                    note_success(mailbox, count, now=timezone.now())
                    self.failed = 0
                    if not client.has_capability("IDLE"):
                        return
                    with in_words(mailbox):
                        self._idle(client, mailbox)
        except NoAccess as error:
            note_problem(mailbox, error, now=timezone.now())
            raise

    def _idle(self, client: IMAPClient, mailbox: Mailbox) -> None:
        """Until the first folder has news, or it is time to look at all of them."""
        client.select_folder(mailbox.folders[0])
        until = time.monotonic() + EACH
        client.idle()
        try:
            while time.monotonic() < until and not self.ended.is_set():
                if any(answer[1] == b"EXISTS" for answer in client.idle_check(timeout=LOOK) if len(answer) > 1):
                    return
        finally:
            client.idle_done()
