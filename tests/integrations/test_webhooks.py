"""What endpoints are told: signed, once written down never forgotten, and never at the cost of anybody else."""

from __future__ import annotations

from datetime import timedelta
from threading import Event, Thread

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.utils import timezone

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import User
from helpdesk.integrations.models import DeliveryState, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from helpdesk.integrations.tasks import forget_old_webhooks
from helpdesk.integrations.webhooks import endpoints, sending
from helpdesk.integrations.webhooks.sending import RETRIES, send_waiting
from helpdesk.lib.sealing import seal
from tests.cast import open_for
from tests.integrations.receiver import Receiver, receiving
from tickets.models import Inbox, Notification, NotificationKind, Status, Ticket
from tickets.services import change_status

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(ada: Customer, support: Inbox) -> Ticket:
    return open_for(ada, support, "The engine")


def due_now(**also: object) -> None:
    """As if the time had come."""
    WebhookDelivery.objects.update(due_at=timezone.now() - timedelta(seconds=1), **also)
    WebhookEndpoint.objects.update(hold_until=None)


def test_an_event_is_told_signed_and_logged(
    ticket: Ticket, endpoint: WebhookEndpoint, receiver: Receiver, grace: User
) -> None:
    change_status(ticket, Status.PENDING, actor=Actor.agent(grace))
    delivery = WebhookDelivery.objects.get()
    assert send_waiting() == 1

    [heard] = receiver.heard
    assert heard.is_signed(endpoints.secret_of(endpoint))
    assert heard.headers["webhook-id"] == delivery.message_id
    assert heard.data["type"] == "status.changed"
    assert heard.data["data"]["event"] | {"old": "new", "new": "pending"} == heard.data["data"]["event"]
    assert heard.data["data"]["ticket"]["id"] == ticket.pk
    assert heard.data["data"]["actor"]["name"] == "Grace Hopper"
    delivery.refresh_from_db()
    attempt = delivery.attempts.get()
    assert (delivery.state, attempt.status, attempt.error) == (DeliveryState.DELIVERED, 204, "")


def test_what_was_rolled_back_is_never_told(ticket: Ticket, endpoint: WebhookEndpoint, grace: User) -> None:
    with transaction.atomic():
        change_status(ticket, Status.PENDING, actor=Actor.agent(grace))
        assert WebhookDelivery.objects.exists()
        transaction.set_rollback(True)
    assert not WebhookDelivery.objects.exists()


def test_only_events_it_asked_for_on_tickets_it_asked_for(
    ada: Customer, support: Inbox, endpoint: WebhookEndpoint, grace: User
) -> None:
    endpoint.conditions = {"all": [{"field": "priority", "operator": "is", "value": "urgent"}]}
    endpoint.save()
    calm, urgent = open_for(ada, support, "Calm"), open_for(ada, support, "Fire")
    Ticket.objects.filter(pk=urgent.pk).update(priority="urgent")
    for each in (calm, urgent):
        change_status(each, Status.PENDING, actor=Actor.agent(grace))
    assert [delivery.ticket_number for delivery in WebhookDelivery.objects.all()] == [urgent.pk]


def test_a_refusal_is_tried_again_under_the_same_id_until_it_is_heard(
    endpoint: WebhookEndpoint, receiver: Receiver
) -> None:
    receiver.answers, receiver.body = [500, 503, 200], b"thanks"
    delivery = endpoints.send_test(endpoint)
    for _ in range(3):
        assert send_waiting() == 1
        assert send_waiting() == 0  # nothing is due before its time
        due_now()
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.DELIVERED
    assert [attempt.status for attempt in delivery.attempts.all()] == [500, 503, 200]
    assert len({heard.headers["webhook-id"] for heard in receiver.heard}) == 1
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.failing_since) == (0, None)


def test_retries_grow_and_end_within_a_day(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    receiver.answers = [500]
    delivery = endpoints.send_test(endpoint)
    waits = []
    for _ in RETRIES:
        send_waiting()
        delivery.refresh_from_db()
        waits.append(delivery.due_at - timezone.now())
        due_now()
    assert waits == sorted(waits)
    assert sum(RETRIES, timedelta()) < timedelta(hours=24)
    send_waiting()
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.FAILED
    assert delivery.attempts.count() == len(RETRIES) + 1


def test_one_that_asks_for_a_pause_gets_it(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    receiver.answers, receiver.headers = [429], {"Retry-After": "600"}
    delivery = endpoints.send_test(endpoint)
    send_waiting()
    delivery.refresh_from_db()
    endpoint.refresh_from_db()
    assert endpoint.hold_until and endpoint.hold_until > timezone.now() + timedelta(seconds=590)
    assert delivery.due_at > timezone.now() + timedelta(seconds=590)


def test_gone_switches_it_off_and_tells_the_admins(endpoint: WebhookEndpoint, receiver: Receiver, radia: User) -> None:
    receiver.answers = [410]
    endpoints.send_test(endpoint)
    send_waiting()
    endpoint.refresh_from_db()
    assert not endpoint.is_active
    told = Notification.objects.get(user=radia)
    assert told.kind == NotificationKind.TROUBLE
    assert "Warehouse" in told.detail


def test_a_day_of_failure_switches_it_off_and_switching_on_sends_what_waited(
    endpoint: WebhookEndpoint, receiver: Receiver
) -> None:
    receiver.answers = [500]
    delivery = endpoints.send_test(endpoint)
    WebhookEndpoint.objects.update(failures=20, failing_since=timezone.now() - timedelta(hours=25))
    send_waiting()
    endpoint.refresh_from_db()
    assert not endpoint.is_active
    due_now()
    assert send_waiting() == 0

    receiver.answers = [200]
    endpoints.enable(endpoint)
    assert send_waiting() == 1
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.DELIVERED


def test_a_worker_that_died_is_followed_by_another(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    delivery = endpoints.send_test(endpoint)
    [claimed] = sending.claim(timezone.now())
    assert claimed.pk == delivery.pk
    assert send_waiting() == 0
    WebhookDelivery.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert send_waiting() == 1
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.DELIVERED
    assert len(receiver.heard) == 1


def test_the_new_secret_and_for_a_day_the_old_one_sign(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    old = endpoints.secret_of(endpoint)
    endpoint = endpoints.rotate_secret(endpoint)
    new = endpoints.secret_of(endpoint)
    endpoints.send_test(endpoint)
    send_waiting()
    assert new != old
    assert receiver.heard[0].is_signed(new)
    assert receiver.heard[0].is_signed(old)

    WebhookEndpoint.objects.update(previous_until=timezone.now())
    endpoints.send_test(endpoint)
    send_waiting()
    assert not receiver.heard[1].is_signed(old)


def test_replay_says_the_same_again(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    receiver.answers = [500]
    delivery = endpoints.send_test(endpoint)
    WebhookDelivery.objects.update(give_up_at=timezone.now())
    send_waiting()
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.FAILED

    receiver.answers = [200]
    due_now()
    assert endpoints.replay([delivery]) == 1
    send_waiting()
    first, second = receiver.heard
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.DELIVERED


def test_an_endless_answer_is_cut(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    receiver.endless, receiver.answers = True, [200]
    endpoints.send_test(endpoint)
    send_waiting()
    attempt = WebhookAttempt.objects.get()
    assert attempt.status == 200
    assert 0 < len(attempt.response_body) <= sending.KEPT_BODY


def test_one_that_never_answers_holds_up_nobody_else(
    endpoint: WebhookEndpoint, receiver: Receiver, radia: User, settings: LazySettings
) -> None:
    receiver.silent = Event()
    with receiving() as other:
        settings.WEBHOOK_PRIVATE_HOSTS = [receiver.place, other.place]
        healthy = endpoints.create_endpoint(radia, name="Healthy", url=other.url, kinds=[])
        for _ in range(20):
            endpoints.send_test(endpoint)
        endpoints.send_test(healthy)
        send_waiting()
        receiver.silent.set()
        assert len(other.heard) == 1
    assert len(receiver.heard) <= sending.OF_ONE  # the rest waits until it is well
    assert WebhookAttempt.objects.filter(delivery__endpoint=endpoint).exclude(error="").count() == len(receiver.heard)


@pytest.mark.parametrize("url", ["https://127.0.0.1/x", "https://10.0.0.1/x", "http://example.com/x"])
def test_private_addresses_are_not_called(endpoint: WebhookEndpoint, url: str) -> None:
    WebhookEndpoint.objects.update(url=url)
    endpoint.refresh_from_db()
    delivery = endpoints.send_test(endpoint)
    send_waiting()
    assert "not public" in delivery.attempts.get().error


def test_a_secret_of_a_lost_key_is_said_so(
    endpoint: WebhookEndpoint, receiver: Receiver, settings: LazySettings
) -> None:
    key = settings.SECRET_KEY
    settings.SECRET_KEY = "another"
    WebhookEndpoint.objects.update(sealed_secret=seal("whsec_x"))
    settings.SECRET_KEY = key
    delivery = endpoints.send_test(endpoint)
    send_waiting()
    assert delivery.attempts.get().error
    assert not receiver.heard


def test_headers_that_could_let_somebody_in_are_not_kept(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    receiver.headers = {"Set-Cookie": "session=secret", "X-Request": "7"}
    endpoints.send_test(endpoint)
    send_waiting()
    kept = WebhookAttempt.objects.get().response_headers
    assert "set-cookie" not in kept
    assert kept["x-request"] == "7"


def test_the_log_forgets_after_a_month(endpoint: WebhookEndpoint) -> None:
    old, new = endpoints.send_test(endpoint), endpoints.send_test(endpoint)
    WebhookDelivery.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=31))
    forget_old_webhooks()
    assert list(WebhookDelivery.objects.all()) == [new]


@pytest.mark.django_db(transaction=True)
def test_two_workers_tell_each_thing_once(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    for _ in range(12):
        endpoints.send_test(endpoint)

    def work() -> None:
        try:
            while send_waiting():
                pass
        finally:
            connection.close()

    workers = [Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    send_waiting()
    ids = [heard.headers["webhook-id"] for heard in receiver.heard]
    assert len(ids) == len(set(ids)) == 12
