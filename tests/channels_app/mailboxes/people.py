"""A mailbox of the tests' mail server, as an admin would have set it up."""

from __future__ import annotations

from typing import Any

from channels_app.addresses import AddressBook
from channels_app.models import ChannelAccount, Mailbox
from tests.channels_app.letters import SUPPORT
from tests.dovecot import PASSWORD, Dovecot
from tickets.models import Inbox


def support_account() -> ChannelAccount:
    Inbox.objects.create(name="Support", address=SUPPORT)
    account = AddressBook.read().account_of(SUPPORT)
    assert account
    return account


def mailbox_of(dovecot: Dovecot, account: ChannelAccount, user: str, protocol: str = "imap", **values: Any) -> Mailbox:
    port = dovecot.imap_port if protocol == "imap" else dovecot.pop3_port
    mailbox = Mailbox(
        account=account, protocol=protocol, host="127.0.0.1", port=port, security="none", username=user,
        **{"takes_old": True, **values},
    )  # fmt: skip
    mailbox.password = PASSWORD
    mailbox.save()
    return mailbox
