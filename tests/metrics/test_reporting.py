"""The views for BI tools, and a role that reads them and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from django.db.utils import InternalError

from helpdesk.accounts.models import Team, User
from metrics import reporting
from tests.metrics.test_asking import fact, moment, on, tickets
from tickets.models import Rating, Ticket

__all__ = ["tickets"]


def rows(statement: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        found: list[Any] = cursor.fetchall()
    return found


@pytest.fixture(autouse=True)
def views(db: None) -> None:
    reporting.make_views()


def test_views_say_what_facts_say(tickets: list[Ticket], grace: User) -> None:
    fact(tickets[0], on(1), first_reply=60, first_reply_at=on(1))
    moment(tickets[0], "replied", on(1), user_id=grace.pk, seconds=60)
    Rating.objects.create(ticket=tickets[0], score="good", at=on(2))
    assert rows("SELECT ticket_id, first_reply, inbox FROM reporting.tickets") == [(tickets[0].pk, 60, "Support")]
    assert rows("SELECT agent, kind FROM reporting.moments") == [("Grace Hopper", "replied")]
    assert rows("SELECT score, counts FROM reporting.ratings") == [("good", True)]


def test_private_teams_are_in_no_view(tickets: list[Ticket]) -> None:
    legal = Team.objects.create(name="Legal", is_private=True)
    Ticket.objects.filter(pk=tickets[0].pk).update(team=legal)
    for ticket in tickets[:2]:
        fact(ticket, on(1))
        moment(ticket, "replied", on(1))
        Rating.objects.create(ticket=ticket, score="good", at=on(2))
    for view in ("tickets", "moments", "ratings"):
        assert rows(f"SELECT DISTINCT ticket_id FROM reporting.{view}") == [(tickets[1].pk,)]
    assert "Legal" not in [name for (name,) in rows("SELECT name FROM reporting.teams")]


def test_a_reader_reads_views_and_nothing_else(tickets: list[Ticket]) -> None:
    fact(tickets[0], on(1))
    password = reporting.make_reader("reader_of_tests")
    assert len(password) > 20
    assert reporting.make_reader("reader_of_tests") != password
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE reader_of_tests")
    for view in reporting.VIEWS:
        rows(f"SELECT * FROM reporting.{view}")
    for statement in (
        "SELECT * FROM metrics_fact",
        "SELECT subject FROM tickets_ticket",
        "SELECT * FROM accounts_user",
        "SELECT pg_read_file('/etc/passwd')",
        "INSERT INTO reporting.teams (name) VALUES ('Mine')",
        "CREATE TABLE public.mine (id int)",
        "CREATE VIEW reporting.mine AS SELECT 1",
    ):
        with pytest.raises((ProgrammingError, InternalError)), transaction.atomic():
            rows(statement)


def test_a_role_with_rights_of_its_own_is_left_alone() -> None:
    (owner,) = rows("SELECT current_user")[0]
    with pytest.raises(ValueError, match="rights of its own"):
        reporting.make_reader(owner)


def test_what_is_made_again_can_be_read_again() -> None:
    reporting.make_reader("reader_of_tests")
    reporting.take_views_away(plan=["something"])
    assert rows("SELECT count(*) FROM information_schema.views WHERE table_schema = 'reporting'") == [(0,)]
    reporting.make_views()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE reader_of_tests")
    assert rows("SELECT count(*) FROM reporting.tickets") == [(0,)]


def test_the_docs_name_every_view_and_column() -> None:
    docs = Path("docs/bi.md").read_text()
    found = rows(
        "SELECT table_name, string_agg(column_name, ', ' ORDER BY ordinal_position) FROM information_schema.columns "
        "WHERE table_schema = 'reporting' GROUP BY 1"
    )
    assert {name for name, _columns in found} == set(reporting.VIEWS)
    for name, columns in found:
        line = next(line for line in docs.splitlines() if line.startswith(f"| `{name}`"))
        assert [column.strip(" `") for column in line.split("|")[3].split(",")] == columns.split(", ")


def test_the_command_shows_the_password_once(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("metrics", "reader", name="reader_of_tests")
    told = capsys.readouterr().out
    assert "reader_of_tests" in told and "password" in told.lower()
