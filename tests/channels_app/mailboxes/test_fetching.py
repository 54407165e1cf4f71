"""Mail fetched from a real server: what is there is stored once, whatever goes wrong in between."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from channels_app.inbound import drain
from channels_app.mailboxes import imap
from channels_app.mailboxes.errors import NoAccess, WrongSettings
from channels_app.mailboxes.fetching import fetch
from channels_app.models import (
    Afterwards,
    ChannelAccount,
    InboundPayload,
    Mailbox,
    MailboxFolder,
    MailboxSeen,
    PayloadState,
)
from tests.channels_app.letters import letter
from tests.channels_app.mailboxes.people import mailbox_of, support_account
from tests.dovecot import Dovecot, dovecot
from tests.stack import free_port
from tickets.models import Message, Ticket

__all__ = ["dovecot"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def account(db: None) -> ChannelAccount:
    return support_account()


@pytest.fixture
def user(request: pytest.FixtureRequest) -> str:
    """A mailbox of the test's own."""
    return f"{abs(hash(request.node.nodeid))}@mail.test"


def flags_in(dovecot: Dovecot, user: str, folder: str = "INBOX") -> list[tuple[bytes, ...]]:
    with dovecot.client(user) as client:
        client.select_folder(folder, readonly=True)
        found = client.fetch(client.search(), ["FLAGS"])
        return [found[uid][b"FLAGS"] for uid in sorted(found)]


def stored() -> list[bytes]:
    return [bytes(raw) for raw in InboundPayload.objects.order_by("pk").values_list("raw", flat=True)]


class TestImap:
    def test_what_is_there_becomes_tickets_and_is_marked_as_read(
        self, dovecot: Dovecot, account: ChannelAccount, user: str
    ) -> None:
        mails = [letter("One.", subject="First"), letter("Two.", subject="Second")]
        dovecot.put(user, *mails)
        mailbox = mailbox_of(dovecot, account, user)
        assert fetch(mailbox, now=timezone.now()) == 2
        assert stored() == mails
        drain()
        assert set(Ticket.objects.values_list("subject", flat=True)) == {"First", "Second"}
        assert [b"\\Seen" in flags for flags in flags_in(dovecot, user)] == [True, True]
        mailbox.refresh_from_db()
        assert (mailbox.problem, mailbox.waiting) == ("", 0)
        assert mailbox.last_success_at
        assert mailbox.last_mail_at

    def test_a_second_visit_brings_only_what_is_new(self, dovecot: Dovecot, account: ChannelAccount, user: str) -> None:
        dovecot.put(user, letter("One."))
        mailbox = mailbox_of(dovecot, account, user)
        fetch(mailbox, now=timezone.now())
        assert fetch(mailbox, now=timezone.now()) == 0
        dovecot.put(user, letter("Two."))
        assert fetch(mailbox, now=timezone.now()) == 1
        assert len(stored()) == 2

    def test_what_lay_there_before_is_left_alone(self, dovecot: Dovecot, account: ChannelAccount, user: str) -> None:
        dovecot.put(user, letter("Long ago."))
        mailbox = mailbox_of(dovecot, account, user, takes_old=False, afterwards=Afterwards.DELETE)
        assert fetch(mailbox, now=timezone.now()) == 0
        dovecot.put(user, new := letter("Today."))
        assert fetch(mailbox, now=timezone.now()) == 1
        assert stored() == [new]
        assert len(flags_in(dovecot, user)) == 1  # the old one

    def test_mails_are_moved_to_a_folder_that_is_made(
        self, dovecot: Dovecot, account: ChannelAccount, user: str
    ) -> None:
        dovecot.put(user, letter("One."), letter("Two."))
        fetch(mailbox_of(dovecot, account, user, afterwards=Afterwards.MOVE, move_to="Done"), now=timezone.now())
        assert len(flags_in(dovecot, user)) == 0
        assert len(flags_in(dovecot, user, "Done")) == 2

    def test_several_folders(self, dovecot: Dovecot, account: ChannelAccount, user: str) -> None:
        dovecot.put(user, letter("One."))
        dovecot.put(user, letter("Two."), folder="Sales")
        assert fetch(mailbox_of(dovecot, account, user, folders=["INBOX", "Sales"]), now=timezone.now()) == 2

    def test_a_worker_that_died_before_moving_leaves_that_to_the_next(
        self, dovecot: Dovecot, account: ChannelAccount, user: str
    ) -> None:
        dovecot.put(user, letter("One."), letter("Two."))
        mailbox = mailbox_of(dovecot, account, user, afterwards=Afterwards.MOVE, move_to="Done")
        with patch.object(imap, "_dispose", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
            fetch(mailbox, now=timezone.now())
        assert len(stored()) == 2
        assert len(flags_in(dovecot, user)) == 2
        assert fetch(mailbox, now=timezone.now()) == 0
        assert len(stored()) == 2
        assert len(flags_in(dovecot, user, "Done")) == 2

    def test_mails_of_a_folder_that_was_made_anew_are_known_again(
        self, dovecot: Dovecot, account: ChannelAccount, user: str
    ) -> None:
        """Another UIDVALIDITY: the numbers of its mails mean nothing any more."""
        mail = letter("One.")
        dovecot.put(user, mail, folder="Sales")
        mailbox = mailbox_of(dovecot, account, user, folders=["Sales"])
        fetch(mailbox, now=timezone.now())
        before = MailboxFolder.objects.get().uidvalidity
        drain()
        with dovecot.client(user) as client:
            client.delete_folder("Sales")
        MailboxFolder.objects.update(uidvalidity=before - 1)  # Dovecot counts them by the second
        dovecot.put(user, mail, letter("Two."), folder="Sales")
        fetch(mailbox, now=timezone.now())
        drain()
        states = sorted(InboundPayload.objects.values_list("state", flat=True))
        assert states == [PayloadState.APPLIED, PayloadState.APPLIED, PayloadState.DUPLICATE]
        assert Message.objects.filter(kind="public").count() == 2

    @pytest.mark.parametrize("protocol", ["imap", "pop3"])
    def test_a_mail_that_is_too_large_is_told_of_and_stays_there(
        self, dovecot: Dovecot, account: ChannelAccount, user: str, settings: Any, protocol: str
    ) -> None:
        settings.MAX_MESSAGE_BYTES = 2_000
        user = f"{protocol}.{user}"
        dovecot.put(user, letter("x" * 5_000, subject="Huge"), letter("Small.", subject="Small"))
        fetch(mailbox_of(dovecot, account, user, protocol, afterwards=Afterwards.DELETE), now=timezone.now())
        drain()
        large, small = InboundPayload.objects.order_by("pk")
        assert (large.state, small.state) == (PayloadState.FAILED, PayloadState.APPLIED)
        assert "still lies in the mailbox" in large.reason
        assert large.ticket is not None
        assert len(flags_in(dovecot, user)) == 1

    def test_bytes_come_as_they_are(self, dovecot: Dovecot, account: ChannelAccount, user: str) -> None:
        odd = letter("Grüße ✓\n.\n..dots\n" + "long " * 3_000)
        dovecot.put(user, odd)
        fetch(mailbox_of(dovecot, account, user), now=timezone.now())
        assert stored() == [odd]

    def test_hundreds_come_in_several_transactions(self, dovecot: Dovecot, account: ChannelAccount, user: str) -> None:
        mails = [letter(f"Number {number}.") for number in range(120)]
        dovecot.put(user, *mails)
        assert fetch(mailbox_of(dovecot, account, user), now=timezone.now()) == 120
        assert stored() == mails


class TestPop3:
    def test_what_is_there_is_stored_once(self, dovecot: Dovecot, account: ChannelAccount, user: str) -> None:
        mails = [letter("One.\n.\n..dots"), letter("Two.")]
        dovecot.put(user, *mails)
        mailbox = mailbox_of(dovecot, account, user, "pop3", afterwards=Afterwards.LEAVE)
        assert fetch(mailbox, now=timezone.now()) == 2
        assert fetch(mailbox, now=timezone.now()) == 0
        assert stored() == mails

    def test_only_what_was_fetched_is_deleted(self, dovecot: Dovecot, account: ChannelAccount, user: str) -> None:
        dovecot.put(user, letter("Long ago."))
        mailbox = mailbox_of(dovecot, account, user, "pop3", takes_old=False, afterwards=Afterwards.DELETE)
        assert fetch(mailbox, now=timezone.now()) == 0
        dovecot.put(user, new := letter("Today."))
        assert fetch(mailbox, now=timezone.now()) == 1
        assert stored() == [new]
        assert len(flags_in(dovecot, user)) == 1
        fetch(mailbox, now=timezone.now())
        assert MailboxSeen.objects.count() == 1  # what is gone there is forgotten here


class TestTrouble:
    def problem_of(self, mailbox: Mailbox, error: type[NoAccess]) -> str:
        with pytest.raises(error):
            fetch(mailbox, now=timezone.now())
        mailbox.refresh_from_db()
        assert mailbox.problem_at
        return mailbox.problem

    @pytest.mark.parametrize("protocol", ["imap", "pop3"])
    def test_a_wrong_password(self, dovecot: Dovecot, account: ChannelAccount, user: str, protocol: str) -> None:
        mailbox = mailbox_of(dovecot, account, user, protocol)
        mailbox.password = "wrong"
        mailbox.save()
        assert "refuses the user name or the password" in self.problem_of(mailbox, WrongSettings)

    @pytest.mark.parametrize("protocol", ["imap", "pop3"])
    def test_nobody_there(self, dovecot: Dovecot, account: ChannelAccount, user: str, protocol: str) -> None:
        mailbox = mailbox_of(dovecot, account, user, protocol)
        mailbox.port = free_port()
        assert "failed" in self.problem_of(mailbox, NoAccess)

    @pytest.mark.parametrize("protocol", ["imap", "pop3"])
    def test_a_port_that_does_not_speak_tls(
        self, dovecot: Dovecot, account: ChannelAccount, user: str, protocol: str
    ) -> None:
        mailbox = mailbox_of(dovecot, account, user, protocol)
        mailbox.security = "tls"
        assert "does not speak TLS" in self.problem_of(mailbox, WrongSettings)

    def test_a_folder_that_is_not_there(self, dovecot: Dovecot, account: ChannelAccount, user: str) -> None:
        mailbox = mailbox_of(dovecot, account, user, folders=["Nowhere"])
        assert "no folder called Nowhere" in self.problem_of(mailbox, WrongSettings)

    def test_trouble_that_is_over_is_forgotten(self, dovecot: Dovecot, account: ChannelAccount, user: str) -> None:
        mailbox = mailbox_of(dovecot, account, user)
        Mailbox.objects.update(problem="The server did not answer in time.", problem_at=timezone.now())
        fetch(mailbox, now=timezone.now())
        mailbox.refresh_from_db()
        assert (mailbox.problem, mailbox.problem_at) == ("", None)
