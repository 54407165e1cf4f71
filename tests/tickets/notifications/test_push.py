"""Messages to browsers: a stand-in for a push service checks the signature, the browser's side opens the message."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import User
from tickets.models import Notification, PushSubscription, Ticket
from tickets.notifications import push, vapid
from tickets.notifications.centre import mark_read
from tickets.services import Incoming, add_note, assign, receive_message


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


class Browser:
    """The receiving side, by RFC 8291 and nothing of the library that sealed it."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = b"sixteen bytes ok"
        self.point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def subscription(self, endpoint: str) -> dict[str, Any]:
        return {"endpoint": endpoint, "keys": {"p256dh": encoded(self.point), "auth": encoded(self.secret)}}

    def open(self, body: bytes) -> dict[str, str]:
        salt, length = body[:16], body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        material = self._expand(shared, self.secret, b"WebPush: info\0" + self.point + sender, 32)
        content_key = self._expand(material, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = self._expand(material, salt, b"Content-Encoding: nonce\0", 12)
        opened = AESGCM(content_key).decrypt(nonce, sealed, None)
        told: dict[str, str] = json.loads(opened.rstrip(b"\0").removesuffix(b"\x02"))
        return told

    @staticmethod
    def _expand(key: bytes, salt: bytes, info: bytes, length: int) -> bytes:
        """HKDF with one block (RFC 5869)."""
        return hmac.digest(hmac.digest(salt, key, "sha256"), info + b"\x01", "sha256")[:length]


@dataclass
class Service:
    """A push service on this machine that says `answers` in turn, the last one again and again."""

    port: int = 0
    answers: list[int] = field(default_factory=lambda: [201])
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def endpoint(self, name: str = "grace") -> str:
        return f"http://127.0.0.1:{self.port}/push/{name}"


@pytest.fixture
def service(settings: Settings, tmp_path: Path) -> Iterator[Service]:
    standing = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            standing.requests.append((self.path, dict(self.headers), body))
            answers = standing.answers
            self.send_response(answers.pop(0) if len(answers) > 1 else answers[0])
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    standing.port = server.server_port
    settings.WEB_PUSH, settings.WEB_PUSH_PRIVATE_HOSTS = True, [f"127.0.0.1:{standing.port}"]
    settings.VAPID_KEY_FILE = tmp_path / "vapid.pem"
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield standing
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def browser(service: Service, grace: User) -> Browser:
    receiving = Browser()
    sent = receiving.subscription(service.endpoint())
    push.subscribe(grace, sent["endpoint"], sent["keys"]["p256dh"], sent["keys"]["auth"], user_agent="Firefox")
    return receiving


def signed_claims(authorization: str) -> dict[str, Any]:
    """The claims, if the signature is that of the key it names (RFC 8292, RFC 7515)."""
    scheme, _space, rest = authorization.partition(" ")
    assert scheme == "vapid"
    parts = dict(part.split("=", 1) for part in rest.replace(" ", "").split(","))
    head, claims, signature = parts["t"].split(".")
    raw = decoded(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(parts["k"]))
    key.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    assert parts["k"] == vapid.public_key()
    found: dict[str, Any] = json.loads(decoded(claims))
    return found


def test_a_mention_reaches_the_browser_sealed_and_signed(
    adas_ticket: Ticket, grace: User, alan: User, browser: Browser, service: Service
) -> None:
    add_note(adas_ticket, "<p>@grace, Ada is cross</p>", actor=Actor.agent(alan))
    assert push.send_due() == 1
    [(path, headers, body)] = service.requests
    row = Notification.objects.get(kind="mention")
    assert row.pushed_at
    assert path == "/push/grace"
    assert headers["Content-Encoding"] == "aes128gcm" and int(headers["TTL"]) > 0
    claims = signed_claims(headers["Authorization"])
    assert claims["aud"] == f"http://127.0.0.1:{service.port}"
    assert claims["sub"].startswith("mailto:")
    assert 0 < claims["exp"] - timezone.now().timestamp() <= 24 * 3600
    assert browser.open(body) == {
        "title": f"#{adas_ticket.pk}",
        "body": "Alan Turing mentioned you",
        "url": f"/agent/notifications/{row.pk}/",
        "tag": f"n{row.pk}",
    }
    assert push.send_due() == 0


def test_a_forged_signature_would_be_noticed(browser: Browser, service: Service) -> None:
    real = vapid.authorization(service.endpoint(), now=0)
    claims = real.split(".")[1]
    with pytest.raises(InvalidSignature):
        signed_claims(real.replace(claims, encoded(b'{"aud":"x"}')))


def test_a_customers_words_and_name_stay_here_unless_allowed(
    adas_ticket: Ticket, ada: Customer, grace: User, browser: Browser, service: Service, settings: Settings
) -> None:
    assign(adas_ticket, grace, actor=Actor.agent(grace))
    for words in (False, True):
        settings.WEB_PUSH_WORDS = words
        incoming = Incoming(text="Still rattles!", from_address="ada@example.org")
        receive_message(adas_ticket, incoming, customer=ada, channel="email", actor=Actor.of_customer(ada))
        push.send_due()
    silent, allowed = (browser.open(body) for _path, _headers, body in service.requests)
    assert (silent["title"], silent["body"]) == (f"#{adas_ticket.pk}", "A customer answered")
    assert allowed["title"] == f"#{adas_ticket.pk} The engine rattles"
    assert allowed["body"] == "Ada Lovelace answered\nStill rattles!"


def test_many_at_once_are_told_as_a_number(
    adas_ticket: Ticket, grace: User, alan: User, browser: Browser, service: Service
) -> None:
    for _ in range(5):
        add_note(adas_ticket, "<p>@grace</p>", actor=Actor.agent(alan))
    push.send_due()
    [(_path, _headers, body)] = service.requests
    assert browser.open(body)["body"] == "5 notifications"


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(
    adas_ticket: Ticket, grace: User, alan: User, browser: Browser, service: Service, status: int
) -> None:
    service.answers = [status]
    assign(adas_ticket, grace, actor=Actor.agent(alan))
    push.send_due()
    assert not PushSubscription.objects.exists()
    assert Notification.objects.get().pushed_at


def test_a_service_in_trouble_is_asked_again_for_an_hour(
    adas_ticket: Ticket, grace: User, alan: User, browser: Browser, service: Service
) -> None:
    service.answers = [503, 201]
    assign(adas_ticket, grace, actor=Actor.agent(alan))
    now = timezone.now()
    push.send_due(now=now)
    assert Notification.objects.get().pushed_at is None
    assert push.send_due(now=now + timedelta(seconds=30)) == 0  # not yet
    assert push.send_due(now=now + timedelta(seconds=70)) == 1
    assert Notification.objects.get().pushed_at
    assert PushSubscription.objects.get().failures == 0


def test_old_news_is_dropped(adas_ticket: Ticket, grace: User, alan: User, browser: Browser, service: Service) -> None:
    service.answers = [503]
    assign(adas_ticket, grace, actor=Actor.agent(alan))
    push.send_due(now=timezone.now() + timedelta(hours=2))
    assert Notification.objects.get().pushed_at


def test_a_worker_that_died_is_followed_by_another(
    adas_ticket: Ticket, grace: User, alan: User, browser: Browser, service: Service
) -> None:
    assign(adas_ticket, grace, actor=Actor.agent(alan))
    now = timezone.now()
    assert push._claim(now)
    assert push.send_due(now=now) == 0
    assert push.send_due(now=now + push.LEASE) == 1
    assert len(service.requests) == 1


def test_what_was_read_is_not_pushed(
    adas_ticket: Ticket, grace: User, alan: User, browser: Browser, service: Service
) -> None:
    assign(adas_ticket, grace, actor=Actor.agent(alan))
    mark_read(grace, ticket=adas_ticket.pk)
    assert push.send_due() == 0


def test_away_is_quiet(adas_ticket: Ticket, grace: User, alan: User, browser: Browser, service: Service) -> None:
    User.objects.filter(pk=grace.pk).update(availability="away")
    assign(adas_ticket, grace, actor=Actor.agent(alan))
    assert push.send_due() == 0
    User.objects.filter(pk=grace.pk).update(availability="online")
    assert push.send_due() == 1


def test_the_key_is_made_once_and_kept_secret(service: Service, settings: Settings) -> None:
    first = vapid.public_key()
    assert Path(settings.VAPID_KEY_FILE).stat().st_mode & 0o777 == 0o600
    vapid._read.cache_clear()
    assert vapid.public_key() == first
    assert len(decoded(first)) == 65
    assert hashlib.sha256(decoded(first)).digest()


class TestPages:
    @pytest.fixture
    def graces(self, client: Client, grace: User, service: Service) -> Client:
        client.force_login(grace)
        return client

    def subscribe(self, client: Client, sent: dict[str, Any]) -> int:
        return client.post("/agent/push/", json.dumps(sent), content_type="application/json").status_code

    def test_a_browser_subscribes_and_is_removed(self, graces: Client, service: Service) -> None:
        assert self.subscribe(graces, Browser().subscription(service.endpoint())) == 201
        row = PushSubscription.objects.get()
        assert "Remove" in graces.get("/agent/profile/notifications/").content.decode()
        assert graces.post(f"/agent/push/{row.pk}/").status_code == 302
        assert not PushSubscription.objects.exists()

    def test_nobody_removes_anothers(self, graces: Client, service: Service, alan: User) -> None:
        self.subscribe(graces, Browser().subscription(service.endpoint()))
        graces.force_login(alan)
        assert graces.delete(f"/agent/push/{PushSubscription.objects.get().pk}/").status_code == 404

    def test_at_sign_out_it_is_forgotten_by_its_address(self, graces: Client, service: Service, alan: User) -> None:
        sent = Browser().subscription(service.endpoint())
        self.subscribe(graces, sent)
        said = json.dumps({"endpoint": sent["endpoint"]})
        graces.force_login(alan)
        assert graces.delete("/agent/push/", said, content_type="application/json").status_code == 204
        assert PushSubscription.objects.exists()  # it is Grace's
        graces.force_login(PushSubscription.objects.get().user)
        for _ in range(2):
            assert graces.delete("/agent/push/", said, content_type="application/json").status_code == 204
        assert not PushSubscription.objects.exists()
        assert graces.delete("/agent/push/", "{}", content_type="application/json").status_code == 422

    def test_who_signs_in_at_the_same_browser_takes_it_over(self, graces: Client, service: Service, alan: User) -> None:
        self.subscribe(graces, Browser().subscription(service.endpoint()))
        graces.force_login(alan)
        self.subscribe(graces, Browser().subscription(service.endpoint()))
        assert PushSubscription.objects.get().user == alan

    @pytest.mark.parametrize(
        "change",
        [
            {"endpoint": "https://127.0.0.1/x"},
            {"endpoint": "http://push.example.com/x"},
            {"endpoint": "https://push.example.com/" + "x" * 1000},
            {"keys": {"p256dh": "AAAA", "auth": encoded(b"sixteen bytes ok")}},
            {"keys": {"p256dh": encoded(Browser().point), "auth": "short"}},
            {"keys": {"p256dh": "!!!", "auth": "!!!"}},
            {"keys": {"p256dh": encoded(Browser().point) + "\0", "auth": encoded(b"sixteen bytes ok")}},
            {"keys": "none"},
            {"keys": None},
        ],
    )
    def test_nonsense_is_refused(self, graces: Client, service: Service, change: dict[str, Any]) -> None:
        assert self.subscribe(graces, Browser().subscription(service.endpoint()) | change) == 422
        assert not PushSubscription.objects.exists()

    def test_one_person_has_at_most_ten(self, graces: Client, service: Service) -> None:
        for number in range(12):
            self.subscribe(graces, Browser().subscription(service.endpoint(str(number))))
        assert PushSubscription.objects.count() == 10

    def test_the_worker_is_served_at_the_top(self, client: Client, service: Service) -> None:
        answer = client.get("/push-worker.js")
        assert answer["Content-Type"] == "text/javascript"
        assert b"showNotification" in answer.content

    def test_without_the_setting_none_of_it_exists(self, graces: Client, settings: Settings) -> None:
        settings.WEB_PUSH = False
        assert self.subscribe(graces, {}) == 404
        assert graces.get("/push-worker.js").status_code == 404
        assert "Browser" not in graces.get("/agent/profile/notifications/").content.decode()
