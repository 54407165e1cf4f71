"""The queue: what the views hold, paging by keyset, bounded counts, and pages that cost the same at any size."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import User
from tests.cast import open_for
from tickets import queue
from tickets.counting import CAP
from tickets.models import Inbox, Status, Ticket
from tickets.paging import PAGE_SIZE, page_of
from tickets.services import add_reply, assign, change_status
from tickets.sidebar import sidebar

HTMX = {"HX-Request": "true"}


def titles(view: str, user: User) -> set[str]:
    return {ticket.subject for ticket in queue.tickets_in(view, user)}


def test_each_view_holds_what_its_name_says(ada: Customer, support: Inbox, grace: User, alan: User) -> None:
    _unowned, mine, pending, solved = (
        open_for(ada, support, subject) for subject in ("Unowned", "Mine", "Pending", "Solved")
    )
    assign(mine, grace, actor=Actor.agent(alan))
    change_status(pending, Status.PENDING, actor=Actor.agent(alan))
    assign(pending, alan, actor=Actor.agent(alan))
    change_status(solved, Status.SOLVED, actor=Actor.agent(alan))

    assert titles("mine", grace) == {"Mine"}
    assert titles("unassigned", grace) == {"Unowned"}
    assert titles("open", grace) == {"Unowned", "Mine"}
    assert titles("pending", grace) == {"Pending"}
    assert titles("solved", grace) == {"Solved"}
    assert titles("all", grace) == {"Unowned", "Mine", "Pending", "Solved"}
    assert {entry.view.slug: entry.count for entry in sidebar(grace).standard} == {
        "mine": 1, "unassigned": 1, "mentions": 0, "open": 2, "pending": 1, "all": 4, "solved": 1,
    }  # fmt: skip


def many_tickets(customer: Customer, inbox: Inbox, number: int) -> None:
    now = timezone.now()
    Ticket.objects.bulk_create(
        Ticket(
            subject=f"Ticket {n}",
            requester=customer,
            inbox=inbox,
            channel="email",
            updated_at=now - timedelta(minutes=n // 2),
        )
        for n in range(number)
    )


def test_pages_follow_each_other_without_gap_or_repeat(ada: Customer, support: Inbox, grace: User) -> None:
    many_tickets(ada, support, 25)
    seen, after = [], ""
    while True:
        page = page_of(queue.tickets_in("all", grace), after, size=10)
        seen += [ticket.pk for ticket in page.tickets]
        after = page.after
        if not after:
            break
    expected = list(Ticket.objects.order_by("-updated_at", "-pk").values_list("pk", flat=True))
    assert seen == expected


@pytest.mark.parametrize("cursor", ["nonsense", "1-", "-1", "9" * 40 + "-1", "1-2-3", "²-1"])
def test_a_made_up_cursor_counts_as_none(cursor: str, graces_browser: Client, adas_ticket: Ticket) -> None:
    answer = graces_browser.get("/agent/list/", {"view": "all", "after": cursor})
    assert answer.status_code == 200
    assert adas_ticket.subject in answer.content.decode()


def test_counts_stop_at_their_cap(ada: Customer, support: Inbox, grace: User, graces_browser: Client) -> None:
    many_tickets(ada, support, CAP + 5)
    assert {entry.view.slug: entry.count for entry in sidebar(grace).standard}["all"] == CAP
    assert "999+" in graces_browser.get("/agent/nav/").content.decode()


@pytest.mark.parametrize("number", [1, 120])
def test_the_queue_costs_the_same_number_of_statements_at_any_size(
    number: int, ada: Customer, support: Inbox, graces_browser: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    many_tickets(ada, support, number)
    graces_browser.get("/agent/")  # from now on it is known whose session this is
    with django_assert_max_num_queries(5):
        answer = graces_browser.get("/agent/", {"view": "all"})
    assert answer.content.count(b"data-number=") == min(number, PAGE_SIZE)


def test_a_waiting_customer_is_marked_until_somebody_answers(
    graces_browser: Client, grace: User, adas_ticket: Ticket
) -> None:
    assert "Waits for an answer" in graces_browser.get("/agent/list/?view=all", headers=HTMX).content.decode()
    add_reply(adas_ticket, "<p>We look into it.</p>", actor=Actor.agent(grace))
    assert "Waits for an answer" not in graces_browser.get("/agent/list/?view=all", headers=HTMX).content.decode()


def test_a_solved_ticket_waits_for_nobody_in_rows_table_and_order(
    graces_browser: Client, grace: User, adas_ticket: Ticket
) -> None:
    ada_waits = adas_ticket.waiting_since
    change_status(adas_ticket, Status.SOLVED, actor=Actor.agent(grace))
    assert Ticket.objects.get().waiting_since == ada_waits
    for layout in ("rows", "table"):
        page = graces_browser.get("/agent/list/", {"view": "all", "layout": layout, "sort": "waiting_since"})
        assert f'id="t{adas_ticket.pk}" class="ti"' in page.content.decode()


def test_an_empty_view_says_what_would_be_there(graces_browser: Client) -> None:
    assert "You’re all caught up" in graces_browser.get("/agent/", {"view": "mine"}).content.decode()


def test_a_customers_words_never_become_markup(ada: Customer, support: Inbox, graces_browser: Client) -> None:
    ada.name = "<b>Ada</b>"
    ada.save()
    open_for(ada, support, "<script>alert(1)</script>")
    page = graces_browser.get("/agent/", {"view": "all"}).content.decode()
    assert "<script>alert(1)" not in page and "<b>Ada" not in page
    assert "&lt;script&gt;alert(1)" in page
