"""Setting a mailbox up: what is wrong is said at its place, and whether the server lets us in is said at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from channels_app.mailboxes.health import SILENT, health_of
from channels_app.models import Mailbox
from helpdesk.accounts.models import Role
from tests.cast import staff
from tests.channels_app.letters import letter
from tests.channels_app.mailboxes.people import mailbox_of, support_account
from tests.dovecot import PASSWORD, Dovecot, dovecot
from tickets.models import Inbox

__all__ = ["dovecot"]
pytestmark = pytest.mark.django_db
NEW = "/settings/mailboxes/new/"


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(staff("radia@onethread.test", "Radia Perlman", Role.ADMIN))
    return client


def filled(dovecot: Dovecot, **changes: Any) -> dict[str, Any]:
    inbox, _new = Inbox.objects.get_or_create(name="Support", address="support@onethread.test")
    values = {
        "inbox": inbox.pk, "protocol": "imap", "host": "127.0.0.1", "port": dovecot.imap_port, "security": "none",
        "username": "settings@mail.test", "password": PASSWORD, "folders": "INBOX", "afterwards": "seen",
        "takes_old": "on",
    }  # fmt: skip
    return {**values, **changes}


def test_a_mailbox_is_saved_and_tried(admin: Client, dovecot: Dovecot) -> None:
    dovecot.put("settings@mail.test", letter())
    page = admin.post(NEW, filled(dovecot), follow=True)
    assert "can be read. Mails there now: 1." in page.content.decode()
    mailbox = Mailbox.objects.get()
    assert mailbox.password == PASSWORD
    assert PASSWORD not in mailbox.sealed_password
    assert mailbox.account.inbox.name == "Support"
    edited = filled(dovecot, password="", folders="INBOX\r\n Sales \r\nSales")
    page = admin.post(f"/settings/mailboxes/{mailbox.pk}/", edited, follow=True)
    assert "is saved, but: There is no folder called Sales." in page.content.decode()
    mailbox.refresh_from_db()
    assert (mailbox.password, mailbox.folders) == (PASSWORD, ["INBOX", "Sales"])
    assert "broken" in admin.get("/settings/mailboxes/").content.decode()
    dovecot.put("settings@mail.test", letter(), folder="Sales")
    admin.post(f"/settings/mailboxes/{mailbox.pk}/test/")
    mailbox.refresh_from_db()
    assert mailbox.problem == ""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"port": "70000"}, "Ports go from 1 to 65535."),
        ({"password": ""}, "This field is required."),
        ({"protocol": "pop3"}, "By POP3 mails can only be left as they are or deleted."),
        ({"afterwards": "move"}, "To which folder?"),
        ({"afterwards": "move", "move_to": "INBOX"}, "This is a folder that mail is fetched from."),
        ({"folders": "\n".join(f"F{number}" for number in range(21))}, "These are too many folders"),
    ],
)
def test_what_is_wrong_is_said(admin: Client, dovecot: Dovecot, changes: dict[str, Any], said: str) -> None:
    page = admin.post(NEW, filled(dovecot, **changes))
    assert page.status_code == 422
    assert said in page.content.decode()
    assert not Mailbox.objects.exists()


def test_the_same_mailbox_twice_is_refused(admin: Client, dovecot: Dovecot) -> None:
    admin.post(NEW, filled(dovecot))
    assert admin.post(NEW, filled(dovecot)).status_code == 422
    assert Mailbox.objects.count() == 1


def test_it_is_paused_goes_on_and_is_removed(admin: Client, dovecot: Dovecot) -> None:
    mailbox = mailbox_of(dovecot, support_account(), "settings@mail.test")
    admin.post(f"/settings/mailboxes/{mailbox.pk}/activity/", {"active": "0"})
    mailbox.refresh_from_db()
    assert (mailbox.is_active, health_of(mailbox).word) == (False, "paused")
    admin.post(f"/settings/mailboxes/{mailbox.pk}/activity/", {"active": "1"})
    mailbox.refresh_from_db()
    assert mailbox.is_active
    admin.post(f"/settings/mailboxes/{mailbox.pk}/removal/")
    assert not Mailbox.objects.exists()


def test_how_it_fares() -> None:
    now = timezone.now()
    mailbox = Mailbox(username="support", host="mail.test")
    assert health_of(mailbox, now=now).word == "new"
    mailbox.last_success_at = now
    assert health_of(mailbox, now=now).word == "read"
    mailbox.waiting = 3
    assert health_of(mailbox, now=now).sentence == "3 mails are being fetched."
    mailbox.waiting = 0
    assert health_of(mailbox, now=now + 2 * SILENT).word == "silent"
    mailbox.problem = "The server did not answer in time."
    assert health_of(mailbox, now=now).sentence == mailbox.problem
