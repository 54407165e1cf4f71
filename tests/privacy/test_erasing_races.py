"""A letter that is read at the very moment of an erasure is either erased with the rest or somebody new."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from customers.actors import SYSTEM
from customers.erasing import erase
from customers.identify import identify
from customers.models import Customer
from customers.privacy_jobs import run_job
from tests.cast import open_for
from tests.privacy.seeding import found
from tests.stack import wait_until
from tickets.models import Inbox, Ticket

pytestmark = pytest.mark.django_db(transaction=True)
FOR_US = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"


def in_another_connection(do: Callable[[], int]) -> Callable[[], int]:
    def run() -> int:
        try:
            return do()
        finally:
            connection.close()

    return run


def somebody_waits_for_us() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(FOR_US)
        return bool(cursor.fetchone()[0])


def test_an_erasure_waits_for_the_letter_that_is_being_read(ada: Customer, support: Inbox) -> None:
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            known = identify("email", "ada@example.org").customer
            erasure = pool.submit(in_another_connection(lambda: erase(ada, actor=SYSTEM).pk))
            wait_until(somebody_waits_for_us, what="the erasure waits for us")
            open_for(known, support, "The zelphora engine rattles")
        job = erasure.result()
    assert not run_job(job, seconds=600)
    assert list(found(["zelphora", "ada@example.org"])) == []


def test_a_letter_that_comes_during_an_erasure_is_from_somebody_new(ada: Customer, support: Inbox) -> None:
    def read() -> int:
        with transaction.atomic():
            return open_for(identify("email", "ada@example.org").customer, support, "A new engine").pk

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            erase(ada, actor=SYSTEM)
            letter = pool.submit(in_another_connection(read))
            wait_until(somebody_waits_for_us, what="the letter waits for us")
        ticket = Ticket.objects.get(pk=letter.result())
    assert ticket.requester_id != ada.pk
    assert (ticket.requester.erased_at, ticket.subject) == (None, "A new engine")
