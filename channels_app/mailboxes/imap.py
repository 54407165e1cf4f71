"""Fetching by IMAP (RFC 3501): the bytes are stored first, and what is done with a mail there is done afterwards.

A mail is known by folder, UIDVALIDITY and UID. How far a folder was read is written down in the transaction that stores
its mails, so a worker that dies at any moment neither loses one nor stores one twice.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from imapclient import SEEN, IMAPClient
from imapclient.exceptions import IMAPClientError

from channels_app.mailboxes.errors import WrongSettings, in_words
from channels_app.mailboxes.storing import store_fetched, store_too_large
from channels_app.models import Afterwards, Mailbox, MailboxFolder, MailSecurity

PATIENCE = 20.0  # seconds for an answer of the server
AT_ONCE = 50  # mails in one question and one transaction,
BYTES_AT_ONCE = 8_000_000  # unless they are large
SIZE, BODY, HEADER = b"RFC822.SIZE", b"BODY[]", b"BODY[HEADER]"


@contextmanager
def connected(mailbox: Mailbox) -> Iterator[IMAPClient]:
    """Signed in. Raises `NoAccess`; so does the block for what goes wrong with the connection."""
    with in_words(mailbox):
        client = _connect(mailbox)
        try:
            if mailbox.security == MailSecurity.STARTTLS:
                client.starttls(ssl.create_default_context())
            client.login(mailbox.username, mailbox.password)
            yield client
        finally:
            with suppress(IMAPClientError, OSError):  # it may have hung up long ago
                client.logout()


def _connect(mailbox: Mailbox) -> IMAPClient:
    is_tls = mailbox.security == MailSecurity.TLS
    context = ssl.create_default_context() if is_tls else None
    return IMAPClient(mailbox.host, mailbox.port, ssl=is_tls, ssl_context=context, timeout=PATIENCE)


def fetch_folder(client: IMAPClient, mailbox: Mailbox, name: str, *, now: datetime) -> int:
    """Store what is new in the folder, and do with it what is to be done; how many were stored."""
    selected = _select(client, name)
    folder = _folder(mailbox, name, selected, now)
    settle(client, mailbox, folder)  # what a worker that died left to be done
    new = [uid for uid in client.search(["UID", f"{folder.stored_uid + 1}:*"]) if uid > folder.stored_uid]
    Mailbox.objects.filter(pk=mailbox.pk).update(waiting=len(new))
    for chunk in _chunks(client, sorted(new)):
        _store(client, mailbox, folder, chunk)
        settle(client, mailbox, folder)
    return len(new)


def settle(client: IMAPClient, mailbox: Mailbox, folder: MailboxFolder) -> None:
    """Do what is done afterwards with the mails that are stored. Doing it again does nothing."""
    if folder.settled_uid >= folder.stored_uid:
        return
    first, last = folder.settled_uid + 1, folder.stored_uid
    wanted = ["UID", f"{first}:{last}", "NOT", "LARGER", str(settings.MAX_MESSAGE_BYTES)]  # of large ones it has all
    there = [uid for uid in client.search(wanted) if first <= uid <= last]
    if there:
        _dispose(client, mailbox, there)
    folder.settled_uid = last
    folder.save(update_fields=["settled_uid"])


def _dispose(client: IMAPClient, mailbox: Mailbox, uids: Sequence[int]) -> None:
    match mailbox.afterwards:
        case Afterwards.SEEN:
            client.add_flags(uids, [SEEN], silent=True)
        case Afterwards.DELETE:
            client.delete_messages(uids, silent=True)
            _expunge(client, uids)
        case Afterwards.MOVE:
            if not client.folder_exists(mailbox.move_to):
                client.create_folder(mailbox.move_to)
            if client.has_capability("MOVE"):
                client.move(uids, mailbox.move_to)
            else:
                client.copy(uids, mailbox.move_to)
                client.delete_messages(uids, silent=True)
                _expunge(client, uids)


def _expunge(client: IMAPClient, uids: Sequence[int]) -> None:
    """Those alone where the server can (UIDPLUS); elsewhere all that anybody has marked as deleted."""
    if client.has_capability("UIDPLUS"):
        client.uid_expunge(uids)
    else:
        client.expunge()


def count(client: IMAPClient, name: str) -> int:
    """How many mails lie in the folder."""
    return int(_select(client, name, readonly=True)[b"EXISTS"])


def _select(client: IMAPClient, name: str, *, readonly: bool = False) -> dict[bytes, Any]:
    try:
        return dict(client.select_folder(name, readonly=readonly))
    except IMAPClientError as error:
        if client.folder_exists(name):
            raise
        raise WrongSettings(_("There is no folder called %s.") % name) from error


def _folder(mailbox: Mailbox, name: str, selected: dict[bytes, Any], now: datetime) -> MailboxFolder:
    """How far it was read. With a new UIDVALIDITY all of it is read again: a mail's content tells that it was here."""
    validity = int(selected[b"UIDVALIDITY"])
    folder = MailboxFolder.objects.filter(mailbox=mailbox, name=name).first()
    if folder and folder.uidvalidity == validity:
        return folder
    start = 0 if folder or mailbox.takes_old else int(selected.get(b"UIDNEXT") or 1) - 1
    values = {"uidvalidity": validity, "stored_uid": start, "settled_uid": start}
    return MailboxFolder.objects.update_or_create(mailbox=mailbox, name=name, defaults=values)[0]


def _chunks(client: IMAPClient, uids: Sequence[int]) -> Iterator[list[tuple[int, int]]]:
    """(UID, size) of mails that are fetched together: few, and not too many bytes."""
    chunk: list[tuple[int, int]] = []
    for at in range(0, len(uids), 500):
        sizes = client.fetch(uids[at : at + 500], [SIZE])
        for uid in sorted(sizes):
            size = int(sizes[uid][SIZE])
            if chunk and (len(chunk) >= AT_ONCE or sum(bytes_ for _uid, bytes_ in chunk) + size > BYTES_AT_ONCE):
                yield chunk
                chunk = []
            chunk.append((uid, size))
    if chunk:
        yield chunk


def _store(client: IMAPClient, mailbox: Mailbox, folder: MailboxFolder, chunk: Sequence[tuple[int, int]]) -> None:
    """BODY.PEEK[] fetches the very bytes and marks nothing as read. A mail that went meanwhile is left out."""
    large = {uid: size for uid, size in chunk if size > settings.MAX_MESSAGE_BYTES}
    usual = [uid for uid, _size in chunk if uid not in large]
    bodies = client.fetch(usual, ["BODY.PEEK[]"]) if usual else {}
    headers = client.fetch(list(large), ["BODY.PEEK[HEADER]"]) if large else {}
    with transaction.atomic():
        for uid, _size in chunk:
            if uid in large and uid in headers:
                store_too_large(mailbox, headers[uid][HEADER], large[uid])
            elif uid in bodies:
                store_fetched(mailbox, bodies[uid][BODY])
        folder.stored_uid = chunk[-1][0]
        folder.save(update_fields=["stored_uid"])
