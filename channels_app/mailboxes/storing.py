"""Fetched mails into the table of all mail, together with how far we got: both are committed, or neither."""

from __future__ import annotations

from django.utils.translation import gettext as _

from channels_app.inbound import fail, store_raw
from channels_app.models import Mailbox


def store_fetched(mailbox: Mailbox, raw: bytes) -> None:
    store_raw([mailbox.account], raw, source=mailbox.protocol)


def store_too_large(mailbox: Mailbox, header: bytes, size: int) -> None:
    """Its header, as a mail that could not be read: an agent sees it on a ticket and finds the rest in the mailbox."""
    (pk,) = store_raw([mailbox.account], header, source=mailbox.protocol)
    reason = _("This mail has %(size)s MB, more than is fetched. All of it still lies in the mailbox %(mailbox)s.")
    fail(pk, reason % {"size": size // 1_000_000, "mailbox": mailbox})
