"""Facts follow timelines within seconds, whatever order transactions end in and whoever dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from customers.models import Customer
from helpdesk.accounts.models import User
from metrics.facts.catching_up import NAME, catch_up, is_anew
from metrics.facts.claiming import kept
from metrics.facts.rebuilding import rebuild
from metrics.facts.verifying import reconcile, verify
from metrics.models import Fact, Moment
from metrics.tasks import keep_facts
from tests.metrics.facts.test_telling import Life
from tests.stack import wait_until
from tickets.models import Inbox, Ticket, TicketEvent

COMES_LATE = """
INSERT INTO tickets_ticketevent (ticket_id, kind, payload, actor_kind, actor_name, gesture_id, created_at)
VALUES (%s, 'status.changed', '{"old": "new", "new": "hold"}', 'system', 'Onethread', gen_random_uuid(), %s)
RETURNING id
"""

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def somebody_else() -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Another process with the same database, in a transaction."""
    settings = connection.get_connection_params()
    wanted = {name: settings[name] for name in ("dbname", "user", "password", "host", "port") if settings.get(name)}
    with psycopg.connect(**wanted) as link:
        yield link


def caught_up() -> None:
    """The watermark waits for whoever writes anywhere in the cluster: tests beside this one, too."""
    wait_until(lambda: not catch_up(now=timezone.now()).told and not is_anew(), seconds=30, what="all facts told")


def test_a_lower_number_that_is_committed_later_is_told(ada: Customer, support: Inbox, grace: User) -> None:
    slow, quick = Life(ada, support), Life(ada, support)
    caught_up()
    with somebody_else() as link:
        # As a gesture does it: the ticket's lock, an event, the ticket's row; committed only below.
        link.execute("SELECT id FROM tickets_ticket WHERE id = %s FOR UPDATE", [slow.number])
        row = link.execute(COMES_LATE, [slow.number, slow.now + timedelta(hours=1)]).fetchone()
        assert row
        link.execute(
            "UPDATE tickets_ticket SET status = 'hold', last_event_id = %s WHERE id = %s", [row[0], slow.number]
        )
        quick.after(hours=1).replies(grace)
        for _beat in range(3):
            keep_facts()
        assert Fact.objects.get(pk=quick.number).replies == 1  # nobody waits for the other transaction
        assert kept(NAME)["done"] < row[0]
        assert TicketEvent.objects.filter(pk__gt=row[0]).exists()
    for _beat in range(3):
        keep_facts()
    assert Fact.objects.get(pk=slow.number).status == "hold"
    wait_until(lambda: keep_facts() is not None and kept(NAME)["done"] > row[0], seconds=30, what="the watermark")


def test_two_never_tell_at_once_and_the_dead_hold_nothing(ada: Customer, support: Inbox) -> None:
    Life(ada, support)
    caught_up()
    life = Life(ada, support)
    with somebody_else() as link:
        link.execute("SELECT name FROM metrics_progress WHERE name = %s FOR UPDATE", [NAME])
        assert not catch_up(now=timezone.now()).told
        assert not Fact.objects.filter(pk=life.number).exists()
        link.close()  # as when its process is killed
    caught_up()
    assert Fact.objects.filter(pk=life.number).exists()


def test_telling_again_changes_nothing(ada: Customer, support: Inbox, grace: User) -> None:
    life = Life(ada, support)
    life.after(hours=1).replies(grace, "solved")
    caught_up()
    kept_rows = list(Moment.objects.order_by("pk").values_list("pk", flat=True))
    assert rebuild() == Ticket.objects.count()
    assert list(Moment.objects.order_by("pk").values_list("pk", flat=True)) == kept_rows
    assert all(not differences for _checked, differences in verify())


def test_several_processes_rebuild_what_one_would(ada: Customer, support: Inbox, grace: User) -> None:
    for hours in (1, 2, 3):
        Life(ada, support).after(hours=hours).replies(grace, "solved")
    caught_up()
    Fact.objects.all().delete()
    Moment.objects.all().delete()
    assert rebuild(processes=2) == 3
    assert [differences for _checked, differences in verify()] == [[]]
    assert kept(NAME)["anew"] is None


def test_each_night_what_differs_is_mended(
    ada: Customer, support: Inbox, grace: User, caplog: pytest.LogCaptureFixture
) -> None:
    life = Life(ada, support)
    life.now = timezone.now()
    life.replies(grace)
    caught_up()
    assert not reconcile(now=timezone.now())
    Fact.objects.update(replies=7)
    Moment.objects.filter(kind="replied").delete()
    assert reconcile(now=timezone.now()) == 1
    assert f"#{life.number}" in caplog.text
    assert Fact.objects.get().replies == Moment.objects.filter(kind="replied").count() == 1
