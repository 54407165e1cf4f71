"""The pipe a mail server delivers into: its exit status decides whether a mail is kept, tried again or bounced."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest
from django.core.management import call_command

from channels_app.models import InboundPayload
from helpdesk.embedded import BASE_DIR
from tests.channels_app.letters import SUPPORT, letter
from tests.stack import LiveStack
from tickets.models import Inbox


@pytest.fixture
def house(live_stack: LiveStack) -> LiveStack:
    with live_stack.orm():
        Inbox.objects.create(name="Support", address=SUPPORT)
    return live_stack


def test_stored_is_0_and_wrong_use_is_64(house: LiveStack) -> None:
    raw = letter("through the pipe")
    assert house.manage("receive_email", stdin=raw, check=False).returncode == 0
    for arguments in (["--inbox", "Nowhere"], ["--colour", "blue"]):
        assert house.manage("receive_email", *arguments, stdin=raw, check=False).returncode == 64
    with house.orm():
        assert [bytes(row.raw) for row in InboundPayload.objects.all()] == [raw]


def test_an_installation_that_does_not_start_is_75() -> None:
    environment = {**os.environ, "DATABASE_URL": "mysql://elsewhere", "DJANGO_SETTINGS_MODULE": "helpdesk.settings"}
    command = [sys.executable, "manage.py", "receive_email"]
    result = subprocess.run(command, cwd=BASE_DIR, env=environment, input=letter(), capture_output=True, check=False)
    assert (result.returncode, result.stderr.count(b"\n")) == (75, 1)


def pipe(monkeypatch: pytest.MonkeyPatch, raw: bytes, *arguments: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    call_command("receive_email", *arguments)


@pytest.mark.django_db
class TestWhichInbox:
    def test_the_one_named_by_name_or_address(
        self, monkeypatch: pytest.MonkeyPatch, support: Inbox, billing: Inbox
    ) -> None:
        for name in ("billing", billing.address):
            pipe(monkeypatch, letter(), "--inbox", name)
        assert {row.account.inbox for row in InboundPayload.objects.all()} == {billing}

    def test_the_one_it_was_delivered_to_before_the_one_it_was_written_to(
        self, monkeypatch: pytest.MonkeyPatch, support: Inbox, billing: Inbox
    ) -> None:
        pipe(monkeypatch, letter(Delivered_To=billing.address))
        assert InboundPayload.objects.get().account.inbox == billing

    def test_the_envelope_that_a_mail_server_hands_over(
        self, monkeypatch: pytest.MonkeyPatch, support: Inbox, billing: Inbox
    ) -> None:
        monkeypatch.setenv("ORIGINAL_RECIPIENT", "billing+x@onethread.test")
        monkeypatch.setenv("SENDER", "ada@example.org")
        pipe(monkeypatch, letter())
        row = InboundPayload.objects.get()
        assert (row.account.inbox, row.envelope_from, row.envelope_to) == (
            billing,
            "ada@example.org",
            ["billing+x@onethread.test"],
        )

    def test_else_the_oldest_and_it_says_so(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], support: Inbox, billing: Inbox
    ) -> None:
        pipe(monkeypatch, letter(to="somebody@elsewhere.test"))
        assert InboundPayload.objects.get().account.inbox == support
        assert "goes to Support" in capsys.readouterr().err

    @pytest.mark.parametrize(("raw", "status"), [(b"", 64), (b" \r\n", 64)])
    def test_nothing_is_no_mail(self, monkeypatch: pytest.MonkeyPatch, support: Inbox, raw: bytes, status: int) -> None:
        with pytest.raises(SystemExit) as stop:
            pipe(monkeypatch, raw)
        assert stop.value.code == status

    def test_without_any_inbox_the_mail_server_keeps_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(SystemExit) as stop:
            pipe(monkeypatch, letter())
        assert stop.value.code == 75
