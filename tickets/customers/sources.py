"""What a timeline is made of: each kind of entry is a Source, and whoever has one registers it.

    register(Source("order", ORDERS, "customers_order", at="placed_at", arms=[Arm("customer_id")], read=orders_of))

`read` gets the ids that are on a page and tells each: one statement for all of them. Nothing else is to be done:
paging, filters, days, the live page and permissions on tickets are the timeline's own.

`customers` can't import this: its sources are registered in tickets/customers/ (as in `record_source.py`), and what
changes one of them sends `customers.signals.timeline_changed`, so that open pages fetch it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import User

Of = Literal["customer", "ticket", "organisation"]

# Of a ticket `t`, in SQL: it is not of a private team of others. As `Ticket.objects.visible_to`; a test compares them.
VISIBLE = "(t.team_id IS NULL OR NOT t.team_id = ANY(%(hidden)s))"


@dataclass(frozen=True)
class Kind:
    """What can be asked for by a chip. Several sources may be of one kind."""

    slug: str
    label: str | Promise
    icon: str


MESSAGES = Kind("messages", _("Messages"), "mail")
NOTES = Kind("notes", _("Notes"), "lock")
TICKETS = Kind("tickets", _("Tickets"), "inbox")
ORDERS = Kind("orders", _("Orders"), "package")
EVENTS = Kind("events", _("Events"), "activity")
RECORD = Kind("record", _("Record"), "user")
CONSENTS = Kind("consents", _("Consents"), "shield-check")
# In the order of the chips. A kind that nothing is registered for is not offered.
KINDS = [MESSAGES, NOTES, TICKETS, ORDERS, EVENTS, RECORD, CONSENTS]


@dataclass(frozen=True)
class TicketRef:
    """The ticket an entry belongs to, as the heading above it shows it."""

    number: int
    subject: str
    status: str


@dataclass(frozen=True)
class Told:
    """What an entry says. `line` is plain text (escaped when drawn), or safe HTML of one's own; `detail` folds out.

    `body` takes the place of the line: a message, drawn by its own source. `whose` names the member where it is the
    timeline of an organisation.
    """

    line: str | SafeString = ""
    icon: str = ""
    detail: str | SafeString = ""
    link: str = ""
    whose: str = ""
    ticket: TicketRef | None = None
    body: SafeString | None = None


Read = Callable[[Sequence[int]], Mapping[int, Told]]


@dataclass(frozen=True)
class Arm:
    """One way from a customer to rows: `owner` is the column that names the customer (or ticket, or organisation).

    It needs an index on (owner, at DESC, id DESC). `where` is SQL about the row `x`; it may use `%(customers)s`,
    `%(hidden)s` and `VISIBLE`.
    """

    owner: str
    of: Of = "customer"
    where: str = ""


@dataclass(frozen=True)
class Source:
    """`name` goes into cursors and ids: letters and _, and the same for ever. Ties of time are told in its order.

    `text` is SQL for what a search of the timeline looks through; sources without it are then left out.
    """

    name: str
    kind: Kind
    table: str
    at: str
    arms: Sequence[Arm]
    read: Read
    text: str = ""
    seen_by: Callable[[User], bool] = lambda user: user.is_active


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    if not source.name.replace("_", "").isalpha():
        raise ValueError(f"{source.name!r} is no name for a source")
    if source.kind not in KINDS:
        KINDS.append(source.kind)
    _sources[source.name] = source


def sources_for(user: User) -> list[Source]:
    """What this reader may be told, in the order of their names."""
    return [_sources[name] for name in sorted(_sources) if _sources[name].seen_by(user)]
