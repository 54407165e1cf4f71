"""What of tickets can grow too old: words of closed ones, files, and customers who never came back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from customers.actors import SYSTEM
from customers.erasing import erase
from customers.models import Customer, Order
from customers.person import Person
from customers.privacy_tasks import hand_over_job
from customers.retention import Kind
from tickets.customers.wordless import empty_messages, empty_tickets, refresh_pages
from tickets.models import Attachment, Message, Status, Ticket, TicketCC
from tickets.search.forgetting import forget_words, words_on
from tickets.search.indexing import index_tickets
from tickets.unused_files import let_go

NOBODY = Person((), (), ())


def _old_tickets(before: datetime) -> QuerySet[Ticket]:
    """Closed so long ago, and with words in them."""
    with_words = Exists(Message.objects.filter(ticket=OuterRef("pk"), erased_at=None))
    return Ticket.objects.filter(with_words, status=Status.CLOSED, closed_at__lt=before).order_by("closed_at", "pk")


def _empty_tickets(numbers: Sequence[int]) -> None:
    numbers = sorted(numbers)
    Ticket.objects.lock_all(numbers)
    words = words_on(numbers)
    messages = list(Message.objects.filter(ticket__in=numbers).values_list("pk", flat=True))
    for path in settings.ERASURE_OF_TICKETS:
        import_string(path)(NOBODY, own=numbers, tickets=numbers, messages=messages, sentences={})
    empty_messages(messages, now=timezone.now())
    empty_tickets(numbers)
    index_tickets(numbers)
    forget_words(words)
    refresh_pages(numbers)


def _old_files(before: datetime) -> QuerySet[Attachment]:
    """Of messages of tickets that are over; that a file was there stays."""
    over = Q(message__ticket__status__in=[Status.SOLVED, Status.CLOSED])
    return Attachment.objects.filter(over, created_at__lt=before, removed_at=None).order_by("pk")


def _remove_files(ids: Sequence[int]) -> None:
    files = Attachment.objects.filter(pk__in=ids)
    let_go(files.values_list("file", flat=True))
    files.update(file="", sha256="", removed_at=timezone.now(), removed_by="")


def _quiet_customers(before: datetime) -> QuerySet[Customer]:
    """Known for so long, and on no ticket, in no copy and with no order."""
    here = Customer.objects.filter(created_at__lt=before, updated_at__lt=before, erased_at=None, merged_into=None)
    for model, field in (
        (Ticket, "requester"),
        (TicketCC, "customer"),
        (Message, "author_customer"),
        (Order, "customer"),
    ):
        here = here.exclude(Exists(model._default_manager.filter(**{field: OuterRef("pk")})))
    return here.order_by("pk")


def _erase_customers(ids: Sequence[int]) -> None:
    """There may be thousands of them, and looking for one everywhere reads the whole database."""
    for customer in Customer.objects.filter(pk__in=ids):
        hand_over_job(erase(customer, actor=SYSTEM, everywhere=False))


KINDS = (
    Kind(
        "closed_tickets",
        _("Words of closed tickets"),
        _("Subject, messages, notes, files and mails go; the ticket, its times and numbers stay."),
        _old_tickets,
        _empty_tickets,
        chunk=25,
    ),
    Kind(
        "files",
        _("Files of solved and closed tickets"),
        _("The ticket says that a file was there and when it was removed."),
        _old_files,
        _remove_files,
    ),
    Kind(
        "quiet_customers",
        _("Customers without tickets"),
        _("Who wrote nothing, was in no copy and has no order is erased, counted from the last change of the record."),
        _quiet_customers,
        _erase_customers,
        chunk=20,
    ),
)
