"""The settings pages of webhooks, as an admin uses them."""

from __future__ import annotations

import pytest
from django.test import Client

from helpdesk.accounts.models import User
from helpdesk.integrations.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from helpdesk.integrations.webhooks import endpoints
from helpdesk.integrations.webhooks.sending import send_waiting
from tests.integrations.receiver import Receiver

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client, radia: User) -> Client:
    client.force_login(radia)
    return client


def test_an_admin_adds_one_and_sees_its_secret_only_when_asked(admin: Client) -> None:
    given = {"name": "Warehouse", "url": "https://hooks.example.com/x", "kinds": ["status.changed"], "conditions": "{}"}
    answer = admin.post("/settings/webhooks/new/", given)
    endpoint = WebhookEndpoint.objects.get()
    assert answer["Location"] == f"/settings/webhooks/{endpoint.pk}/"
    secret = endpoints.secret_of(endpoint)
    assert secret not in admin.get(answer["Location"]).content.decode()
    shown = admin.post(f"/settings/webhooks/{endpoint.pk}/secret/")
    assert secret in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    admin.post(f"/settings/webhooks/{endpoint.pk}/secret/", {"rotate": "1"})
    endpoint.refresh_from_db()
    assert endpoints.secret_of(endpoint) != secret


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"url": "http://example.com/x"}, "no https address"),
        ({"url": "https://169.254.169.254/latest/"}, "no https address"),
        ({"url": "https://localhost/x"}, "no https address"),
        ({"url": "javascript:alert(1)"}, "no https address"),
        ({"kinds": ["nonsense"]}, "nonsense"),
        ({"conditions": "{"}, "no JSON"),
        ({"conditions": '{"all": [{"field": "moon", "operator": "is", "value": 1}]}'}, "can’t be asked"),
        ({"name": ""}, "required"),
    ],
)
def test_what_can_not_work_is_refused_at_its_place(admin: Client, wrong: dict[str, object], said: str) -> None:
    given = {"name": "Warehouse", "url": "https://hooks.example.com/x", "conditions": "{}"} | wrong
    answer = admin.post("/settings/webhooks/new/", given)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not WebhookEndpoint.objects.exists()


def test_a_test_its_log_and_a_replay(admin: Client, endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    receiver.answers, receiver.body = [410], b"<script>alert(1)</script>"
    path = f"/settings/webhooks/{endpoint.pk}/"
    admin.post(f"{path}test/")
    send_waiting()
    page = admin.get(path).content.decode()
    assert "webhook.test" in page
    assert "It answered 410" in page

    delivery = WebhookDelivery.objects.get()
    detail = admin.get(f"/settings/webhooks/deliveries/{delivery.pk}/").content.decode()
    assert "&lt;script&gt;" in detail
    assert delivery.message_id in detail

    receiver.answers = [200]
    admin.post(f"{path}activity/", {"active": "1"})
    admin.post(f"{path}replays/", {"delivery": [delivery.pk, "nonsense"]})
    send_waiting()
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.DELIVERED


def test_editing_keeps_the_secret_and_deleting_takes_the_log_along(
    admin: Client, endpoint: WebhookEndpoint, receiver: Receiver
) -> None:
    secret = endpoints.secret_of(endpoint)
    path = f"/settings/webhooks/{endpoint.pk}/"
    admin.post(f"{path}edit/", {"name": "Depot", "url": receiver.url, "conditions": "{}"})
    endpoint.refresh_from_db()
    assert (endpoint.name, endpoint.kinds, endpoints.secret_of(endpoint)) == ("Depot", [], secret)
    endpoints.send_test(endpoint)
    admin.post(f"{path}deletion/")
    assert not WebhookDelivery.objects.exists()


def test_one_that_names_something_gone_says_so(admin: Client, endpoint: WebhookEndpoint) -> None:
    endpoint.conditions = {"all": [{"field": "assignee_id", "operator": "is", "value": "99999"}]}
    endpoint.save()
    assert "99999" in admin.get(f"/settings/webhooks/{endpoint.pk}/edit/").content.decode()
