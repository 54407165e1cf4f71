"""Any other network: our own shape of a message, signed, all the way in and out."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from channels_app.adapters.generic.adapter import adapter
from channels_app.messaging import media, sending
from channels_app.models import HookPayload, HookState, MediaState, ProviderAccount, ProviderMedia, ProviderMessage
from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import User
from helpdesk.demo.stand_ins.base import Answered
from helpdesk.demo.stand_ins.network import Network
from tests.channels_app.hooked import hear, post
from tickets.attachments import upload
from tickets.models import DeliveryState, Message, Ticket
from tickets.services import add_reply

PAYLOADS = Path(__file__).parents[2] / "payloads" / "generic"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def payload(name: str) -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()


def reply(grace: User, html: str = "<p>Which <b>gear</b>?</p>", **more: object) -> tuple[Message, ProviderMessage]:
    message = add_reply(Ticket.objects.get(), html, actor=Actor.agent(grace), **more)  # type: ignore[arg-type]
    ProviderMessage.objects.filter(message=message).update(due_at=timezone.now())
    return message, ProviderMessage.objects.get(message=message)


def told(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.delivery_state, message.delivery_detail


class TestReading:
    @pytest.mark.parametrize("name", sorted(path.stem for path in PAYLOADS.glob("*.json")))
    def test_whatever_is_rightly_signed_is_read_or_refused_and_never_an_error(
        self, account: ProviderAccount, name: str
    ) -> None:
        status = post(account, Network().call(payload(name)))
        assert status == (400 if "missing" in name or name == "sender_without_id" else 200)
        assert HookPayload.objects.count() == (status == 200)
        hear(account)
        states = set(HookPayload.objects.values_list("state", flat=True))
        unread = {"unknown_type", "unknown_status", "no_type"}
        assert states == ({HookState.UNHANDLED} if name in unread else {HookState.APPLIED} if status == 200 else set())

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"7", b'"x"', b"\xff\xfe", b"[" * 100_000])
    def test_what_is_no_object_is_refused(self, account: ProviderAccount, body: bytes) -> None:
        assert post(account, Network().call(body)) == 400

    def test_the_field_that_is_missing_is_named(self, account: ProviderAccount) -> None:
        call = Network().call(payload("missing_sender"))
        url = f"/hooks/generic/{account.hook_token}/"
        answer = Client().post(url, call.body, content_type=call.content_type, headers=dict(call.headers))
        assert answer.content == b"sender.id is missing"

    def test_numbers_are_texts_and_nothing_is_rounded(self, account: ProviderAccount) -> None:
        hear(account, Network().call(payload("numbers_as_ids")))
        assert ProviderMessage.objects.get().external_id == "9007199254740993"
        assert Customer.objects.get().identities.get().value == f"generic:{account.pk}:42"

    def test_what_a_database_refuses_is_left_out(self, account: ProviderAccount) -> None:
        hear(account, Network().call(payload("unstorable")))
        assert Message.objects.get().text == "ab  c 😀"

    def test_a_call_of_three_megabytes_is_too_large(self, account: ProviderAccount) -> None:
        assert post(account, Network().text("x" * 3 * 1024 * 1024)) == 413
        assert not HookPayload.objects.exists()
        assert post(account, Network().text("x" * 2 * 1024 * 1024)) == 200
        hear(account)
        assert len(Message.objects.get().text) == 100_000

    def test_old_calls_are_not_played_again(self, account: ProviderAccount) -> None:
        assert post(account, Network().call(payload("text"), at=timezone.now().timestamp() - 301)) == 403

    def test_a_paused_account_reads_later(self, account: ProviderAccount) -> None:
        ProviderAccount.objects.update(is_active=False)
        hear(account, Network().call(payload("text")))
        assert not Message.objects.exists()
        ProviderAccount.objects.update(is_active=True)
        hear(account)
        assert Message.objects.exists()

    def test_both_keys_are_good_while_one_is_changed(self, account: ProviderAccount) -> None:
        old = account.secret("key")
        account.set_secrets(key="whsec_" + "A" * 44, former_key=old)
        account.save()
        assert post(account, Network(key=old).call(payload("text"))) == 200
        assert post(account, Network(key="whsec_" + "A" * 44).call(payload("text"))) == 200


class TestFiles:
    def test_files_come_after_their_words(self, network: Network, account: ProviderAccount) -> None:
        network.files["rust.png"] = (PNG, "image/png")
        address = account.option("send_url").removesuffix("/in")
        hear(account, network.media([f"{address}/rust.png", f"{address}/gone.png"], words="See?"))
        message = Message.objects.get()
        assert [each["state"] for each in message.facts["files_missing"]] == ["waiting", "waiting"]
        media.sweep(now=timezone.now())
        message.refresh_from_db()
        assert message.attachments.get().filename == "rust.png"
        assert [(each["filename"], each["state"]) for each in message.facts["files_missing"]] == [
            ("gone.png", "failed")
        ]
        assert message.events.filter(kind="file.fetched").count() == 2

    def test_a_file_that_was_away_is_fetched_later_and_by_hand(
        self, network: Network, account: ProviderAccount
    ) -> None:
        network.files["rust.png"] = (PNG, "image/png")
        network.misbehave("rust.png", Answered(503), Answered(404))
        address = account.option("send_url").removesuffix("/in")
        hear(account, network.media([f"{address}/rust.png"]))
        now = timezone.now()
        media.sweep(now=now)
        assert ProviderMedia.objects.get().state == MediaState.WAITING
        assert media.sweep(now=now) == 0
        media.sweep(now=now + timedelta(minutes=1))
        assert ProviderMedia.objects.get().state == MediaState.FAILED
        assert media.fetch_again(Message.objects.get(), now=now) == 1
        media.sweep(now=now)
        assert Message.objects.get().attachments.count() == 1
        assert "files_missing" not in Message.objects.get().facts

    @pytest.mark.parametrize(
        "url", ["http://127.0.0.1:9/x", "https://127.0.0.1/x", "https://[::1]/x", "http://[::1", "file:///etc/passwd"]
    )
    def test_our_own_doors_are_not_knocked_at(self, account: ProviderAccount, url: str) -> None:
        hear(account, Network().media([url]))
        media.sweep(now=timezone.now())
        row = ProviderMedia.objects.get()
        assert (row.state, row.attachment) == (MediaState.FAILED, None)
        assert row.reason

    def test_a_program_is_not_kept(self, network: Network, account: ProviderAccount) -> None:
        network.files["tune.mp3"] = (b"\x7fELF" + b"\0" * 60, "audio/mpeg")
        address = account.option("send_url").removesuffix("/in")
        hear(account, network.media([f"{address}/tune.mp3"]))
        media.sweep(now=timezone.now())
        assert "program" in Message.objects.get().facts["files_missing"][0]["reason"]


class TestAnswers:
    def test_an_answer_goes_out_signed_with_all_that_belongs_to_it(
        self, network: Network, account: ProviderAccount, grace: User
    ) -> None:
        hear(account, network.call(payload("text")))
        file = upload(grace, "plan.png", PNG)
        message, part = reply(grace, attachment_ids=[file.pk])
        assert sending.deliver(part.pk)
        [said] = network.messages
        assert said["conversation_id"] == "thread-7"
        assert (said["text"], said["markdown"]) == ("Which gear?", "Which **gear**?")
        assert (said["sender"]["name"], said["direction"]) == ("Grace Hopper", "outbound")
        assert said["attachments"][0]["filename"] == "plan.png"
        assert told(message) == (DeliveryState.SENT, "")

    def test_states_come_back_by_their_name_or_ours(
        self, network: Network, account: ProviderAccount, grace: User
    ) -> None:
        hear(account, network.call(payload("text")))
        message, part = reply(grace)
        sending.deliver(part.pk)
        hear(account, network.status(str(part.client_key), "delivered"))
        assert told(message)[0] == DeliveryState.DELIVERED
        hear(account, network.status(f"remote-{part.client_key}", "read"), network.status(str(part.client_key), "sent"))
        assert told(message)[0] == DeliveryState.READ

    def test_a_failure_says_why(self, network: Network, account: ProviderAccount, grace: User) -> None:
        hear(account, network.call(payload("text")))
        message, part = reply(grace)
        sending.deliver(part.pk)
        hear(account, network.status(str(part.client_key), "failed", error={"code": 9, "message": "They have left."}))
        assert told(message) == (DeliveryState.FAILED, "They have left.")

    def test_our_own_message_told_back_is_not_another(
        self, network: Network, account: ProviderAccount, grace: User
    ) -> None:
        hear(account, network.call(payload("text")))
        _message, part = reply(grace)
        sending.deliver(part.pk)
        hear(
            account,
            network.echo("Which gear?", named=f"remote-{part.client_key}", conversation_id="thread-7"),
            network.echo("Which gear?", named=str(part.client_key), conversation_id="thread-7"),
        )
        assert Message.objects.count() == 2

    def test_no_answer_is_tried_again_under_the_same_name(
        self, network: Network, account: ProviderAccount, grace: User
    ) -> None:
        hear(account, network.call(payload("text")))
        message, part = reply(grace)
        network.misbehave("/in", Answered(hangs_up=True), Answered(503))
        sending.deliver(part.pk)
        assert told(message)[0] == DeliveryState.DEFERRED
        for _try in range(2):
            ProviderMessage.objects.filter(pk=part.pk).update(due_at=timezone.now())
            sending.deliver(part.pk)
        assert told(message)[0] == DeliveryState.SENT
        assert len(network.messages) == 1
        assert {call.headers["webhook-id"] for call in network.calls} == {str(part.client_key)}

    @pytest.mark.parametrize("status", [401, 403, 410])
    def test_who_refuses_us_stops_the_account_until_an_admin_looks(
        self, network: Network, account: ProviderAccount, grace: User, status: int
    ) -> None:
        hear(account, network.call(payload("text")))
        _message, part = reply(grace)
        network.misbehave("/in", Answered(status))
        sending.deliver(part.pk)
        account.refresh_from_db()
        assert account.problem
        assert ProviderMessage.objects.get(pk=part.pk).state == "waiting"

    def test_the_connection_can_be_tried(self, network: Network, account: ProviderAccount) -> None:
        assert adapter.probe(account) == {}
        assert json.loads(network.calls[-1].body) == {"type": "ping"}


def test_an_agent_has_a_lost_file_fetched_again(
    network: Network, account: ProviderAccount, grace: User, client: Client
) -> None:
    network.misbehave("rust.png", Answered(404))
    network.files["rust.png"] = (PNG, "image/png")
    hear(account, network.media([f"{account.option('send_url').removesuffix('/in')}/rust.png"]))
    media.sweep(now=timezone.now())
    message = Message.objects.get()
    client.force_login(grace)
    page = f"/agent/tickets/{message.ticket_id}/"
    assert "Fetch the files again" in client.get(page).content.decode()
    assert client.post(f"/agent/messages/{message.pk}/files/", headers={"HX-Request": "true"}).status_code == 204
    assert "Fetch the files again" not in client.get(page).content.decode()
    media.sweep(now=timezone.now())
    assert message.attachments.count() == 1
    assert client.post(f"/agent/messages/{message.pk}/files/", headers={"HX-Request": "true"}).status_code == 409
