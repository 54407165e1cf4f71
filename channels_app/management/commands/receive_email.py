"""`manage.py receive_email [--inbox NAME] < mail`: the pipe that a mail server delivers into.

Exit status, as sysexits.h names them, decides what the mail server does: 0 the mail is stored, 75 (EX_TEMPFAIL) try
again later, 64 (EX_USAGE) called wrongly.
"""

from __future__ import annotations

import os
import sys
import traceback
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import Error as DatabaseError

from channels_app.adapters.email.parse import parse_email
from channels_app.addresses import AddressBook
from channels_app.inbound import store_raw
from channels_app.models import ChannelAccount
from channels_app.tasks_inbound import read_waiting_mail
from helpdesk.lib.handover import hand_over

EX_USAGE, EX_TEMPFAIL = 64, 75
ARGPARSE_USAGE = 2


class Command(BaseCommand):
    help = "Stores the mail on standard input; a worker puts it on a ticket."
    requires_system_checks = []

    def run_from_argv(self, argv: list[str]) -> None:
        """Any trouble we did not foresee means "later": with another status a mail server would bounce the mail."""
        try:
            super().run_from_argv(argv)
        except SystemExit as stop:
            sys.exit(EX_USAGE if stop.code == ARGPARSE_USAGE else stop.code)
        except Exception:
            traceback.print_exc()
            sys.exit(EX_TEMPFAIL)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--inbox", metavar="NAME", help="name or address of the inbox; else the mail's headers tell"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        raw = sys.stdin.buffer.read(settings.MAX_MESSAGE_BYTES + 1)
        if not raw.strip():
            self._leave(EX_USAGE, "there is no mail on standard input")
        if len(raw) > settings.MAX_MESSAGE_BYTES:
            self._leave(EX_USAGE, f"the mail is larger than {settings.MAX_MESSAGE_BYTES} bytes")
        try:
            stored = self._store(raw, options["inbox"])
        except DatabaseError as error:
            self._leave(EX_TEMPFAIL, f"the database is away: {str(error).strip().splitlines()[0]}")
        hand_over(read_waiting_mail)
        self.stderr.write(f"stored as {', '.join(map(str, stored))}")

    def _store(self, raw: bytes, name: str | None) -> list[int]:
        book = AddressBook.read()
        accounts = self._named(book, name) if name else self._addressed(book, raw)
        sender = os.environ.get("SENDER", "")  # set by Postfix and Exim for the programs they pipe into
        recipient = os.environ.get("ORIGINAL_RECIPIENT") or os.environ.get("RECIPIENT", "")
        return store_raw(
            accounts, raw, source="pipe", envelope_from=sender, envelope_to=[recipient] if recipient else []
        )

    def _named(self, book: AddressBook, name: str) -> list[ChannelAccount]:
        for account in book.accounts.values():
            if account.inbox.is_active and name.lower() in (account.inbox.name.lower(), account.inbox.address):
                return [account]
        return self._leave(EX_USAGE, f"there is no active inbox {name!r}")

    def _addressed(self, book: AddressBook, raw: bytes) -> list[ChannelAccount]:
        """The inboxes that the mail names; else the oldest one, since a mail in the wrong inbox is better than none."""
        mail = parse_email(raw)
        envelope = [os.environ.get("ORIGINAL_RECIPIENT", ""), os.environ.get("RECIPIENT", ""), *mail.delivered_to]
        for addresses in (envelope, [*mail.to, *mail.cc]):
            found = {account.pk: account for address in addresses if (account := book.account_of(address))}
            if found:
                return list(found.values())
        active = [account for account in book.accounts.values() if account.inbox.is_active]
        if not active:
            self._leave(EX_TEMPFAIL, "there is no active inbox")
        oldest = min(active, key=lambda account: account.inbox_id)
        self.stderr.write(f"no recipient is an inbox of ours, so it goes to {oldest}")
        return [oldest]

    def _leave(self, status: int, reason: str) -> NoReturn:
        self.stderr.write(f"receive_email: {reason}")
        sys.exit(status)
