"""The outbox pages, and the two decisions an agent has about a mail that did not simply go out."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from channels_app import outbox, sending
from channels_app.models import Delivery, OutboxState
from customers.actors import Actor
from helpdesk.accounts.models import Team, User
from tickets.models import Ticket, TicketEvent
from tickets.services import add_reply, assign_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(grace: User, adas_ticket: Ticket, settings: Settings, tmp_path: Path) -> Delivery:
    settings.EMAIL_BACKEND = "channels_app.mail_backend.FileBackend"
    settings.OUTBOX_DIR = tmp_path
    settings.UNDO_SEND_SECONDS = 0
    delivery = add_reply(adas_ticket, "<p>Oil <b>it</b>.</p>", actor=Actor.agent(grace)).delivery
    sending.deliver(delivery.pk)
    delivery.refresh_from_db()
    return delivery


@pytest.fixture
def unclear(sent: Delivery) -> Delivery:
    """A worker died while it was with a mail server."""
    Delivery.objects.filter(pk=sent.pk).update(
        state=OutboxState.SENDING, leased_until=timezone.now() - timedelta(minutes=1)
    )
    sent.attempts.update(
        outcome="", finished_at=None, backend="elsewhere", refused={"ada@example.org": {"answer": "", "final": False}}
    )
    outbox.settle_lost(sent.pk, now=timezone.now())
    sent.refresh_from_db()
    assert sent.state == OutboxState.UNKNOWN
    return sent


def test_a_lead_reads_what_went_out(client: Client, margaret: User, sent: Delivery) -> None:
    client.force_login(margaret)
    page = client.get("/agent/outbox/").content.decode()
    assert "ada@example.org" in page
    assert "Accepted by the mail server" in page
    page = client.get(f"/agent/outbox/{sent.pk}/").content.decode()
    assert sent.mail_id in page
    assert "Oil it." in page
    frame = client.get(f"/agent/outbox/{sent.pk}/html/")
    assert "<b>it</b>" in frame.content.decode()
    assert "sandbox" in frame["Content-Security-Policy"]
    assert client.get(f"/agent/outbox/{sent.pk}/raw/").content == bytes(sent.raw or b"")
    assert client.get(f"/agent/outbox/{sent.pk}/raw/?download=1")["Content-Type"] == "message/rfc822"


def test_agents_see_it_in_the_demo_only(client: Client, grace: User, sent: Delivery, settings: Settings) -> None:
    client.force_login(grace)
    assert client.get("/agent/outbox/").status_code == 403
    settings.DEMO = True
    assert client.get("/agent/outbox/").status_code == 200
    assert client.get(f"/agent/outbox/{sent.pk}/").status_code == 200


def test_a_private_teams_mail_stays_private(
    client: Client, grace: User, radia: User, sent: Delivery, settings: Settings
) -> None:
    settings.DEMO = True
    board = Team.objects.create(name="Board", is_private=True)
    assign_team(sent.message.ticket, board, actor=Actor.agent(radia))
    client.force_login(grace)
    assert "ada@example.org" not in client.get("/agent/outbox/").content.decode()
    for path in ("", "html/", "raw/"):
        assert client.get(f"/agent/outbox/{sent.pk}/{path}").status_code == 404


def test_the_list_goes_on_and_filters(client: Client, margaret: User, sent: Delivery) -> None:
    client.force_login(margaret)
    assert "ada@example.org" not in client.get(f"/agent/outbox/?before={sent.pk}").content.decode()
    assert "ada@example.org" not in client.get("/agent/outbox/?state=failed").content.decode()
    assert "ada@example.org" in client.get("/agent/outbox/?state=accepted&before=x").content.decode()


def test_a_mail_not_written_yet_says_so(client: Client, margaret: User, grace: User, adas_ticket: Ticket) -> None:
    waiting = add_reply(adas_ticket, "<p>Oil it.</p>", actor=Actor.agent(grace)).delivery
    client.force_login(margaret)
    assert "Not written yet" in client.get(f"/agent/outbox/{waiting.pk}/").content.decode()
    assert client.get(f"/agent/outbox/{waiting.pk}/raw/").status_code == 404
    assert client.get(f"/agent/outbox/{waiting.pk}/html/").status_code == 404


def test_an_agent_sends_again_what_may_be_lost(client: Client, grace: User, unclear: Delivery) -> None:
    client.force_login(grace)
    before = bytes(unclear.raw or b"")
    answer = client.post(f"/agent/messages/{unclear.message_id}/retry/", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    unclear.refresh_from_db()
    assert (unclear.state, unclear.message.delivery_state) == ("queued", "sending")
    assert sending.deliver(unclear.pk)
    unclear.refresh_from_db()
    assert unclear.state == OutboxState.ACCEPTED
    assert bytes(unclear.raw or b"") == before
    assert TicketEvent.objects.filter(message=unclear.message).latest("pk").payload["new"] == "sent"


def test_an_agent_says_that_it_was_sent(client: Client, grace: User, unclear: Delivery) -> None:
    client.force_login(grace)
    answer = client.post(f"/agent/messages/{unclear.message_id}/confirmation/")
    assert answer.status_code == 302
    unclear.refresh_from_db()
    assert (unclear.state, unclear.message.delivery_state) == ("accepted", "sent")
    assert TicketEvent.objects.filter(message=unclear.message).latest("pk").actor_user == grace
    answer = client.post(f"/agent/messages/{unclear.message_id}/confirmation/", headers={"HX-Request": "true"})
    assert answer.status_code == 409


def test_what_was_sent_is_not_sent_again(client: Client, grace: User, sent: Delivery) -> None:
    client.force_login(grace)
    answer = client.post(f"/agent/messages/{sent.message_id}/retry/", headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert "nothing to send again" in answer.content.decode()
    sent.refresh_from_db()
    assert sent.state == OutboxState.ACCEPTED


def test_a_light_agent_decides_nothing(client: Client, linus: User, unclear: Delivery) -> None:
    client.force_login(linus)
    for noun in ("retry", "confirmation"):
        assert client.post(f"/agent/messages/{unclear.message_id}/{noun}/").status_code == 403
    unclear.refresh_from_db()
    assert unclear.state == OutboxState.UNKNOWN


def test_the_pages_want_a_sign_in(client: Client, sent: Delivery) -> None:
    for path in ("/agent/outbox/", f"/agent/outbox/{sent.pk}/", f"/agent/outbox/{sent.pk}/raw/"):
        assert client.get(path).status_code == 302


def test_a_note_has_nothing_to_retry(client: Client, grace: User, sent: Delivery) -> None:
    Delivery.objects.all().delete()
    client.force_login(grace)
    answer = client.post(f"/agent/messages/{sent.message_id}/retry/", headers={"HX-Request": "true"})
    assert answer.status_code == 409
