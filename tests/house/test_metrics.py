"""`/metrics`: guarded, and honest about what is away."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from helpdesk.accounts.models import User
from helpdesk.heartbeat import connection, key
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def scrape(client: Client) -> dict[str, float]:
    text = client.get("/metrics", headers={"Authorization": "Bearer watch"}).content.decode()
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


def test_strangers_and_agents_are_refused(client: Client, grace: User, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 403
    settings.METRICS_TOKEN = "watch"
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 403
    client.force_login(grace)
    assert client.get("/metrics").status_code == 403


def test_the_numbers_are_those_of_the_database(client: Client, adas_ticket: Ticket, settings: Settings) -> None:
    settings.METRICS_TOKEN = "watch"
    with connection() as valkey:
        valkey.set(key("worker"), 1, ex=5)
        valkey.delete(key("beat"))
    numbers = scrape(client)
    assert numbers['onethread_up{part="database"}'] == 1
    assert numbers['onethread_unsolved_tickets{status="new"}'] == 1
    assert numbers["onethread_inbound_waiting"] == 0
    assert numbers["onethread_delivery_overdue_seconds"] == 0
    assert numbers['onethread_process_alive{process="worker"}'] == 1
    assert numbers['onethread_process_alive{process="beat"}'] == 0
    assert numbers["onethread_task_backlog"] >= 0


def test_a_valkey_that_is_away_hides_nothing_else(client: Client, adas_ticket: Ticket, settings: Settings) -> None:
    settings.METRICS_TOKEN = "watch"
    settings.REDIS_URL = "unix:///nowhere.sock"
    numbers = scrape(client)
    assert numbers['onethread_up{part="valkey"}'] == 0
    assert numbers['onethread_up{part="database"}'] == 1
    assert numbers['onethread_unsolved_tickets{status="new"}'] == 1
    assert not any(name.startswith("onethread_process_alive") for name in numbers)
