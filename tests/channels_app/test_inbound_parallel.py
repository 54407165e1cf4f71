"""Several workers at once: the database decides who does what, and nothing is done twice."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection

from channels_app import inbound
from channels_app.models import InboundPayload, PayloadState
from customers.models import Customer, Identity
from tests.channels_app.letters import letter, store
from tickets.models import Inbox, Message, Ticket

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work: Callable[[], object], workers: int = 4) -> None:
    """Run `work` in several threads that start together; an exception in any of them fails the test."""
    barrier = threading.Barrier(workers)
    errors: list[BaseException] = []

    def run() -> None:
        try:
            barrier.wait(timeout=10)
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert errors == []


def drain_one_by_one() -> None:
    while inbound.drain(limit=1):
        pass


def test_a_new_sender_who_writes_many_mails_is_one_customer(support: Inbox) -> None:
    for number in range(16):
        store(letter(f"Mail {number}", sender="new@example.net"), support)
    at_once(drain_one_by_one)
    assert Identity.objects.filter(value="new@example.net").count() == 1
    assert Customer.objects.count() == 1
    assert Message.objects.count() == 16


def test_copies_that_arrive_together_are_one_message(support: Inbox, billing: Inbox) -> None:
    for _delivery in range(4):
        store(letter("The same", Message_ID="<same@example.org>"), support, billing)
    pks = list(InboundPayload.objects.values_list("pk", flat=True))

    def read_all() -> None:
        for pk in pks:
            inbound.process_payload(pk)

    at_once(read_all)
    inbound.drain()
    states = Counter(InboundPayload.objects.values_list("state", flat=True))
    assert states == {PayloadState.APPLIED: 2, PayloadState.DUPLICATE: 6}
    assert Message.objects.count() == 1
    assert Ticket.objects.get().also_seen_in.count() == 1


def test_one_row_in_many_hands_is_read_once(support: Inbox) -> None:
    [pk] = store(letter(), support)
    at_once(lambda: inbound.process_payload(pk))
    assert Message.objects.count() == 1
    assert InboundPayload.objects.get().state == PayloadState.APPLIED
