"""Whatever an address answers, it is written down, bounded and tried again, and no other address waits for it."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import Event, Thread

import pytest
from django.conf import LazySettings
from django.utils import timezone

from helpdesk.accounts.models import User
from helpdesk.integrations.models import DeliveryState, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from helpdesk.integrations.webhooks import endpoints, queueing, sending
from helpdesk.integrations.webhooks.sending import send_waiting
from tests.integrations.receiver import Receiver, receiving

pytestmark = pytest.mark.django_db


@contextmanager
def answering(said: bytes) -> Iterator[str]:
    """A socket that says `said` to everybody, whatever they ask: its place."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):  # closed at the end
            while True:
                line, _address = listener.accept()
                with suppress(OSError), line:
                    line.recv(65536)
                    line.sendall(said)

    Thread(target=serve, daemon=True).start()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"Hello, this is HTTP/0.9",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"HTTP/1.1 99999 What\r\n\r\n",
        b"HTTP/1.1 429 Slow\r\nRetry-After: " + b"9" * 5000 + b"\r\n\r\n",
        b"HTTP/1.1 429 Slow\r\nRetry-After: -1\r\n\r\n",
        b"HTTP/1.1 500 No\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\nx",
        b"HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 500 No\r\nX-Nul: a\0b\r\n\r\n\0\xff",
        b"HTTP/1.1 500 No\r\n" + b"".join(b"X-%d: y\r\n" % number for number in range(500)) + b"\r\n",
        b"HTTP/1.1 500 No\r\nX-Long: " + b"y" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 500,
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:5432/\r\n\r\n",
    ],
)
def test_strange_answers_are_failures_that_are_tried_again(
    endpoint: WebhookEndpoint, settings: LazySettings, said: bytes
) -> None:
    with answering(said) as place:
        settings.WEBHOOK_PRIVATE_HOSTS = [place]
        WebhookEndpoint.objects.update(url=f"http://{place}/hook")
        delivery = endpoints.send_test(endpoint)
        assert send_waiting() == 1
    delivery.refresh_from_db()
    endpoint.refresh_from_db()
    assert delivery.state == DeliveryState.WAITING
    assert delivery.due_at > timezone.now()
    assert (delivery.attempts.count(), endpoint.failures) == (1, 1)


def test_a_gzip_bomb_is_not_opened(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    receiver.headers, receiver.body, receiver.answers = {"Content-Encoding": "gzip"}, b"\x1f\x8b" + b"\0" * 10**7, [200]
    endpoints.send_test(endpoint)
    send_waiting()
    assert len(WebhookAttempt.objects.get().response_body) <= sending.KEPT_BODY


def test_a_thousand_waiting_for_a_slow_one_keep_no_other_waiting(
    endpoint: WebhookEndpoint, receiver: Receiver, radia: User, settings: LazySettings
) -> None:
    """Nor do those under way: the others' go on while a slow one takes its time."""
    receiver.silent = Event()
    before = timezone.now() - timedelta(minutes=5)
    queueing.write_down([queueing.delivery(endpoint, "webhook.test", "{}", now=before) for _ in range(1000)])
    with receiving() as other:
        settings.WEBHOOK_PRIVATE_HOSTS = [receiver.place, other.place]
        healthy = endpoints.create_endpoint(radia, name="Healthy", url=other.url, kinds=[])
        for _ in range(30):
            endpoints.send_test(healthy)
        begun = time.monotonic()
        send_waiting()
        assert len(other.heard) == 30
        assert time.monotonic() - begun < 2 * sending.TIMEOUT + 3  # one wait for the slow one, not fifteen
        receiver.silent.set()
    assert not WebhookDelivery.objects.filter(endpoint=healthy).exclude(state=DeliveryState.DELIVERED).exists()
