"""`manage.py receive_smtp`: all mail that comes in, in the foreground until SIGTERM or Ctrl-C.

It is taken by SMTP, and fetched from the mailboxes that admins have set up.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from channels_app.mailboxes.watching import Watchers
from channels_app.smtp_receiver import Receiver
from channels_app.tasks_inbound import read_waiting_mail
from helpdesk.lib.handover import hand_over

STOP_SECONDS = 12.0  # for messages under way; the supervisor's own patience is a little longer
RING_SECONDS = 0.05
CONNECT_SECONDS = 5


class Command(BaseCommand):
    help = "Takes mail in by SMTP on SMTP_HOST:SMTP_PORT, and fetches it from mailboxes elsewhere."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells of every command at INFO
        own_connections()
        bell, watchers = Bell(), Watchers()
        try:
            asyncio.run(receive(bell))
        except OSError as error:
            where = f"port {settings.SMTP_PORT} on {settings.SMTP_HOST}"
            in_use = error.errno == errno.EADDRINUSE
            reason = "is in use by another program" if in_use else f"cannot be used ({error.strerror})"
            raise CommandError(f"{where} {reason}; set SMTP_PORT to another one") from error
        finally:
            watchers.close(patience=5)
            bell.close()


async def receive(bell: Bell) -> None:
    receiver = Receiver(tell=bell.ring)
    server = await receiver.listen(settings.SMTP_HOST, settings.SMTP_PORT)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
    await receiver.stop(server, patience=STOP_SECONDS)


def own_connections() -> None:
    """Each thread that stores keeps one connection for itself. Without the pool, which would go on trying for ten
    seconds, a database that is away is known at once, and the client hears 451 before it loses patience.
    """
    options = connection.settings_dict["OPTIONS"]
    options.pop("pool", None)
    options.setdefault("connect_timeout", CONNECT_SECONDS)


class Bell:
    """Tells the worker that mail waits, from a thread of its own and at most every `RING_SECONDS`.

    One call of the task reads all that waits, so many mails need one ring, and a broker that is away delays no answer.
    """

    def __init__(self) -> None:
        self._rung, self._closed = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="bell", daemon=True)
        self._thread.start()

    def ring(self) -> None:
        self._rung.set()

    def close(self) -> None:
        """Pass on the last ring."""
        self._closed.set()
        self._rung.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._closed.is_set():
            self._rung.wait()
            self._rung.clear()
            hand_over(read_waiting_mail)
            self._closed.wait(RING_SECONDS)
