"""A real worker is killed with SIGKILL while it tells others: all is heard in the end, each under its own id."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event

from django.utils import timezone

from helpdesk.accounts.models import Role
from helpdesk.integrations.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from helpdesk.integrations.webhooks import endpoints
from tests.cast import staff
from tests.integrations.receiver import Receiver, receiving
from tests.stack import LiveStack, wait_until

TOLD = 6


def test_a_killed_worker_loses_nothing(live_stack: LiveStack) -> None:
    with receiving() as receiver, worker_that_may_call(live_stack, receiver):
        live_stack.start("beat")
        receiver.silent = Event()
        with live_stack.orm():
            radia = staff("radia@onethread.test", "Radia Perlman", Role.ADMIN)
            endpoint = endpoints.create_endpoint(radia, name="Depot", url=receiver.url, kinds=[])
            for _ in range(TOLD):
                endpoints.send_test(endpoint)
        wait_until(lambda: bool(receiver.heard), seconds=30, what="the first post")
        live_stack.kill("worker")
        receiver.silent.set()
        receiver.silent = None
        with live_stack.orm():  # a minute goes by
            WebhookDelivery.objects.filter(state=DeliveryState.SENDING).update(leased_until=timezone.now())
        live_stack.start("worker")
        wait_until(lambda: _delivered(live_stack) == TOLD, seconds=40, what="every delivery")
        assert len(_ids(receiver)) == TOLD


@contextmanager
def worker_that_may_call(stack: LiveStack, receiver: Receiver) -> Iterator[None]:
    stack.terminate("worker")
    stack.environment["WEBHOOK_PRIVATE_HOSTS"] = receiver.place
    stack.start("worker")
    yield
    stack.terminate("worker")
    del stack.environment["WEBHOOK_PRIVATE_HOSTS"]
    stack.start("worker")


def _delivered(stack: LiveStack) -> int:
    with stack.orm():
        WebhookEndpoint.objects.update(hold_until=None)
        WebhookDelivery.objects.filter(state=DeliveryState.WAITING).update(due_at=timezone.now() - timedelta(seconds=1))
        return WebhookDelivery.objects.filter(state=DeliveryState.DELIVERED).count()


def _ids(receiver: Receiver) -> set[str]:
    return {heard.headers["webhook-id"] for heard in receiver.heard}
