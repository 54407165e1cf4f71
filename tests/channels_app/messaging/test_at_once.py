"""Several workers at once, each with a connection of its own: copies that arrive at the same instant are one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from channels_app.base import StatusTold
from channels_app.messaging import hearing
from channels_app.models import Conversation, HookPayload, HookState, ProviderAccount, ProviderMessage
from customers.models import Customer
from helpdesk.demo.stand_ins.network import KEY, Network
from helpdesk.embedded import BASE_DIR, database_url, redis_url
from tests.channels_app.hooked import post
from tests.channels_app.messaging.telling import after, echo, edited, reacted, said, tell
from tests.stack import wait_until
from tickets.models import Inbox, Message, Ticket, TicketEvent

pytestmark = pytest.mark.django_db(transaction=True)

WAITING = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
READER = "import django; django.setup(); from channels_app.tasks_hooks import read_hook; read_hook({pk})"


@pytest.fixture
def network(support: Inbox) -> ProviderAccount:
    account = ProviderAccount(kind="generic", name="Mastodon", inbox=support)
    account.set_secrets(key=KEY)
    account.save()
    return account


def at_once(*works: Callable[[], object]) -> None:
    """Run them in threads that start together; an exception in any of them fails the test."""
    barrier = threading.Barrier(len(works))
    errors: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=10)
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert errors == []


def test_two_copies_of_one_message_are_one(network: ProviderAccount) -> None:
    at_once(*[lambda: tell(network, said("m1"))] * 4)
    assert (Message.objects.count(), Ticket.objects.count(), Customer.objects.count()) == (1, 1, 1)
    assert TicketEvent.objects.filter(kind="message.received").count() == 1


def test_the_first_messages_of_a_person_are_one_ticket(network: ProviderAccount) -> None:
    at_once(*[lambda number=number: tell(network, said(f"m{number}", number)) for number in range(4)])
    assert (Message.objects.count(), Ticket.objects.count(), Conversation.objects.count()) == (4, 1, 1)


def test_a_message_and_all_that_is_told_of_it_at_once(network: ProviderAccount) -> None:
    at_once(
        lambda: tell(network, said("m1")),
        lambda: tell(network, edited("m1", 60, "Loudly.")),
        lambda: tell(network, reacted("m1", 70, "👍")),
        lambda: tell(network, echo("e1", 50), StatusTold(after(80), "e1", "read")),
    )
    message = Message.objects.get(author_role="")
    assert (message.text, len(message.facts["reactions"])) == ("Loudly.", 1)
    assert Message.objects.count() == 2


def test_one_call_in_many_hands_is_read_once(network: ProviderAccount) -> None:
    assert post(network, Network().text("It rattles.")) == 200
    at_once(*[lambda: hearing.drain(now=timezone.now())] * 4)
    assert Message.objects.count() == 1
    assert HookPayload.objects.get().attempts == 1


def test_a_worker_that_is_killed_in_the_middle_leaves_nothing_half_done(network: ProviderAccount) -> None:
    """SIGKILL while it waits for the conversation, with the message's own lock taken."""
    tell(network, said("m0"))
    assert post(network, Network().text("Still.", conversation_id="t1", named="m1", sender={"id": "u1"})) == 200
    payload = HookPayload.objects.get()
    url = database_url().replace("/helpdesk?", f"/{connection.settings_dict['NAME']}?")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
        "DATABASE_URL": url,
        "REDIS_URL": redis_url(),
        "SECRET_KEY": django_settings.SECRET_KEY,
    }
    with psycopg.connect(url) as link:
        link.execute("SELECT FROM channels_app_conversation FOR UPDATE")
        worker = subprocess.Popen([sys.executable, "-c", READER.format(pk=payload.pk)], cwd=BASE_DIR, env=environment)
        with psycopg.connect(url, autocommit=True) as watch:
            waits = (
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            wait_until(lambda: bool((watch.execute(waits).fetchone() or [0])[0]), seconds=60)
        worker.send_signal(signal.SIGKILL)
        assert worker.wait(timeout=10) == -signal.SIGKILL
    payload.refresh_from_db()
    assert (payload.state, payload.attempts) == (HookState.RECEIVED, 1)
    assert Message.objects.count() == ProviderMessage.objects.count() == 1
    hearing.drain(now=timezone.now() + hearing.LEASE * 2)
    assert sorted(Message.objects.values_list("text", flat=True)) == ["It rattles.", "Still."]
    assert HookPayload.objects.get().state == HookState.APPLIED
