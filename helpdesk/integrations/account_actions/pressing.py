"""Asking for an account action: who may, what is sent, and that it is asked once.

The customer's row is locked, so two agents follow each other; the page says which run it has `seen` last, so the second
one is told of the first one's; the form's own key makes a double click one; and the database holds that an action waits
once for an order.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.api.rows import moment
from customers.errors import Refused
from customers.models import Customer, IdentityKind, Order
from customers.record import refuse_gone
from helpdesk.accounts.models import User
from helpdesk.integrations.account_actions import happened
from helpdesk.integrations.models import UNDER_WAY, AccountAction, AccountActionRun, AppliesTo, RunState
from helpdesk.integrations.webhooks.payloads import stamp, ticket_data
from helpdesk.lib.handover import hand_over
from tickets.models import Ticket

TRIED_FOR = timedelta(hours=1)
KIND = "account_action.requested"


class Meanwhile(Refused):
    """Somebody did the same after the page was drawn: `run` is theirs."""

    def __init__(self, run: AccountActionRun) -> None:
        self.run = run
        known = {"who": run.actor_name, "state": run.get_state_display()}
        super().__init__(_("%(who)s has just asked for the same (%(state)s). Look at it before you ask again.") % known)


@dataclass(frozen=True)
class Wanted:
    """What an action is to be done with."""

    action: AccountAction
    customer: Customer
    order: Order | None = None
    ticket: Ticket | None = None


def may_press(user: User, action: AccountAction) -> bool:
    return user.is_active and action.is_active and user.role in action.roles


def fits(action: AccountAction, order: Order | None) -> bool:
    """Whether it is offered on this order, or on the customer when there is none."""
    if order is None:
        return action.applies_to == AppliesTo.CUSTOMER
    wanted = action.applies_to == AppliesTo.ORDER
    return wanted and (not action.order_statuses or order.status in action.order_statuses)


def runs_of(wanted: Wanted) -> Any:
    """Of an order whoever's it was then: records are merged, and money is given back once."""
    whose = {"order": wanted.order} if wanted.order else {"customer": wanted.customer, "order": None}
    return AccountActionRun.objects.filter(action=wanted.action, **whose)


def body_of(wanted: Wanted, inputs: Mapping[str, Any], actor: Actor, *, now: datetime) -> str:
    """What will be sent: the confirmation shows it, the run keeps it."""
    user = actor.user
    data = {
        "action": {"id": wanted.action.pk, "name": wanted.action.name},
        "customer": _customer_data(wanted.customer),
        "order": _order_data(wanted.order),
        "ticket": _ticket_data(wanted.ticket),
        "inputs": dict(inputs),
        "actor": {"id": user.pk if user else None, "name": actor.name, "email": user.email if user else None},
    }
    return json.dumps({"type": KIND, "timestamp": stamp(now), "data": data}, ensure_ascii=False)


@transaction.atomic
def press(
    wanted: Wanted,
    inputs: Mapping[str, Any],
    *,
    actor: Actor,
    submit_key: UUID,
    seen: int = 0,
    said: str = "",
    now: datetime | None = None,
) -> AccountActionRun:
    """Write the run down; a worker does it. The same `submit_key` again returns the run of the first time.

    `seen`: the newest run of this action here that its asker has been shown. Raises `Meanwhile` and `Refused`.
    """
    now = now or timezone.now()
    customer = Customer.objects.select_for_update(no_key=True).get(pk=wanted.customer.pk)
    if same := AccountActionRun.objects.filter(submit_key=submit_key).first():
        return same
    refuse_gone(customer)
    _refuse(wanted, seen)
    run = AccountActionRun.objects.create(
        action=wanted.action, title=wanted.action.name, customer=wanted.customer, order=wanted.order,
        order_number=wanted.order.number if wanted.order else "", ticket=wanted.ticket, actor=actor.user,
        actor_name=actor.name[:200], submit_key=submit_key, message_id=f"msg_{uuid4().hex}", inputs=dict(inputs),
        body=body_of(wanted, inputs, actor, now=now), due_at=now, give_up_at=now + TRIED_FOR, created_at=now,
    )  # fmt: skip
    happened.tell_pressed(run, said, actor)
    transaction.on_commit(wake)
    return run


def _refuse(wanted: Wanted, seen: int) -> None:
    if wanted.order:
        wanted.order.refresh_from_db(fields=["status"])
    if not fits(wanted.action, wanted.order):
        raise Refused(_("This is not offered for it any more: its status has changed."))
    newest = runs_of(wanted).order_by("-pk").first()
    if newest and newest.state in UNDER_WAY:
        raise Meanwhile(newest)
    if wanted.action.is_once and runs_of(wanted).filter(state=RunState.DONE).exists():
        raise Refused(_("This has been done already, and is done only once."))
    if newest and newest.pk > seen:
        raise Meanwhile(newest)


@transaction.atomic
def retry(run: AccountActionRun, *, actor: Actor, now: datetime | None = None) -> AccountActionRun:
    """Once more by hand, under its old webhook-id: whoever did it already can tell. Raises `Refused`."""
    now = now or timezone.now()
    Customer.objects.select_for_update(no_key=True).only("pk").get(pk=run.customer_id)
    run = AccountActionRun.objects.select_for_update(of=("self",)).select_related("action", "ticket").get(pk=run.pk)
    if run.state in UNDER_WAY:
        return run
    if run.state == RunState.DONE or run.action is None or not run.action.is_active:
        raise Refused(_("It can’t be tried again: it is done, or its button is gone."))
    since = runs_of(Wanted(run.action, run.customer, run.order)).filter(pk__gt=run.pk)
    if later := since.order_by("-pk").first():
        raise Meanwhile(later)
    run.state, run.due_at, run.give_up_at = RunState.WAITING, now, now + TRIED_FOR
    run.message, run.settled_at = "", None
    run.save(update_fields=["state", "due_at", "give_up_at", "message", "settled_at"])
    happened.tell_pressed(run, "", actor, again=True)
    transaction.on_commit(wake)
    return run


def wake() -> None:
    from helpdesk.integrations.tasks import send_account_actions  # tasks import the sender

    hand_over(send_account_actions)


def _customer_data(customer: Customer) -> dict[str, Any]:
    known: dict[str, list[str]] = {}
    for kind, value in customer.identities.values_list("kind", "value"):
        known.setdefault(kind, []).append(value)
    return {
        "id": customer.pk,
        "name": customer.name,
        "emails": known.get(IdentityKind.EMAIL, []),
        "phones": known.get(IdentityKind.PHONE, []),
        "external_ids": known.get(IdentityKind.EXTERNAL, []),
    }


def _order_data(order: Order | None) -> dict[str, Any] | None:
    if order is None:
        return None
    return {
        "id": order.pk,
        "source": order.source,
        "external_id": order.external_id,
        "number": order.number,
        "status": order.status,
        "total": f"{order.total:f}",
        "currency": order.currency,
        "placed_at": moment(order.placed_at),
    }


def _ticket_data(ticket: Ticket | None) -> dict[str, Any] | None:
    if ticket is None:
        return None
    told = ticket_data(ticket)
    return {name: told[name] for name in ("id", "url", "subject")}
