"""What shops tell by API: written once, brought up to date, and refused in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from customers.identify import identify
from customers.models import Customer, CustomerEvent, Identity, Order, RecordEvent
from helpdesk.accounts.models import Role, User
from helpdesk.accounts.tokens import create_token
from tests.cast import staff

ORDERS, EVENTS = "/api/v2/orders.json", "/api/v2/customer_events.json"
ORDER: dict[str, Any] = {
    "external_id": "shop-1042",
    "number": "1042",
    "status": "Paid",
    "customer": {"email": "ada@example.org"},
    "items": [{"name": "Cog wheel", "sku": "CW-7", "quantity": 3, "price": "19.90"}],
    "total": "59.70",
    "currency": "eur",
    "placed_at": "2026-11-01T09:30:00Z",
}
EVENT: dict[str, Any] = {
    "kind": "cart.abandoned",
    "external_id": "cart-7",
    "customer": {"email": "ada@example.org"},
    "summary": "Left 3 cog wheels behind",
    "payload": {"value": 59.7},
    "occurred_at": "2026-11-01T09:30:00+01:00",
}


@pytest.fixture
def shop(grace: User) -> Client:
    token = create_token(grace.pk, name="Shop", scopes=["orders"])[1]
    return Client(headers={"Authorization": f"Bearer {token}"})


def post(client: Client, address: str, body: Any, **headers: str) -> Any:
    return client.post(address, body, content_type="application/json", headers=headers or None)


def order(**changes: Any) -> dict[str, Any]:
    return {"order": {**ORDER, **changes}}


def test_an_order_is_created_once_and_brought_up_to_date(shop: Client, ada: Customer, grace: User) -> None:
    answer = post(shop, ORDERS, order())
    assert answer.status_code == 201
    told = answer.json()["order"]
    assert (told["status"], told["total"], told["currency"], told["customer_id"]) == ("paid", "59.7000", "EUR", ada.pk)
    assert answer["Location"].endswith(f"/api/v2/orders/{told['id']}.json")
    again = post(shop, ORDERS, order())
    assert (again.status_code, again.json()["order"]) == (200, told)
    shipped = shop.put(ORDERS, order(status="shipped", tracking_number="JD01"), content_type="application/json")
    assert (shipped.status_code, shipped.json()["order"]["status"]) == (200, "shipped")
    row = Order.objects.get()
    assert (row.pk, row.status, row.items[0]["price"]) == (told["id"], "shipped", "19.9000")
    placed, changed = RecordEvent.objects.filter(customer=ada, kind__startswith="order.")
    assert (placed.kind, placed.created_at, placed.payload["items"]) == ("order.placed", row.placed_at, 3)
    assert changed.payload["changes"] == {"status": ["paid", "shipped"], "tracking_number": ["", "JD01"]}
    assert changed.actor_user == grace


def test_the_same_order_of_another_shop_is_another_order(shop: Client, ada: Customer) -> None:
    assert post(shop, ORDERS, order()).status_code == 201
    assert post(shop, ORDERS, order(source="outlet")).status_code == 201


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"currency": "XQQ"}, "currency"),
        ({"total": "-1"}, "total"),
        ({"total": "NaN"}, "total"),
        ({"placed_at": "yesterday"}, "placed_at"),
        ({"placed_at": "2026-11-01T09:30:00"}, "placed_at"),
        ({"status": "???"}, "status"),
        ({"items": "three"}, "items"),
        ({"items": [{"name": ""}]}, "items"),
        ({"tracking_url": "javascript:alert(1)"}, "tracking_url"),
        ({"source": "Große Straße"}, "source"),
        ({"external_id": ""}, "external_id"),
        ({"external_id": "a\0b"}, "external_id"),
        ({"customer": {"email": "nobody@example.org"}}, "customer"),
        ({"customer": {"id": 1}}, "customer"),
        ({"customer": {"id": "9" * 30}}, "customer"),
        ({"customer": {"email": ["x"]}}, "customer"),
        ({"customer": {}}, "customer"),
        ({"customer": "ada"}, "customer"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(shop: Client, ada: Customer, changes: dict[str, Any], field: str) -> None:
    answer = post(shop, ORDERS, order(**changes))
    assert answer.status_code == 422, answer.content
    assert list(answer.json()["details"]) == [field]
    assert not Order.objects.exists()


@pytest.mark.parametrize("body", [[], {}, {"order": []}, {"order": None}])
def test_without_an_envelope(shop: Client, body: Any) -> None:
    assert post(shop, ORDERS, body).status_code == 400


def test_broken_json(shop: Client) -> None:
    assert post(shop, ORDERS, "{").status_code == 400
    deep = '{"order": {"items": ' + "[" * 5000 + "]" * 5000 + "}}"
    assert post(shop, ORDERS, deep).status_code in (400, 422)


def test_a_customer_is_created_when_asked(shop: Client) -> None:
    given = {"email": "Katherine@Example.org", "name": "Katherine Johnson"}
    assert post(shop, ORDERS, order(customer=given, create_customer=True)).status_code == 201
    customer = Order.objects.get().customer
    assert customer.name == "Katherine Johnson"
    assert Identity.objects.get(customer=customer).proved_by == "api"
    assert RecordEvent.objects.get(kind="record.created").payload == {"by": "api"}


def test_a_merged_customers_orders_are_the_survivors(shop: Client, ada: Customer) -> None:
    other = Customer.objects.create(name="A. Lovelace", merged_into=ada)
    assert post(shop, ORDERS, order(customer={"id": other.pk})).json()["order"]["customer_id"] == ada.pk


def test_a_batch_answers_for_each_row(shop: Client, ada: Customer) -> None:
    rows = [ORDER, {**ORDER, "external_id": "2", "total": "x"}, {**ORDER, "external_id": "3"}, "no order", ORDER]
    answer = post(shop, ORDERS, {"orders": rows})
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [each["status"] for each in results] == ["created", "failed", "created", "failed", "unchanged"]
    assert [each["index"] for each in results] == [0, 1, 2, 3, 4]
    assert "total" in results[1]["details"]
    assert Order.objects.count() == 2


def test_a_batch_has_a_limit(shop: Client) -> None:
    answer = post(shop, ORDERS, {"orders": [ORDER] * 101})
    assert (answer.status_code, answer.json()["max_count"]) == (400, 100)


def test_an_idempotency_key_is_answered_the_same(shop: Client, ada: Customer) -> None:
    event = {**EVENT, "external_id": ""}
    first = post(shop, EVENTS, {"customer_event": event}, **{"Idempotency-Key": "k1"})
    again = post(shop, EVENTS, {"customer_event": event}, **{"Idempotency-Key": "k1"})
    assert (first.status_code, first["x-idempotency-lookup"]) == (201, "miss")
    assert (again.status_code, again["x-idempotency-lookup"], again.json()) == (201, "hit", first.json())
    other = post(shop, EVENTS, {"customer_event": {**event, "kind": "other"}}, **{"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["error"]) == (400, "IdempotentRequestError")
    assert CustomerEvent.objects.count() == 1


def test_a_refused_request_leaves_its_key_free(shop: Client, ada: Customer) -> None:
    assert post(shop, ORDERS, order(total="x"), **{"Idempotency-Key": "k"}).status_code == 422
    assert post(shop, ORDERS, order(), **{"Idempotency-Key": "k"}).status_code == 201


def test_events_are_written_once(shop: Client, ada: Customer) -> None:
    assert post(shop, EVENTS, {"customer_event": EVENT}).status_code == 201
    assert post(shop, EVENTS, {"customer_event": EVENT}).status_code == 200
    changed = post(shop, EVENTS, {"customer_event": {**EVENT, "summary": "Came back"}})
    assert (changed.status_code, CustomerEvent.objects.get().summary) == (200, "Came back")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "Not a kind!"}, "kind"),
        ({"kind": "a" * 61}, "kind"),
        ({"payload": []}, "payload"),
        ({"payload": {"x": "\0"}}, "payload"),
        ({"payload": {"x": "\ud800"}}, "payload"),
        ({"payload": {"x": "y" * 20_000}}, "payload"),
        ({"summary": "x" * 301}, "summary"),
    ],
)
def test_events_are_checked(shop: Client, ada: Customer, changes: dict[str, Any], field: str) -> None:
    answer = post(shop, EVENTS, {"customer_event": {**EVENT, **changes}})
    assert (answer.status_code, list(answer.json()["details"])) == (422, [field])


def test_they_are_listed_and_shown(shop: Client, ada: Customer) -> None:
    post(shop, ORDERS, {"orders": [{**ORDER, "external_id": str(number)} for number in range(3)]})
    page = shop.get(ORDERS, {"customer_id": str(ada.pk), "page[size]": "2"}).json()
    assert [row["external_id"] for row in page["orders"]] == ["2", "1"]
    rest = shop.get(page["links"]["next"]).json()
    assert ([row["external_id"] for row in rest["orders"]], rest["meta"]["has_more"]) == (["0"], False)
    assert shop.get(f"/api/v2/orders/{page['orders'][0]['id']}").json()["order"]["number"] == "1042"
    assert shop.get("/api/v2/orders/1.json").status_code == 404


def test_who_may(client: Client, ada: Customer, linus: User) -> None:
    assert post(client, ORDERS, order()).status_code == 401
    client.force_login(linus)
    assert post(client, ORDERS, order()).status_code == 403
    assert client.get(ORDERS).status_code == 200


@pytest.fixture
def closing() -> Iterator[None]:
    yield
    connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_told_twice_at_the_same_moment_it_is_one_order(closing: None) -> None:
    from concurrent.futures import ThreadPoolExecutor

    grace = staff("grace@onethread.test", "Grace Hopper", Role.AGENT)
    identify("email", "ada@example.org", name="Ada Lovelace")
    token = create_token(grace.pk, name="Shop", scopes=["orders"])[1]

    def tell(number: int) -> int:
        shop = Client(headers={"Authorization": f"Bearer {token}"})
        try:
            return int(post(shop, ORDERS, order(status="paid" if number % 2 else "shipped")).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(tell, range(12)))
    assert sorted(set(answers)) == [200, 201]
    assert answers.count(201) == 1
    assert Order.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_batches_at_the_same_moment_wait_for_each_other(closing: None) -> None:
    from concurrent.futures import ThreadPoolExecutor

    grace = staff("grace@onethread.test", "Grace Hopper", Role.AGENT)
    token = create_token(grace.pk, name="Shop", scopes=["orders"])[1]
    rows = [{**ORDER, "external_id": f"shop-{n}", "customer": {"email": "new@example.org"}} for n in range(20)]

    def tell(number: int) -> int:
        shop = Client(headers={"Authorization": f"Bearer {token}", "Idempotency-Key": f"batch {number}"})
        told = [{**row, "status": f"step_{number}"} for row in (rows if number % 2 else rows[::-1])]
        try:
            answer = post(shop, ORDERS, {"orders": told, "create_customer": True})
            assert [row["index"] for row in answer.json()["results"]] == list(range(20))
            assert {row["external_id"] for row in answer.json()["results"]} == {row["external_id"] for row in rows}
            return int(answer.status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(tell, range(8))) == {200}
    assert Order.objects.count() == 20
    assert RecordEvent.objects.filter(kind="record.created").count() == 1


@pytest.mark.parametrize(
    "given",
    [{"email": "garbage"}, {"email": "ada@example.org\nBcc: eve@example.org"}, {"external_id": "9" * 400},
     {"email": "a" * 400 + "@example.org"}, {"phone": "+1000000", "email": "new@example.org"}],
)  # fmt: skip
def test_nobody_is_created_with_what_is_no_address(shop: Client, given: dict[str, str]) -> None:
    answer = post(shop, ORDERS, order(customer=given, create_customer=True))
    assert (answer.status_code, list(answer.json()["details"])) == (422, ["customer"])
    assert not Customer.objects.exists() and not Order.objects.exists()


def test_what_nothing_can_be_named_finds_nothing(shop: Client, ada: Customer) -> None:
    assert post(shop, ORDERS, order()).status_code == 201
    for asked in ("external_id=%00", "source=shop%00", "customer_id=%00", "customer_id=" + "9" * 18):
        answer = shop.get(f"{ORDERS}?{asked}")
        assert (answer.status_code, answer.json()["orders"]) == (200, [])


def test_a_merged_customers_id_leads_to_the_orders_of_who_survived(shop: Client, ada: Customer) -> None:
    assert post(shop, ORDERS, order()).status_code == 201
    former = Customer.objects.create(name="A. Lovelace", merged_into=ada)
    assert len(shop.get(f"{ORDERS}?customer_id={former.pk}").json()["orders"]) == 1
