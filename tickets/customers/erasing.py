"""The tickets' part of erasing a person: their own tickets lose all words, others' the person's part of them.

On tickets of others the person may have been in copy, or quoted: their messages go, quoted history goes, and in what
others wrote their names, addresses and sentences become ▇▇▇.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from customers.blanking import blank_rows, pointing_at
from customers.erasing import erased_name
from customers.models import Customer, PrivacyJob
from customers.person import Person, person_in
from tickets.customers.others_words import clean_tickets, sentences_of
from tickets.customers.wordless import KNOWN, empty_messages, empty_tickets, refresh_pages
from tickets.event_words import rename_actor
from tickets.models import (
    Attachment,
    Message,
    Notification,
    Replay,
    SavedSearch,
    SlaWhatIf,
    Ticket,
    TicketCC,
)
from tickets.search.forgetting import forget_words, words_on
from tickets.search.indexing import index_tickets

NEWEST = 2**63 - 1
CHUNK = 25  # tickets in a transaction: an agent who saves one of them waits for the rest of it
SHARED = """
SELECT ticket_id FROM tickets_ticketcc
  WHERE customer_id = ANY(%(customers)s) OR (lower(address) = ANY(%(addresses)s) AND id <= %(newest_cc)s)
UNION SELECT ticket_id FROM tickets_message WHERE author_customer_id = ANY(%(customers)s)
UNION SELECT ticket_id FROM tickets_ticketevent WHERE actor_customer_id = ANY(%(customers)s)
UNION SELECT ticket_id FROM tickets_message
  WHERE (lower(from_address) = ANY(%(addresses)s) OR ("to" || cc || bcc)::text[] && %(addresses)s)
    AND id <= %(newest_message)s
"""


def count_tickets(person: Person) -> list[tuple[str, int]]:
    """What the page before says will go."""
    own = Ticket.objects.filter(requester__in=person.customers)
    messages = Message.objects.filter(Q(ticket__in=own) | Q(author_customer__in=person.customers))
    return [
        (_("Tickets of their own, which lose every word"), own.count()),
        (_("Tickets of others, on which their part goes"), len(_shared(person))),
        (_("Messages and notes"), messages.count()),
        (_("Files"), Attachment.objects.filter(message__in=messages).count()),
    ]


def find_tickets(job: PrivacyJob) -> None:
    """Step: which tickets; those of others are written down, since what tells them goes away meanwhile."""
    person = person_in(job)
    job.plan["shared"] = _shared(person, job.plan["barriers"])
    job.total = Ticket.objects.filter(requester__in=person.customers).count() + len(job.plan["shared"])
    job.counts = {"tickets": job.total, "messages": 0, "files": 0}


def _shared(person: Person, barriers: Mapping[str, int] = MappingProxyType({})) -> list[int]:
    """What came after the erasure was begun, from the same address, is a new person's."""
    known: dict[str, Any] = {
        "customers": list(person.customers),
        "addresses": list(person.addresses),
        "newest_cc": barriers.get("tickets_ticketcc", NEWEST),
        "newest_message": barriers.get("tickets_message", NEWEST),
    }
    with connection.cursor() as cursor:
        cursor.execute(SHARED, known)
        numbers = {row[0] for row in cursor.fetchall()}
    own = Ticket.objects.filter(pk__in=numbers, requester__in=person.customers).values_list("pk", flat=True)
    return sorted(numbers - set(own))


def erase_tickets(job: PrivacyJob) -> int | None:
    """Step: the next tickets, each with all that hangs on it, in one transaction."""
    person, now = person_in(job), timezone.now()
    own = Ticket.objects.filter(requester__in=person.customers, pk__gt=job.cursor).order_by("pk")
    others = [number for number in job.plan["shared"] if number > job.cursor]
    numbers = sorted([*own.values_list("pk", flat=True)[:CHUNK], *others[:CHUNK]])[:CHUNK]
    if not numbers:
        return None
    tickets = Ticket.objects.lock_all(numbers)
    words = words_on(numbers)
    theirs = [ticket.pk for ticket in tickets if ticket.requester_id in person.customers]
    sentences = sentences_of(person, numbers)
    messages = _messages_to_empty(person, numbers, theirs, job.plan["barriers"]["tickets_message"])
    for path in settings.ERASURE_OF_TICKETS:  # mail and integrations first: they ask which message was whose
        import_string(path)(person, own=theirs, tickets=numbers, messages=messages, sentences=sentences)
    job.counts["files"] += empty_messages(messages, now=now)
    job.counts["messages"] += len(messages)
    empty_tickets(theirs)
    TicketCC.objects.filter(
        Q(customer__in=person.customers) | Q(address__in=person.addresses), ticket__in=numbers
    ).delete()
    clean_tickets(person, numbers, sentences)
    _rename(person, numbers)
    index_tickets(numbers)
    forget_words(words)
    refresh_pages(numbers)
    job.done += len(numbers)
    return int(numbers[-1])


def _messages_to_empty(person: Person, numbers: Sequence[int], own: Sequence[int], newest: int) -> list[int]:
    """What they wrote anywhere, and on their own tickets what staff and rules wrote to them or about them."""
    written = Q(author_customer__in=person.customers) | Q(from_address__in=person.addresses, pk__lte=newest)
    to_them = Q(ticket__in=own) & ~Q(author_role="")
    nobodys = Q(ticket__in=own, author_role="", author_customer=None)
    found = Message.objects.filter(ticket__in=numbers).filter(written | to_them | nobodys)
    return list(found.order_by("pk").values_list("pk", flat=True))


def _rename(person: Person, numbers: Sequence[int]) -> None:
    """Where rows repeat who wrote or did something."""
    for pk in person.customers:
        name = erased_name(pk)
        Message.objects.filter(ticket__in=numbers, author_customer=pk).update(author_name=name)
        rename_actor(numbers, pk, name)
    Notification.objects.filter(ticket__in=numbers, actor_name__in=person.names).delete()


def erase_rest(job: PrivacyJob) -> None:
    """Step: searches for the person, examples of jobs, and later features' rows about them."""
    person = person_in(job)
    for search in SavedSearch.objects.iterator():
        if person.mask.found_in(search.query) or person.mask.found_in(search.title):
            search.delete()
    own = set(Ticket.objects.filter(requester__in=person.customers).values_list("pk", flat=True))
    for replay in Replay.objects.exclude(examples=[]).iterator():
        if kept := _without(replay.examples, own, "ticket"):
            Replay.objects.filter(pk=replay.pk).update(examples=kept[0])
    for job_of_clocks in SlaWhatIf.objects.iterator():
        if kept := _without(job_of_clocks.result.get("examples", []), own, 0):
            result = {**job_of_clocks.result, "examples": kept[0]}
            SlaWhatIf.objects.filter(pk=job_of_clocks.pk).update(result=result)
    for model, field in pointing_at(Customer, but=KNOWN):
        if model._meta.app_label != "customers":
            blank_rows(model, {f"{field}__in": person.customers})


def _without(examples: list[Any], own: set[int], key: Any) -> list[list[Any]]:
    """The examples without those of erased tickets, in a list; empty when there is nothing to change."""
    kept = [each for each in examples if each[key] not in own]
    return [kept] if len(kept) < len(examples) else []
