"""Bulk edit over HTTP: what is sent, what is asked first, what is refused, and who sees what became of it."""

import json
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from helpdesk.accounts.models import User
from tests.cast import open_for
from tickets import bulk, bulk_lists
from tickets.models import BulkJob, Inbox, Ticket
from tickets.search import finding

HTMX = {"HX-Request": "true"}


@pytest.fixture
def tickets(ada: Customer, support: Inbox) -> list[Ticket]:
    return [open_for(ada, support, f"Question {number}") for number in range(3)]


@pytest.fixture
def browser(client: Client, grace: User) -> Client:
    client.force_login(grace)
    return client


def send(browser: Client, tickets: Any = (), **more: Any) -> Any:
    data = {
        "ids": ",".join(str(ticket.pk) for ticket in tickets),
        "actions": json.dumps([{"field": "priority", "value": "high"}]),
        **more,
    }
    return browser.post("/agent/bulk/", data, headers=HTMX)


def test_a_selection_becomes_a_job(browser: Client, tickets: list[Ticket]) -> None:
    answer = send(browser, tickets)
    assert answer.status_code == HTTPStatus.CREATED
    job = BulkJob.objects.get(pk=answer.json()["job"])
    assert (job.total, job.actions) == (3, [{"field": "priority", "value": "high"}])
    bulk.run_job(job.pk)
    card = browser.get(answer.json()["url"], headers=HTMX).content.decode()
    assert "3 of 3 tickets changed" in card
    assert f'data-live="bulk:{job.pk}:{job.user_id}"' in card
    assert "<html" in browser.get(f"/agent/bulk/{job.pk}/").content.decode()
    assert "Set the priority to High" in browser.get("/agent/bulk/").content.decode()


def test_the_same_form_twice_is_one_job(browser: Client, tickets: list[Ticket]) -> None:
    key = str(uuid4())
    first, second = (send(browser, tickets, submit_key=key).json() for _ in range(2))
    assert first == second


def test_a_preview_changes_nothing(browser: Client, tickets: list[Ticket]) -> None:
    answer = send(browser, tickets, preview="1")
    assert answer.json() == {"confirm": "Change 3 tickets: set the priority to High.", "count": 3}
    assert not BulkJob.objects.exists()


def test_a_whole_list_is_the_one_of_its_address(browser: Client, tickets: list[Ticket], grace: User) -> None:
    Ticket.objects.filter(pk=tickets[0].pk).update(assignee=grace)
    assert browser.get("/agent/bulk/count/?view=unassigned").json() == {"count": 2}
    tree = json.dumps({"all": [{"field": "assignee_id", "operator": "is", "value": "current_user"}]})
    answer = send(browser, all_of=f"view=all&filter={tree}")
    items = BulkJob.objects.get(pk=answer.json()["job"]).items.values_list("ticket_id", flat=True)
    assert list(items) == [tickets[0].pk]
    for unknown in ("view=v999999", "view=opne"):
        gone = send(browser, all_of=unknown)
        assert (gone.status_code, gone.json()["detail"]) == (422, "There are no tickets to change.")


def test_more_than_fifty_are_asked_for_first(browser: Client, tickets: list[Ticket]) -> None:
    many = ",".join(str(number) for number in range(1, 52))
    asked = send(browser, ids=many)
    assert (asked.status_code, asked.json()["count"]) == (200, 51)
    assert not BulkJob.objects.exists()
    assert send(browser, ids=many, confirmed="1").status_code == HTTPStatus.CREATED


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({}, "Select some tickets first."),
        ({"ids": "1,two"}, "These are no tickets."),
        ({"ids": "9" * 30}, "These are no tickets."),
        ({"ids": ",".join(map(str, range(10_001)))}, "At most 10000"),
        ({"ids": "1", "actions": "[]"}, "at least one change"),
        ({"ids": "1", "actions": "{"}, "valid JSON"),
        ({"ids": "1", "actions": '[{"field": "status", "value": "late"}]'}, "not one of"),
        ({"ids": "1", "submit_key": "x"}, "valid UUID"),
        ({"ids": "1", "actions": "[" * 100_000}, "valid JSON"),
        ({"ids": "1", "actions": '[{"field": "subject", "value": "a\\u0000b"}]'}, "that no text can have"),
        (
            {"ids": "1", "actions": '[{"field": "current_tags", "value": ["a\\ud800b"]}]'},
            "characters in it that no text",
        ),
    ],
)
def test_bad_input_is_refused_in_words(browser: Client, sent: dict[str, str], says: str) -> None:
    answer = send(browser, **sent)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert says in answer.json()["detail"]
    assert not BulkJob.objects.exists()


def test_a_wrong_change_names_its_field(browser: Client) -> None:
    problems = send(browser, ids="1", actions='[{"field": "status", "value": "late"}]').json()["problems"]
    assert [(problem["path"], problem["field"]) for problem in problems] == [("0", "status")]


def test_a_job_is_stopped_by_whoever_began_it(
    browser: Client, tickets: list[Ticket], alan: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 1)
    job = BulkJob.objects.get(pk=send(browser, tickets).json()["job"])
    bulk.run_chunk(job.pk, now=job.created_at)
    other = Client()
    other.force_login(alan)
    assert other.post(f"/agent/bulk/{job.pk}/cancellation/").status_code == HTTPStatus.NOT_FOUND
    assert other.get(f"/agent/bulk/{job.pk}/").status_code == HTTPStatus.NOT_FOUND
    assert "Stopping" in browser.post(f"/agent/bulk/{job.pk}/cancellation/", headers=HTMX).content.decode()
    bulk.run_job(job.pk)
    page = browser.get(f"/agent/bulk/{job.pk}/").content.decode()
    assert "Cancelled." in page
    assert "1 of 3 tickets changed" in page


def test_the_refused_are_listed_with_links_and_reasons(browser: Client, tickets: list[Ticket]) -> None:
    job = BulkJob.objects.get(pk=send(browser, tickets, ids=f"{tickets[0].pk},999999").json()["job"])
    bulk.run_job(job.pk)
    for answer in (browser.get(f"/agent/bulk/{job.pk}/", headers=HTMX), browser.get(f"/agent/bulk/{job.pk}/")):
        page = answer.content.decode()
        assert 'href="/agent/tickets/999999/"' in page
        assert "It does not exist any more, or you may not see it." in page


def test_the_bar_offers_what_can_be_chosen(browser: Client, alan: User, linus: User) -> None:
    bar = browser.get("/agent/bulk/bar/", headers=HTMX).content.decode()
    assert f'data-value="{alan.pk}"' in bar
    assert f'data-value="{linus.pk}"' not in bar
    assert 'data-value="new"' not in bar


def test_light_agents_have_neither_boxes_nor_bar(client: Client, linus: User, tickets: list[Ticket]) -> None:
    client.force_login(linus)
    page = client.get("/agent/?view=all").content.decode()
    assert f'id="t{tickets[0].pk}"' in page
    assert 'class="pick"' not in page
    assert "<ot-bulk" not in page
    assert send(client, tickets).status_code == HTTPStatus.FORBIDDEN
    assert client.get("/agent/bulk/bar/").status_code == HTTPStatus.FORBIDDEN


@pytest.mark.django_db(transaction=True)
def test_a_list_that_takes_too_long_to_count_is_given_up_and_says_so(
    browser: Client, tickets: list[Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "PATIENCE", "200ms")
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN; LOCK tickets_ticket IN ACCESS EXCLUSIVE MODE")
            for answer in (
                browser.get("/agent/bulk/count/?view=all&q=question", headers=HTMX),
                send(browser, all_of="view=all&q=question", confirmed="1"),
            ):
                assert (answer.status_code, "takes too long" in answer.json()["detail"]) == (422, True)
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert not BulkJob.objects.exists()
    assert browser.get("/agent/bulk/count/?view=all&q=question", headers=HTMX).json() == {"count": 3}


def test_the_tickets_of_a_very_long_list_are_written_down_by_the_worker(
    browser: Client, tickets: list[Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickets.views.bulk.LONG", 2)
    monkeypatch.setattr(bulk_lists, "BATCH", 2)
    answer = send(browser, all_of="view=all&q=question", confirmed="1")
    job = BulkJob.objects.get(pk=answer.json()["job"])
    assert (job.total, job.items.count(), job.list_query) == (3, 0, "view=all&q=question")
    assert bulk.run_chunk(job.pk, now=timezone.now())
    assert job.items.count() == 2  # a worker that is killed here goes on behind them
    assert bulk.run_chunk(job.pk, now=timezone.now())
    job.refresh_from_db()
    assert (job.total, job.items.count(), job.list_query, job.changed) == (3, 3, "", 0)
    bulk.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.changed) == ("done", 3)
    assert Ticket.objects.filter(priority="high").count() == 3


def test_a_long_list_is_stopped_while_it_is_written_down(
    browser: Client, tickets: list[Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickets.views.bulk.LONG", 2)
    monkeypatch.setattr(bulk_lists, "BATCH", 1)
    number = send(browser, all_of="view=all", confirmed="1").json()["job"]
    bulk.run_chunk(number, now=timezone.now())
    browser.post(f"/agent/bulk/{number}/cancellation/", headers=HTMX)
    bulk.run_job(number)
    assert BulkJob.objects.get(pk=number).state == "cancelled"
    assert not Ticket.objects.filter(priority="high").exists()
