"""What the timelines tell of an account action: that somebody asked for it, and what came of it.

The customer's record keeps the events, and so does the ticket from which it was asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _

from customers.actors import SYSTEM, Actor
from customers.events import Event, record
from customers.timeline import Happened
from helpdesk.integrations.models import AccountActionRun, RunState
from tickets.events import AccountActionAnswered, AccountActionPressed
from tickets.services import gesture


@dataclass(frozen=True)
class ActionPressed(Event):
    kind: ClassVar[str] = "account_action.pressed"
    run_id: int
    title: str
    order: str
    said: str  # the inputs in words
    again: bool = False


@dataclass(frozen=True)
class ActionAnswered(Event):
    kind: ClassVar[str] = "account_action.answered"
    run_id: int
    title: str
    order: str
    state: str
    message: str
    asked_by: str


def tell_pressed(run: AccountActionRun, said: str, actor: Actor, *, again: bool = False) -> None:
    record(run.customer, ActionPressed(run.pk, run.title, run.order_number, said, again), actor=actor)
    if run.ticket:
        with gesture(run.ticket, actor=actor) as running:
            running.record(AccountActionPressed(run.pk, run.title, run.order_number, said, again))


def tell_answered(run: AccountActionRun) -> None:
    told = (run.pk, run.title, run.order_number, run.state, run.message, run.actor_name)
    record(run.customer, ActionAnswered(*told), actor=SYSTEM)
    if run.ticket:
        with gesture(run.ticket, actor=SYSTEM) as running:
            running.record(AccountActionAnswered(*told))


def line_of_pressed(happened: Happened) -> str:
    payload = happened.payload
    known = {"who": happened.who, "title": payload.get("title", ""), "order": payload.get("order", "")}
    if payload.get("again", ""):
        line = _("%(who)s had it tried again: %(title)s") % known
    elif payload.get("order", ""):
        line = _("%(who)s asked for %(title)s, order %(order)s") % known
    else:
        line = _("%(who)s asked for %(title)s") % known
    return f"{line} ({payload['said']})" if payload.get("said", "") else line


def line_of_answered(happened: Happened) -> str:
    payload = happened.payload
    known = {"title": payload.get("title", ""), "who": payload.get("asked_by", "")}
    if payload.get("state", "") == RunState.DONE:
        line = _("%(title)s is done, as %(who)s asked") % known
    else:
        line = _("%(title)s failed, which %(who)s had asked for") % known
    return f"{line}: {payload['message']}" if payload.get("message", "") else line
