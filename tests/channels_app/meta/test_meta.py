"""Whether it is Meta that calls, and what its refusals mean for what we wanted to send."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from channels_app import meta
from channels_app.base import LockedOut, Rejected, SendError, TryLater, Uncertain
from channels_app.calling import Reply
from channels_app.models import ProviderAccount
from helpdesk.demo.stand_ins.base import Answered, HookCall
from helpdesk.demo.stand_ins.graph import GraphStandIn, busy, error
from tests.channels_app.meta.accounts import hook_of


def test_the_handshake_gives_the_challenge_back(graph: GraphStandIn, number: ProviderAccount) -> None:
    answer = meta.greet(number, hook_of(graph.handshake(challenge="1158201444")))
    assert answer and (answer.status, answer.body) == (200, b"1158201444")
    assert answer.content_type.startswith("text/plain")


@pytest.mark.parametrize("token", ["another", "vérifié", "\udc80"])
def test_no_challenge_without_our_token(graph: GraphStandIn, number: ProviderAccount, token: str) -> None:
    query = "hub.mode=subscribe&hub.challenge=1&hub.verify_token=%FF" if token == "\udc80" else ""
    call = HookCall(b"", {}, "", "GET", query=query) if query else graph.handshake(token=token)
    answer = meta.greet(number, hook_of(call))
    assert answer and answer.status == 403


def test_no_handshake_without_a_token_of_our_own(graph: GraphStandIn, number: ProviderAccount) -> None:
    number.set_secrets(verify_token="")
    asked = HookCall(b"", {}, "", "GET", query="hub.mode=subscribe&hub.verify_token=&hub.challenge=1")
    answer = meta.greet(number, hook_of(asked))
    assert answer and answer.status == 403


def test_the_signature_is_over_the_bytes(graph: GraphStandIn, number: ProviderAccount) -> None:
    call = graph.hook({"object": "page", "text": "Grüße / 🙂"})
    assert b"\\u00fc" in call.body and b"\\/" in call.body
    assert meta.is_signed(number, hook_of(call))
    again = json.dumps(json.loads(call.body)).encode()
    assert not meta.is_signed(number, hook_of(HookCall(again, call.headers)))


def test_example_of_a_signature(number: ProviderAccount) -> None:
    """HMAC-SHA256 of RFC 4231, test case 2, as Meta writes it."""
    number.set_secrets(app_secret="Jefe")
    told = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert meta.is_signed(number, hook_of(HookCall(b"what do ya want for nothing?", {"X-Hub-Signature-256": told})))


@pytest.mark.parametrize("signature", ["", "sha256=", "sha256=é", "sha1=5bdcc146bf60754e6a042426", "0" * 64])
def test_wrong_signatures(graph: GraphStandIn, number: ProviderAccount, signature: str) -> None:
    call = graph.hook({"object": "page"})
    headers = {"X-Hub-Signature-256": signature, "X-Hub-Signature": "sha1=0"}
    assert not meta.is_signed(number, hook_of(HookCall(call.body, headers)))
    number.set_secrets(app_secret="")
    assert not meta.is_signed(number, hook_of(HookCall(call.body, {**headers, **call.headers})))


def test_calls_prove_that_we_know_the_secret(graph: GraphStandIn, number: ProviderAccount) -> None:
    assert meta.graph(number, "GET", graph.phone_number_id, query={"fields": "verified_name"}).data["verified_name"]
    asked = graph.calls[-1]
    assert asked.headers["authorization"] == f"Bearer {graph.access_token}" and asked.query["appsecret_proof"]
    number.set_secrets(app_secret="another")
    with pytest.raises(SendError):
        meta.graph(number, "GET", graph.phone_number_id)


def test_without_a_token_nothing_is_asked(graph: GraphStandIn, number: ProviderAccount) -> None:
    number.set_secrets(access_token="")
    with pytest.raises(LockedOut):
        meta.graph(number, "GET", graph.phone_number_id)
    assert not graph.calls


def test_secrets_that_can_not_be_opened_send_nothing(
    graph: GraphStandIn, number: ProviderAccount, settings: Settings
) -> None:
    settings.SECRET_KEY = "another than when they were sealed"
    with pytest.raises(LockedOut):
        meta.graph(number, "GET", graph.phone_number_id)
    assert not graph.calls


def refused(number: ProviderAccount, graph: GraphStandIn, answer: Answered) -> SendError:
    graph.misbehave("messages", answer)
    with pytest.raises(SendError) as raised:
        meta.graph(number, "POST", f"{graph.phone_number_id}/messages", {"messaging_product": "whatsapp"})
    return raised.value


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (error(190, "Session has expired", status=401), LockedOut, "190"),
        (error(200, "Permissions error", status=403), LockedOut, "200"),
        (error(10, "Application does not have permission"), LockedOut, "10"),
        (error(100, "Object does not exist", subcode=33), LockedOut, "100/33"),
        (error(131031, "Account has been locked"), LockedOut, "131031"),
        (error(10, "Outside of allowed window", subcode=2018278), Rejected, "10/2018278"),
        (error(131047, "Re-engagement message"), Rejected, "131047"),
        (error(131026, "Message undeliverable"), Rejected, "131026"),
        (error(100, "Invalid parameter", "to is required"), Rejected, "100"),
        (error(777777, "Something new"), Rejected, "777777"),
        (error(1, "Unknown", status=500), TryLater, "1"),
        (error(2, "Service temporarily unavailable", status=503), TryLater, "2"),
        (error(131056, "Pair rate limit hit"), TryLater, "131056"),
        (Answered(429, b"slow down", "text/plain"), TryLater, ""),
        (Answered(502, b"<html>bad gateway</html>", "text/html"), Uncertain, ""),
        (Answered(hangs_up=True), Uncertain, ""),
        (Answered(404, b"", "text/plain"), Rejected, "404"),
    ],
)
def test_what_a_refusal_means(
    graph: GraphStandIn, number: ProviderAccount, answer: Answered, kind: type[SendError], code: str
) -> None:
    error_ = refused(number, graph, answer)
    assert (type(error_), error_.code) == (kind, code)
    assert error_.words


def test_who_has_left_can_not_be_written_to(graph: GraphStandIn, number: ProviderAccount) -> None:
    gone = refused(number, graph, error(551, "This person isn't available right now.", subcode=1545041))
    assert isinstance(gone, Rejected) and gone.is_unreachable


def test_the_header_says_how_long_to_wait(graph: GraphStandIn, number: ProviderAccount) -> None:
    wait = refused(number, graph, busy(7))
    assert isinstance(wait, TryLater) and wait.whole_account and wait.seconds == 7 * 60
    pair = refused(number, graph, error(131056, "Pair rate limit hit"))
    assert isinstance(pair, TryLater) and not pair.whole_account and pair.seconds == 10


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-app-usage": '{"call_count": 12, "total_time": 3, "total_cputime": 1}'}, None),
        ({"x-app-usage": '{"call_count": 97, "total_time": 3, "total_cputime": 1}'}, 300),
        ({"x-business-use-case-usage": '{"1": [{"call_count": 9, "estimated_time_to_regain_access": 2}]}'}, 120),
        ({"x-app-usage": "[" * 3000}, None),
        ({"x-app-usage": '{"call_count": "many", "estimated_time_to_regain_access": 1e999}'}, None),
        ({"retry-after": "9" * 400}, 24 * 3600),
        ({"retry-after": "²"}, None),
    ],
)
def test_what_is_nearly_used_up_is_left_alone_for_a_while(headers: dict[str, Any], seconds: float | None) -> None:
    assert meta.pause_of(Reply(200, {}, headers)) == seconds
