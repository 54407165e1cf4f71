"""The list of customers over HTTP: its orders page by page, filters, segments, and what is not understood."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.identify import identify
from customers.models import Customer, Organisation, Segment
from helpdesk.accounts.models import User
from tests.cast import open_for
from tickets.conditions import Invalid
from tickets.customers.listing import PAGE_SIZE, read
from tickets.customers.orders import ORDERS
from tickets.customers.segments import (
    Badge,
    badges_of,
    broken,
    count_of,
    create_segment,
    customers_in,
    delete_segment,
)
from tickets.models import Inbox, Ticket

pytestmark = pytest.mark.django_db
VIP = {"all": [{"field": "tags", "operator": "includes", "value": ["vip"]}]}


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def named(html: str) -> list[str]:
    return re.findall(r'<a href="/customers/\d+/" dir="auto">([^<]*)</a>', html)


def all_pages(user: User, sort: str) -> list[int]:
    found: list[int] = []
    after = ""
    while True:
        page = read({"sort": sort, "after": after}, user).page()
        found += [row.customer.pk for row in page.rows]
        after = page.after
        if not after:
            return found


@pytest.mark.parametrize("sort", sorted(ORDERS))
def test_pages_follow_each_other_without_gap_or_repeat(sort: str, grace: User, support: Inbox) -> None:
    now = timezone.now()
    people = Customer.objects.bulk_create(Customer(name=f"Ada {n % 7}") for n in range(PAGE_SIZE * 2 + 7))
    Ticket.objects.bulk_create(
        Ticket(requester=people[n % 70], inbox=support, channel="email",
               requester_updated_at=now - timedelta(hours=n // 3) if n % 4 else None)
        for n in range(200)
    )  # fmt: skip
    Customer.objects.filter(pk=people[0].pk).update(merged_into=people[1])
    wanted = [customer.pk for customer in ORDERS[sort].sort(Customer.objects.current())]
    found = all_pages(grace, sort)
    assert len(found) == len(set(found)) == len(wanted)
    if sort == "-contact":  # where two wrote at one moment either may come first
        heard = dict(ORDERS[sort].sort(Customer.objects.current()).values_list("pk", "heard"))  # type: ignore[misc]  # annotated
        assert [heard[pk] for pk in found] == [heard[pk] for pk in wanted]
    else:
        assert found == wanted


def test_a_row_says_what_is_known_and_only_of_tickets_that_one_sees(
    ada: Customer, support: Inbox, grace: User, adas_ticket: Ticket
) -> None:
    Customer.objects.filter(pk=ada.pk).update(tier="Gold", tags=["vip", "<b>"])
    open_for(ada, support, "Another")
    (row,) = read({}, grace).page().rows
    assert (row.open_tickets, row.identity and row.identity.value) == (2, "ada@example.org")
    html = browser(grace).get("/customers/").content.decode()
    assert named(html) == ["Ada Lovelace"]
    assert "Gold" in html
    assert "&lt;b&gt;" in html


def test_a_search_is_answered_with_the_rows_alone_while_somebody_types(ada: Customer, grace: User) -> None:
    identify("email", "bob@example.com", name="Bob")
    answer = browser(grace).get(
        "/customers/", {"q": "lovel"}, headers={"HX-Request": "true", "HX-Target": "customers-found"}
    )
    assert named(answer.content.decode()) == ["Ada Lovelace"]
    assert "<html" not in answer.content.decode()


@pytest.mark.parametrize(
    "sent", ["{", '{"all": 3}', '{"all":[{"field":"priority","operator":"is","value":"high"}]}', "[" * 9000]
)
def test_a_filter_that_is_none_lists_nobody_and_says_why(ada: Customer, grace: User, sent: str) -> None:
    answer = browser(grace).get("/customers/", {"filter": sent})
    assert answer.status_code == 422
    assert named(answer.content.decode()) == []


@pytest.mark.parametrize("after", ["x", "W10", "bnVsbA", "WyItY3JlYXRlZCIsLTFd", "é" * 50])
def test_a_cursor_that_is_none_is_the_beginning(ada: Customer, grace: User, after: str) -> None:
    assert named(browser(grace).get("/customers/", {"after": after}).content.decode()) == ["Ada Lovelace"]


def test_a_filter_is_saved_as_a_segment_and_listed(ada: Customer, margaret: User, grace: User) -> None:
    Customer.objects.filter(pk=ada.pk).update(tags=["vip"])
    identify("email", "bob@example.com", name="Bob")
    client = browser(margaret)
    assert "vip" in client.get("/customers/segments/new/", {"filter": json.dumps(VIP)}).content.decode()
    sent = {
        "name": "Regulars",
        "audience": "everyone",
        "conditions": json.dumps(VIP),
        "is_badge": "on",
        "colour": "red",
    }
    answer = client.post("/customers/segments/new/", sent, follow=True)
    assert named(answer.content.decode()) == ["Ada Lovelace"]
    segment = Segment.objects.get()
    assert (segment.owner, segment.is_badge, segment.created_by) == (None, True, margaret)
    assert [badge.name for badge in badges_of(ada, now=timezone.now())] == ["Regulars"]
    assert "1 customer" in browser(grace).get(f"/customers/segments/{segment.pk}/count/").content.decode()
    again = client.post("/customers/segments/new/", sent)
    assert again.status_code == 422
    assert "already" in again.content.decode()


def test_somebody_elses_segment_is_not_there(grace: User, margaret: User) -> None:
    mine = create_segment(margaret, "Mine", conditions=VIP)
    client = browser(grace)
    assert client.get(f"/customers/segments/{mine.pk}/").status_code == 404
    assert client.get("/customers/", {"segment": str(mine.pk)}).status_code == 422


def test_a_stale_editor_does_not_overwrite(margaret: User) -> None:
    segment = create_segment(margaret, "Old", conditions=VIP)
    sent = {"name": "New", "audience": "me", "conditions": json.dumps(VIP), "seen": "2020-01-01", "colour": "slate"}
    client = browser(margaret)
    answer = client.post(f"/customers/segments/{segment.pk}/", sent)
    assert answer.status_code == 422
    assert "Somebody has changed" in answer.content.decode()
    assert Segment.objects.get().name == "Old"


def test_a_deleted_segment_is_kept_but_nowhere_shown(margaret: User) -> None:
    segment = create_segment(margaret, "Old", conditions=VIP)
    assert browser(margaret).post(f"/customers/segments/{segment.pk}/deletion/").status_code == 302
    assert Segment.objects.get().deleted_at
    assert "No segments yet" in browser(margaret).get("/customers/segments/").content.decode()
    assert not Segment.objects.in_use().exists()


def test_a_broken_segment_says_so_and_holds_nobody(ada: Customer, margaret: User) -> None:
    house = Organisation.objects.create(name="Engines")
    tree: dict[str, Any] = {"none": [{"field": "organization_id", "operator": "is", "value": house.pk}]}
    segment = create_segment(margaret, "Others", mine=False, conditions=tree)
    assert count_of(customers_in(segment, now=timezone.now())) == 1
    house.delete()
    assert "no longer exists" in broken(segment)[0].reason
    with pytest.raises(Invalid):
        customers_in(segment, now=timezone.now())
    client = browser(margaret)
    assert "Broken:" in client.get("/customers/segments/").content.decode()
    listed = client.get("/customers/", {"segment": str(segment.pk)})
    assert (listed.status_code, named(listed.content.decode())) == (422, [])


def test_badges_take_one_statement_beside_the_one_that_reads_them(
    ada: Customer, margaret: User, django_assert_num_queries: Any
) -> None:
    Customer.objects.filter(pk=ada.pk).update(tags=["vip"])
    made = [create_segment(margaret, f"B{n}", mine=False, is_badge=True, conditions=VIP) for n in range(4)]
    delete_segment(made[0])
    with django_assert_num_queries(2):
        assert badges_of(ada, now=timezone.now()) == [Badge(it.pk, it.name, "slate") for it in made[1:]]
