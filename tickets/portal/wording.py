"""How a request stands, in the customer's words: what it means for them, not what we call it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tickets.models import Message, Status, Ticket


@dataclass(frozen=True)
class Standing:
    """`label` beside it, `sentence` on its page; `tone` is one of the status colours."""

    label: Promise
    sentence: Promise
    tone: str
    icon: str


RECEIVED = Standing(_("Received"), _("We have it, and somebody will look at it soon."), "blue", "inbox")
WORKED_ON = Standing(_("We are on it"), _("Somebody is working on it."), "amber", "clock")
WAITS_FOR_YOU = Standing(_("Waiting for you"), _("We need an answer from you to go on."), "violet", "reply")
SOLVED = Standing(
    _("Solved"), _("Something is still missing? Write below, and it is open again."), "green", "circle-check"
)
CLOSED = Standing(
    _("Closed"), _("It is closed. If you write below, we begin a new request about it."), "slate", "check"
)

# What stands still on our side, on hold, is for the customer the same as work.
STANDINGS = {
    Status.NEW: RECEIVED,
    Status.OPEN: WORKED_ON,
    Status.HOLD: WORKED_ON,
    Status.PENDING: WAITS_FOR_YOU,
    Status.SOLVED: SOLVED,
    Status.CLOSED: CLOSED,
}


def standing_of(ticket: Ticket) -> Standing:
    return STANDINGS[Status(ticket.status)]


def within(at: datetime, *, now: datetime) -> str:
    """How long it is until `at`, in words; rounded up, since it is a promise."""
    minutes = max(1, ceil((at - now).total_seconds() / 60))
    if minutes <= 60:
        minutes = ceil(minutes / 5) * 5
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if minutes <= 48 * 60:
        hours = ceil(minutes / 60)
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    days = ceil(minutes / (24 * 60))
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def author_of(message: Message, ticket: Ticket) -> str:
    """A rule speaks for the house, not under its own name."""
    is_automatic = message.is_automatic or message.author_role == "system"
    return str(ticket.inbox) if is_automatic else message.author_name
