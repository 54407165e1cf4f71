"""Account actions: pressed once, signed, answered, and told on both timelines."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from customers.actors import Actor
from customers.errors import Refused
from customers.identify import identify
from customers.merging import merge, undo
from customers.models import Customer, Order, RecordEvent
from helpdesk.accounts.models import User
from helpdesk.integrations.account_actions import sending
from helpdesk.integrations.account_actions.pressing import Meanwhile, Wanted, press, retry
from helpdesk.integrations.account_actions.sending import RETRIES, send_waiting
from helpdesk.integrations.models import AccountAction, AccountActionRun, RunState
from helpdesk.lib import outside
from tests.integrations.account_cast import a_refund, an_order, pressed
from tests.integrations.receiver import Receiver
from tickets.models import Ticket, TicketEvent


@pytest.fixture
def order(ada: Customer) -> Order:
    return an_order(ada)


@pytest.fixture
def refund(receiver: Receiver, db: None) -> AccountAction:
    return a_refund(receiver.url)


def answer(receiver: Receiver, status: int, said: Any = None) -> None:
    receiver.answers = [status]
    receiver.body = json.dumps(said).encode() if said is not None else b""


def test_it_is_done_and_told_on_both_timelines(
    receiver: Receiver, refund: AccountAction, order: Order, grace: User, adas_ticket: Ticket
) -> None:
    answer(receiver, 200, {"status": "ok", "message": "Refunded €20"})
    run = pressed(refund, order, grace, ticket=adas_ticket)
    assert send_waiting() == 1
    run.refresh_from_db()
    assert (run.state, run.message, run.attempt_count) == ("done", "Refunded €20", 1)
    (heard,) = receiver.heard
    assert heard.is_signed(refund.secret)
    assert heard.headers["webhook-id"] == heard.headers["idempotency-key"] == run.message_id
    data = heard.data["data"]
    assert (data["order"]["external_id"], data["inputs"]) == ("shop-1042", {"amount": "20.00"})
    assert (data["actor"]["email"], data["customer"]["emails"]) == ("grace@onethread.test", ["ada@example.org"])
    assert data["ticket"]["id"] == adas_ticket.pk
    events = TicketEvent.objects.filter(ticket=adas_ticket, kind__startswith="account_action.")
    assert [event.kind for event in events] == ["account_action.pressed", "account_action.answered"]
    assert (events[0].actor_user, events[1].payload["asked_by"]) == (grace, "Grace Hopper")
    told = RecordEvent.objects.filter(customer=order.customer, kind__startswith="account_action.")
    assert (told[0].kind, told[0].actor_name) == ("account_action.pressed", "Grace Hopper")
    assert told[1].payload["message"] == "Refunded €20"


def test_a_double_click_is_one_run(refund: AccountAction, order: Order, grace: User) -> None:
    key = uuid4()
    wanted = Wanted(refund, order.customer, order)
    runs = [press(wanted, {}, actor=Actor.agent(grace), submit_key=key) for _ in range(2)]
    assert runs[0] == runs[1]
    assert AccountActionRun.objects.count() == 1


def test_the_second_agent_is_told_of_the_first(
    receiver: Receiver, refund: AccountAction, order: Order, grace: User, alan: User
) -> None:
    wanted = Wanted(refund, order.customer, order)
    press(wanted, {}, actor=Actor.agent(grace), submit_key=uuid4())
    with pytest.raises(Meanwhile, match="Grace Hopper"):
        press(wanted, {}, actor=Actor.agent(alan), submit_key=uuid4())
    send_waiting()
    with pytest.raises(Meanwhile):  # done by now, but not when Alan's page was drawn
        press(wanted, {}, actor=Actor.agent(alan), submit_key=uuid4())
    assert pressed(refund, order, alan).actor == alan  # he has seen it, and means it
    assert RecordEvent.objects.filter(kind="account_action.pressed").count() == 2


def test_once_only_is_once(receiver: Receiver, refund: AccountAction, order: Order, grace: User) -> None:
    AccountAction.objects.filter(pk=refund.pk).update(is_once=True)
    refund.refresh_from_db()
    pressed(refund, order, grace)
    send_waiting()
    with pytest.raises(Refused, match="only once"):
        pressed(refund, order, grace)


def test_a_status_it_is_not_for(refund: AccountAction, order: Order, grace: User) -> None:
    refund.order_statuses = ["delivered"]
    with pytest.raises(Refused, match="status"):
        pressed(refund, order, grace)
    assert not AccountActionRun.objects.exists()


@pytest.mark.parametrize(
    ("status", "said", "state", "message"),
    [
        (204, None, "done", ""),
        (200, {"status": "error", "message": "Already refunded"}, "failed", "Already refunded"),
        (422, {"message": "Too much\nmoney\u202e"}, "failed", "Too much money"),
        (404, None, "failed", "It answered 404."),
        (302, None, "failed", "It answered 302."),
        (200, ["no", "object"], "done", ""),
        (500, None, "waiting", "It answered 500."),
        (429, {"message": "slow down"}, "waiting", "slow down"),
    ],
)
def test_what_an_answer_means(
    receiver: Receiver,
    refund: AccountAction,
    order: Order,
    grace: User,
    status: int,
    said: Any,
    state: str,
    message: str,
) -> None:
    answer(receiver, status, said)
    run = pressed(refund, order, grace)
    send_waiting()
    run.refresh_from_db()
    assert (run.state, run.message) == (state, message)


def test_trouble_is_tried_again_under_the_same_id_and_then_given_up(
    receiver: Receiver, refund: AccountAction, order: Order, grace: User
) -> None:
    answer(receiver, 503)
    run = pressed(refund, order, grace)
    for _ in range(len(RETRIES) + 1):
        AccountActionRun.objects.filter(state=RunState.WAITING).update(due_at=timezone.now() - timedelta(seconds=1))
        assert send_waiting() == 1
    run.refresh_from_db()
    assert (run.state, run.attempt_count, len(run.attempts)) == ("failed", len(RETRIES) + 1, len(RETRIES) + 1)
    assert {heard.headers["webhook-id"] for heard in receiver.heard} == {run.message_id}
    assert len({heard.body for heard in receiver.heard}) == 1
    answer(receiver, 200, {"message": "Refunded at last"})
    retry(run, actor=Actor.agent(grace))
    assert send_waiting() == 1
    run.refresh_from_db()
    assert (run.state, run.message) == ("done", "Refunded at last")
    assert receiver.heard[-1].headers["webhook-id"] == run.message_id
    with pytest.raises(Refused):
        retry(run, actor=Actor.agent(grace))


def test_private_addresses_are_not_called(
    receiver: Receiver, refund: AccountAction, order: Order, grace: User, settings: LazySettings
) -> None:
    settings.WEBHOOK_PRIVATE_HOSTS = []
    run = pressed(refund, order, grace)
    send_waiting()
    run.refresh_from_db()
    assert (run.state, receiver.heard) == ("failed", [])
    with pytest.raises(outside.NotAllowed):
        outside.read_url(refund.url)


def test_a_lease_that_ran_out_is_taken_over_and_the_late_answer_not_written(
    receiver: Receiver, refund: AccountAction, order: Order, grace: User
) -> None:
    run = pressed(refund, order, grace)
    late = sending.claim(timezone.now())
    assert late and sending.claim(timezone.now()) is None
    AccountActionRun.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert send_waiting() == 1
    sending._record(late, sending.Outcome(RunState.FAILED, "late"), took=0)
    run.refresh_from_db()
    assert (run.state, run.attempt_count) == ("done", 2)


def address(action: AccountAction, order: Order, ticket: Ticket | None = None) -> str:
    end = f"&ticket={ticket.pk}" if ticket else ""
    return f"/agent/account-actions/{action.pk}/?customer={order.customer_id}&order={order.pk}{end}"


def test_the_page_asks_first_and_shows_what_will_be_sent(
    client: Client, refund: AccountAction, order: Order, grace: User, adas_ticket: Ticket
) -> None:
    client.force_login(grace)
    page = client.get(address(refund, order, adas_ticket)).content.decode()
    assert "shop-1042" in page
    assert "€59.70" in page
    refused = client.post(address(refund, order, adas_ticket), {"in_amount": "60", "submit_key": str(uuid4())})
    assert refused.status_code == 422
    assert not AccountActionRun.objects.exists()
    done = client.post(address(refund, order, adas_ticket), {"in_amount": "20", "in_reason": "late"})
    assert (done.status_code, done["Location"]) == (302, f"/agent/tickets/{adas_ticket.pk}/")
    run = AccountActionRun.objects.get()
    assert (run.inputs, run.ticket) == ({"amount": "20", "reason": "late"}, adas_ticket)
    event = TicketEvent.objects.get(kind="account_action.pressed")
    assert event.payload["said"] == "Amount: €20.00, Reason: late"
    again = client.post(address(refund, order), {"in_amount": "20"}, headers={"HX-Request": "true"})
    assert again.status_code == 409
    assert "Grace Hopper has just asked for the same" in again.content.decode()


def test_who_may_and_where(
    client: Client, refund: AccountAction, order: Order, grace: User, linus: User, adas_ticket: Ticket
) -> None:
    client.force_login(linus)
    assert client.get(address(refund, order)).status_code == 403
    assert client.get(f"/customers/{order.customer_id}/orders/").status_code == 200
    client.force_login(grace)
    other = Customer.objects.create(name="Somebody else")
    assert client.get(f"/agent/account-actions/{refund.pk}/?customer={other.pk}&order={order.pk}").status_code == 404
    assert (
        client.get(f"/agent/account-actions/{refund.pk}/?customer={other.pk}&ticket={adas_ticket.pk}").status_code
        == 404
    )
    AccountAction.objects.update(roles=["lead"])
    assert client.post(address(refund, order), {"in_amount": "20"}).status_code == 403


def test_the_panel_offers_what_fits(
    client: Client, refund: AccountAction, order: Order, grace: User, adas_ticket: Ticket
) -> None:
    client.force_login(grace)
    an_order(order.customer, "1043", status="cancelled")
    AccountAction.objects.update(order_statuses=["paid"])
    panel = client.get(f"/agent/tickets/{adas_ticket.pk}/orders/", headers={"HX-Request": "true"}).content.decode()
    assert panel.count("Refund</a>") == 1
    assert "3 × Cog wheel" in panel
    pressed(AccountAction.objects.get(), order, grace)
    panel = client.get(f"/customers/{order.customer_id}/orders/", headers={"HX-Request": "true"}).content.decode()
    assert "Refund</a>" not in panel
    assert "Refund: Waiting" in panel


def test_amounts_are_written_as_the_reader_writes_them(client: Client, order: Order, grace: User) -> None:
    grace.language = "de"
    grace.save()
    client.force_login(grace)
    assert "59,70\xa0€" in client.get(f"/customers/{order.customer_id}/orders/").content.decode()


def test_settings(client: Client, radia: User, order: Order) -> None:
    client.force_login(radia)
    form = {
        "name": "Exchange", "icon": "refresh-cw", "url": "https://shop.example.com/exchange", "applies_to": "order",
        "order_statuses": ["delivered"], "roles": ["agent"], "is_active": "on", "label_0": "New size",
        "kind_0": "choice", "options_0": "S, M, L", "required_0": "on", "label_1": "Note", "kind_1": "text",
    }  # fmt: skip
    assert client.post("/settings/account-actions/new/", form).status_code == 302
    action = AccountAction.objects.get()
    assert [one["key"] for one in action.inputs] == ["new_size", "note"]
    assert action.inputs[0]["options"] == ["S", "M", "L"]
    secret = client.post(f"/settings/account-actions/{action.pk}/secret/")
    assert action.secret in secret.content.decode()
    assert secret["Cache-Control"] == "no-store"
    bad = client.post("/settings/account-actions/new/", {**form, "url": "http://10.0.0.1/", "options_0": ""})
    assert bad.status_code == 422
    assert client.get(f"/settings/account-actions/{action.pk}/").status_code == 200


def test_records_that_became_one_are_given_their_money_back_once(
    receiver: Receiver, refund: AccountAction, order: Order, grace: User
) -> None:
    """Both had a refund before: what was done for one of them is still known of the order that moved."""
    AccountAction.objects.filter(pk=refund.pk).update(is_once=True)
    refund.refresh_from_db()
    countess = identify("email", "countess@example.com", name="Countess", proved_by="agent").customer
    pressed(refund, an_order(countess, "shop-1043"), grace)
    run = pressed(refund, order, grace)
    assert send_waiting() == 2
    done = merge(countess, order.customer, actor=Actor.agent(grace))
    run.refresh_from_db()
    order.refresh_from_db()
    assert (run.customer, order.customer) == (countess, countess)
    with pytest.raises(Refused, match="only once"):
        pressed(refund, order, grace)
    undo(done, actor=Actor.agent(grace))
    run.refresh_from_db()
    assert run.customer != countess


def test_nothing_is_asked_for_a_record_that_was_merged_meanwhile(
    refund: AccountAction, order: Order, grace: User
) -> None:
    countess = identify("email", "countess@example.com", name="Countess", proved_by="agent").customer
    wanted = Wanted(refund, order.customer, order)
    merge(countess, order.customer, actor=Actor.agent(grace))
    with pytest.raises(Refused, match="merged"):
        press(wanted, {}, actor=Actor.agent(grace), submit_key=uuid4())
    assert not AccountActionRun.objects.exists()
