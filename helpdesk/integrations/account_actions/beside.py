"""What is shown of orders beside a ticket and on a customer's page: few statements, whatever the number of orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from customers.models import Customer, Order
from customers.money import money
from customers.orders import STATUS_TONES, Worth, lifetime_value, status_word
from helpdesk.accounts.models import User
from helpdesk.integrations.account_actions.pressing import fits, may_press
from helpdesk.integrations.models import UNDER_WAY, AccountAction, AccountActionRun, RunState
from helpdesk.lib.typed import whole_number

NEWEST = 5
PER_PAGE = 25
RUNS = 20
NAMED_ITEMS = 3
RUN_TONES = {RunState.WAITING: "amber", RunState.SENDING: "blue", RunState.DONE: "green", RunState.FAILED: "red"}


@dataclass(frozen=True)
class Shown:
    """An order as it is drawn."""

    order: Order
    actions: list[AccountAction] = field(default_factory=list)
    runs: list[AccountActionRun] = field(default_factory=list)

    @property
    def amount(self) -> str:
        return money(self.order.total, self.order.currency)

    @property
    def status(self) -> str:
        return status_word(self.order.status)

    @property
    def tone(self) -> str:
        return STATUS_TONES.get(self.order.status, "slate")

    @property
    def items(self) -> str:
        named = [f"{item['quantity']} × {item['name']}" for item in self.order.items[:NAMED_ITEMS]]
        rest = len(self.order.items) - NAMED_ITEMS
        return ", ".join(named) + (f", +{rest}" if rest > 0 else "")

    @property
    def all_items(self) -> list[dict[str, Any]]:
        return [
            {**item, "price": money(Decimal(item["price"]), self.order.currency) if item.get("price") else ""}
            for item in self.order.items
        ]


@dataclass(frozen=True)
class Account:
    """A customer's orders, what can be done for the customer, and what was done lately."""

    orders: list[Shown]
    more: int  # id of the last order shown when there are older ones, else 0
    worth: list[str]
    actions: list[AccountAction]
    runs: list[AccountActionRun]

    @property
    def is_empty(self) -> bool:
        return not (self.orders or self.actions or self.runs)


def account_of(customer: Customer, user: User, *, limit: int = NEWEST, after: str = "") -> Account:
    """The newest orders, or those older than order `after`."""
    orders = Order.objects.filter(customer=customer).order_by("-placed_at", "-pk")
    if (before := whole_number(after)) and (last := orders.filter(pk=before).first()):
        orders = orders.filter(placed_at__lte=last.placed_at).exclude(placed_at=last.placed_at, pk__gte=last.pk)
    page = list(orders[: limit + 1])
    actions = [action for action in AccountAction.objects.filter(is_active=True) if may_press(user, action)]
    runs = list(AccountActionRun.objects.filter(customer=customer).select_related("action").order_by("-pk")[:RUNS])
    return Account(
        [_shown(order, actions, runs) for order in page[:limit]],
        page[limit - 1].pk if len(page) > limit else 0,
        [words_of(worth) for worth in lifetime_value(customer)],
        _offered(actions, None, [run for run in runs if run.order_id is None]),
        _newest_of_each([run for run in runs if run.order_id is None]),
    )


def words_of(worth: Worth) -> str:
    return money(worth.total, worth.currency)


def _shown(order: Order, actions: Sequence[AccountAction], runs: Sequence[AccountActionRun]) -> Shown:
    of_it = [run for run in runs if run.order_id == order.pk]
    return Shown(order, _offered(actions, order, of_it), _newest_of_each(of_it))


def _offered(
    actions: Sequence[AccountAction], order: Order | None, runs: Sequence[AccountActionRun]
) -> list[AccountAction]:
    """Not what is under way, nor what is done and is done only once."""
    busy = {run.action_id for run in runs if run.state in UNDER_WAY}
    done = {run.action_id for run in runs if run.state == RunState.DONE}
    return [
        action
        for action in actions
        if fits(action, order) and action.pk not in busy and not (action.is_once and action.pk in done)
    ]


def _newest_of_each(runs: Sequence[AccountActionRun]) -> list[AccountActionRun]:
    newest: dict[Any, AccountActionRun] = {}
    for run in runs:
        newest.setdefault(run.action_id or run.title, run)
    return list(newest.values())
