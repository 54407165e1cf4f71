"""What a customer sees of tickets: which ones, which words on them, and how they stand.

The one place that decides it. Notes, what is still to be sent, what machines answered and what strangers wrote are no
part of it, as they are none of the history under our mails.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.dateparse import parse_datetime

from customers.models import Customer
from tickets.customers.sharing import shared_with
from tickets.models import Attachment, DeliveryState, Message, SlaMetric, SlaState, SlaTarget, Status, Ticket
from tickets.models.ticket import UNSOLVED

ON_A_PAGE: Final = 20
MESSAGES_SHOWN: Final = 60
REPLY_METRICS: Final = (SlaMetric.FIRST_REPLY, SlaMetric.NEXT_REPLY)


def requests_of(customer: Customer) -> QuerySet[Ticket]:
    """All that the customer may open: their own requests, and those their organisation shares. In no order.

    A ticket on which nothing was said to or by them does not exist for them.
    """
    return own_requests(customer) | _wordy(shared_with(customer), customer)


def own_requests(customer: Customer) -> QuerySet[Ticket]:
    return _wordy(Ticket.objects.filter(requester=customer), customer)


def shared_requests(customer: Customer) -> QuerySet[Ticket]:
    """Those of colleagues."""
    return _wordy(shared_with(customer), customer)


def _wordy(tickets: QuerySet[Ticket], customer: Customer) -> QuerySet[Ticket]:
    return tickets.filter(Exists(words_for(customer).filter(ticket=OuterRef("pk"))))


def words_for(customer: Customer) -> QuerySet[Message]:
    """Of whatever ticket they may open. What an agent can still take back is not said yet."""
    theirs = Q(is_unverified=False) | Q(author_customer=customer)
    said = Message.objects.public().exclude(delivery_state=DeliveryState.QUEUED)
    return said.filter(theirs, is_auto_reply=False)


def may_decide(customer: Customer, ticket: Ticket) -> bool:
    """Say that it is solved, and how we did. Colleagues read and write."""
    return ticket.requester_id == customer.pk


def files_for(customer: Customer) -> QuerySet[Attachment]:
    words = words_for(customer).filter(ticket__in=requests_of(customer), erased_at=None)
    return Attachment.objects.filter(message__in=words, removed_at=None)


@dataclass(frozen=True)
class Row:
    """A request in the list, with who spoke last."""

    ticket: Ticket
    spoken_at: datetime
    last: Message | None
    expected_at: datetime | None


@dataclass(frozen=True)
class Page:
    rows: list[Row]
    older: str  # the address's `before` for the next page; empty at the end


def page_of(
    tickets: QuerySet[Ticket], customer: Customer, *, before: str = "", only: str = "", words: str = "", now: datetime
) -> Page:
    """The next requests, the one in which something was said last first. `only` is open or solved."""
    if only == "open":
        tickets = tickets.filter(status__in=UNSOLVED)
    elif only == "solved":
        tickets = tickets.exclude(status__in=UNSOLVED)
    if words:
        tickets = tickets.filter(_named(words))
    newest = words_for(customer).filter(ticket=OuterRef("pk")).order_by("-created_at", "-pk")
    tickets = tickets.annotate(
        spoken_at=Subquery(newest.values("created_at")[:1]), last_id=Subquery(newest.values("pk")[:1])
    )
    if place := _read_place(before):
        tickets = tickets.filter(Q(spoken_at__lt=place[0]) | Q(spoken_at=place[0], pk__lt=place[1]))
    found: list[Any] = list(tickets.select_related("requester").order_by("-spoken_at", "-pk")[: ON_A_PAGE + 1])
    shown = found[:ON_A_PAGE]
    said = Message.objects.select_related("ticket__inbox").in_bulk([each.last_id for each in shown])
    due = expected_answers(shown, now=now)
    rows = [Row(each, each.spoken_at, said.get(each.last_id), due.get(each.pk)) for each in shown]
    return Page(rows, _place(shown[-1]) if len(found) > ON_A_PAGE else "")


def _named(words: str) -> Q:
    number = words.removeprefix("#")
    named = Q(subject__icontains=words)
    return named | Q(pk=int(number)) if number.isascii() and number.isdigit() and len(number) < 19 else named


def _place(ticket: Any) -> str:
    return f"{ticket.spoken_at.isoformat()}_{ticket.pk}"


def _read_place(text: str) -> tuple[datetime, int] | None:
    """None for what is no place: then the list begins at its top."""
    moment, _line, number = text.partition("_")
    try:
        at = parse_datetime(moment)
    except ValueError:
        return None
    is_number = number.isascii() and number.isdigit() and len(number) < 19
    return (at, int(number)) if at and at.tzinfo and is_number else None


@dataclass(frozen=True)
class Conversation:
    messages: Sequence[Message]
    earlier: int  # id of the oldest message shown where there are older ones, else 0


def conversation(ticket: Ticket, customer: Customer, *, before: int = 0) -> Conversation:
    """The newest words (those older than message `before`, if given), the oldest of them first, with their files."""
    words = words_for(customer).filter(ticket=ticket)
    if before:
        words = words.filter(pk__lt=before)
    files = Prefetch("attachments", Attachment.objects.filter(inline=False), to_attr="file_rows")
    words = words.select_related("author_user", "author_customer").prefetch_related(files)
    found = list(words.order_by("-pk")[: MESSAGES_SHOWN + 1])
    shown = sorted(found[:MESSAGES_SHOWN], key=lambda message: (message.created_at, message.pk))
    return Conversation(shown, found[MESSAGES_SHOWN - 1].pk if len(found) > MESSAGES_SHOWN else 0)


def expected_answers(tickets: Iterable[Ticket], *, now: datetime) -> dict[int, datetime]:
    """Until when we have promised to answer, by ticket: of those whose customer waits, and whose clock runs.

    One that is late has none: a moment that is over promises nothing.
    """
    waiting = [ticket.pk for ticket in tickets if ticket.is_waiting]
    if not waiting:
        return {}
    running = SlaTarget.objects.filter(
        ticket__in=waiting, metric__in=REPLY_METRICS, state=SlaState.ACTIVE, due_at__gt=now
    )
    soonest_last = running.order_by("-due_at").values_list("ticket", "due_at")
    return {number: due for number, due in soonest_last if due}


def is_over(ticket: Ticket) -> bool:
    return ticket.status in (Status.SOLVED, Status.CLOSED)
