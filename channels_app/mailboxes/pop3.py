"""Fetching by POP3 (RFC 1939): for servers that have nothing else. A mail is known by the server's UIDL of it."""

from __future__ import annotations

import poplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from channels_app.mailboxes.errors import NoAccess, WrongSettings, in_words, said
from channels_app.mailboxes.storing import store_fetched, store_too_large
from channels_app.models import Afterwards, Mailbox, MailboxSeen, MailSecurity

PATIENCE = 20.0  # seconds for an answer of the server
poplib._MAXLINE = 1_000_000  # type: ignore[attr-defined]  # mails have longer lines than its 2,048 bytes


@contextmanager
def connected(mailbox: Mailbox) -> Iterator[poplib.POP3]:
    """Signed in. Raises `NoAccess`; so does the block for what goes wrong with the connection."""
    with in_words(mailbox):
        client = _connect(mailbox)
        try:
            _sign_in(client, mailbox)
            yield client
            client.quit()  # only now the server deletes what it was told to
        finally:
            with suppress(OSError):
                client.close()


def _connect(mailbox: Mailbox) -> poplib.POP3:
    if mailbox.security == MailSecurity.TLS:
        port = mailbox.port or poplib.POP3_SSL_PORT
        return poplib.POP3_SSL(mailbox.host, port, context=ssl.create_default_context(), timeout=PATIENCE)
    client = poplib.POP3(mailbox.host, mailbox.port or poplib.POP3_PORT, timeout=PATIENCE)
    if mailbox.security == MailSecurity.STARTTLS:
        client.stls(ssl.create_default_context())
    return client


def _sign_in(client: poplib.POP3, mailbox: Mailbox) -> None:
    try:
        client.user(mailbox.username)
        client.pass_(mailbox.password)
    except poplib.error_proto as error:
        if b"[IN-USE]" in b" ".join(part for part in error.args if isinstance(part, bytes)).upper():  # RFC 2449 §8.1.1
            raise NoAccess(_("Another program is reading this mailbox just now.")) from error
        raise WrongSettings(_("The server refuses the user name or the password: %s") % said(error)) from error


def fetch(client: poplib.POP3, mailbox: Mailbox) -> int:
    """Store what is new; how many were stored. What is there at the first visit is left alone unless it is wanted."""
    there = _listed(client)
    seen = set(MailboxSeen.objects.filter(mailbox=mailbox).values_list("uidl", flat=True))
    if mailbox.last_success_at is None and not mailbox.takes_old and not seen:
        MailboxSeen.objects.bulk_create([MailboxSeen(mailbox=mailbox, uidl=uidl, is_ours=False) for uidl in there])
        return 0
    MailboxSeen.objects.filter(mailbox=mailbox).exclude(uidl__in=there).delete()  # gone there, so forgotten here
    new = [uidl for uidl in there if uidl not in seen]
    Mailbox.objects.filter(pk=mailbox.pk).update(waiting=len(new))
    sizes = _sizes(client)
    for uidl in new:
        _store(client, mailbox, uidl, there[uidl], sizes.get(there[uidl], 0))
    if mailbox.afterwards == Afterwards.DELETE:
        _delete(client, mailbox, there)
    return len(new)


def _store(client: poplib.POP3, mailbox: Mailbox, uidl: str, number: int, size: int) -> None:
    is_large = size > settings.MAX_MESSAGE_BYTES
    lines = client.top(number, 0)[1] if is_large else client.retr(number)[1]
    raw = b"\r\n".join(lines) + b"\r\n"
    with transaction.atomic():
        if is_large:
            store_too_large(mailbox, raw, size)
        else:
            store_fetched(mailbox, raw)
        MailboxSeen.objects.create(mailbox=mailbox, uidl=uidl, is_ours=not is_large)


def _delete(client: poplib.POP3, mailbox: Mailbox, there: dict[str, int]) -> None:
    fetched = MailboxSeen.objects.filter(mailbox=mailbox, uidl__in=there, is_ours=True)
    for uidl in fetched.values_list("uidl", flat=True):
        client.dele(there[uidl])


def _listed(client: poplib.POP3) -> dict[str, int]:
    """UIDL → number in this session, oldest first."""
    listed = [line.decode("latin-1").split(" ", 1) for line in client.uidl()[1]]
    return {uidl: int(number) for number, uidl in listed}


def _sizes(client: poplib.POP3) -> dict[int, int]:
    listed = [line.split() for line in client.list()[1]]
    return {int(parts[0]): int(parts[1]) for parts in listed}
