"""Malware: nobody gets a file before its verdict, and nobody ever gets an infected one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks, Settings

from channels_app import sending
from channels_app.models import Delivery, OutboxState
from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import User
from tests.clamd import EICAR, NAME, Clamd, running
from tickets import scanning
from tickets.attachments import File, upload
from tickets.models import Attachment, Message, ScanState, Ticket, TicketEvent
from tickets.services import Incoming, Refused, add_reply, receive_message
from tickets.tasks import check_files_of, sweep_unchecked_files


@pytest.fixture
def clamd(settings: Settings) -> Iterator[Clamd]:
    with running() as server:
        settings.CLAMD_URL = server.url
        yield server


def hears(ticket: Ticket, customer: Customer, content: bytes) -> Message:
    incoming = Incoming(text="See the file", files=[File("invoice.txt", "text/plain", content)])
    return receive_message(ticket, incoming, customer=customer, channel="email", actor=Actor.of_customer(customer))


def fetch(client: Client, file: Attachment) -> tuple[int, str]:
    answer = client.get(f"/agent/attachments/{file.pk}/{file.filename}", HTTP_HX_REQUEST="true")
    return answer.status_code, "" if answer.streaming else answer.json()["detail"]


def test_a_strangers_file_waits_for_its_verdict(
    clamd: Clamd, client: Client, grace: User, adas_ticket: Ticket, ada: Customer
) -> None:
    client.force_login(grace)
    message = hears(adas_ticket, ada, b"two hundred pounds")
    file = message.attachments.get()
    assert file.scan_state == ScanState.PENDING
    assert fetch(client, file) == (403, "“invoice.txt” is being checked for malware. Try again in a moment.")
    assert check_files_of(message.pk) == 1
    file.refresh_from_db()
    assert (file.scan_state, fetch(client, file)[0]) == (ScanState.CLEAN, 200)


def test_malware_is_an_event_of_the_ticket_and_kept_away_for_ever(
    clamd: Clamd, client: Client, grace: User, adas_ticket: Ticket, ada: Customer, settings: Settings
) -> None:
    client.force_login(grace)
    message = hears(adas_ticket, ada, EICAR)
    check_files_of(message.pk)
    check_files_of(message.pk)
    event = TicketEvent.objects.get(ticket=adas_ticket, kind="malware.found")
    assert event.payload["found"] == NAME
    settings.SERVE_UNSCANNED, settings.CLAMD_URL = True, ""
    assert fetch(client, message.attachments.get()) == (
        403,
        "“invoice.txt” holds malware (Eicar-Test-Signature) and is kept away.",
    )


def test_new_files_are_handed_to_a_worker_once_they_are_committed(
    clamd: Clamd,
    settings: Settings,
    adas_ticket: Ticket,
    ada: Customer,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.EVENT_CONSUMERS = [*settings.EVENT_CONSUMERS, "tickets.tasks.check_new_files"]
    handed: list[object] = []
    monkeypatch.setattr("tickets.tasks.hand_over", lambda task, pk: handed.append(pk))
    with django_capture_on_commit_callbacks(execute=True):
        message = hears(adas_ticket, ada, b"harmless")
    assert handed == [message.pk]


def test_with_the_scanner_away_files_wait_and_the_sweeper_finds_them(
    clamd: Clamd, adas_ticket: Ticket, ada: Customer, settings: Settings, client: Client, grace: User
) -> None:
    client.force_login(grace)
    away, settings.CLAMD_URL = settings.CLAMD_URL, "tcp://127.0.0.1:1"
    file = hears(adas_ticket, ada, b"harmless").attachments.get()
    assert sweep_unchecked_files() == 0
    assert fetch(client, file)[0] == 403
    settings.SERVE_UNSCANNED = True
    assert fetch(client, file)[0] == 200
    settings.CLAMD_URL = away
    assert sweep_unchecked_files() == 1
    file.refresh_from_db()
    assert file.scan_state == ScanState.CLEAN


def test_what_the_scanner_cannot_check_says_so_and_does_not_block_the_sweeper(
    clamd: Clamd, adas_ticket: Ticket, ada: Customer
) -> None:
    clamd.says = b"stream: Can't allocate memory ERROR"
    file = hears(adas_ticket, ada, b"odd").attachments.get()
    assert (sweep_unchecked_files(), sweep_unchecked_files()) == (1, 0)
    file.refresh_from_db()
    assert (file.scan_state, file.scan_detail) == (ScanState.FAILED, "Can't allocate memory")


def test_garbage_from_the_scanner_leaves_the_file_waiting(clamd: Clamd, adas_ticket: Ticket, ada: Customer) -> None:
    clamd.says = b"\xff\0\xff"
    file = hears(adas_ticket, ada, b"odd").attachments.get()
    assert sweep_unchecked_files() == 0
    file.refresh_from_db()
    assert file.scan_state == ScanState.PENDING


def test_an_agents_infected_upload_is_refused_at_once(clamd: Clamd, client: Client, grace: User) -> None:
    client.force_login(grace)
    answer = client.post("/agent/attachments/", {"file": SimpleUploadedFile("bill.txt", EICAR)})
    assert (answer.status_code, answer.json()["detail"]) == (
        422,
        "“bill.txt” holds malware (Eicar-Test-Signature) and was not attached.",
    )
    assert not Attachment.objects.exists()
    clean = client.post("/agent/attachments/", {"file": SimpleUploadedFile("bill.txt", b"clean")})
    assert Attachment.objects.get(pk=clean.json()["id"]).scan_state == ScanState.CLEAN


def test_a_reply_cannot_take_a_file_found_infected_since(clamd: Clamd, grace: User, adas_ticket: Ticket) -> None:
    file = upload(grace, "bill.txt", EICAR)
    scanning.check(file)
    with pytest.raises(Refused, match="holds malware"):
        add_reply(adas_ticket, "<p>Here</p>", actor=Actor.agent(grace), attachment_ids=[file.pk])
    assert Attachment.objects.get().message is None


def due_delivery(ticket: Ticket, author: User, content: bytes) -> Delivery:
    file = upload(author, "bill.txt", content)
    message = add_reply(ticket, "<p>Here</p>", actor=Actor.agent(author), attachment_ids=[file.pk])
    Delivery.objects.filter(message=message).update(due_at=timezone.now())
    return Delivery.objects.get(message=message)


def test_a_reply_does_not_leave_before_the_verdict(
    clamd: Clamd, grace: User, adas_ticket: Ticket, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    delivery = due_delivery(adas_ticket, grace, b"clean")
    assert sending.deliver(delivery.pk) is False
    delivery.refresh_from_db()
    assert (delivery.state, "being checked" in delivery.last_error) == (OutboxState.DEFERRED, True)
    sweep_unchecked_files()
    Delivery.objects.update(due_at=timezone.now())
    assert sending.deliver(delivery.pk) is True


def test_a_reply_with_malware_never_leaves(clamd: Clamd, grace: User, adas_ticket: Ticket) -> None:
    delivery = due_delivery(adas_ticket, grace, EICAR)
    sweep_unchecked_files()
    assert sending.deliver(delivery.pk) is False
    delivery.refresh_from_db()
    assert (delivery.state, delivery.raw) == (OutboxState.FAILED, None)
    message = Message.objects.get(pk=delivery.message_id)
    assert "holds malware" in message.delivery_detail
