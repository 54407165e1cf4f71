"""Names of people whose messages name nobody: their provider is asked, by a worker, once for each of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from channels_app.base import Person, Rejected, SendError
from channels_app.messaging.text import storable
from channels_app.models import Conversation
from channels_app.registry import adapter_of
from customers.actors import SYSTEM
from customers.errors import Problems, Refused
from customers.models import Customer
from customers.normalising import name_from
from customers.record import change_customer
from tickets.models import Message

LEASE = timedelta(minutes=2)  # one call
TRIES = 5
AGAIN = timedelta(minutes=10)


def note(conversation: Conversation, kind: str, *, now: datetime) -> None:
    """Have its provider asked where the message named nobody, once. The conversation is locked."""
    from channels_app.tasks_accounts import hand_to_asker  # which calls us

    if conversation.person_name or conversation.name_due_at or "name_asked" in conversation.facts:
        return
    if adapter_of(kind).tells_names:
        conversation.name_due_at = now
        conversation.save(update_fields=["name_due_at"])
        hand_to_asker(conversation)


def waiting(now: datetime) -> QuerySet[Conversation]:
    return Conversation.objects.filter(name_due_at__lte=now).order_by("name_due_at")


def ask(pk: int, *, now: datetime) -> bool:
    """Ask about one; False when it is not due, or somebody else asks."""
    if not waiting(now).filter(pk=pk).update(name_due_at=now + LEASE):
        return False
    conversation = Conversation.objects.select_related("account", "identity__customer").get(pk=pk)
    person, is_over = _asked(conversation)
    tries = int(conversation.facts.get("name_tries", 0)) + 1
    with transaction.atomic():
        row = Conversation.objects.select_for_update(no_key=True).get(pk=pk)
        if person or is_over or tries >= TRIES:
            row.name_due_at, row.facts = None, {**row.facts, "name_asked": now.isoformat()}
        else:
            row.name_due_at, row.facts = now + AGAIN * tries, {**row.facts, "name_tries": tries}
        name = storable(person.name or person.handle, 200).strip() if person else ""
        row.person_name = row.person_name or name
        row.save(update_fields=["name_due_at", "facts", "person_name"])
        if name and conversation.identity:
            _learn(conversation.identity.customer, conversation.identity.kind, conversation.identity.value, name)
    return True


def _asked(conversation: Conversation) -> tuple[Person | None, bool]:
    """Who it is, and whether asking again is of no use."""
    if conversation.identity is None:
        return None, True
    try:
        return adapter_of(conversation.account.kind).profile_of(conversation.account, conversation.identity.value), True
    except Rejected:  # who has not agreed to it stays without a name
        return None, True
    except SendError:
        return None, False


def _learn(customer: Customer, kind: str, value: str, name: str) -> None:
    """Never over a name that somebody has given; what is written under their messages follows."""
    fresh = Customer.objects.select_for_update(no_key=True).filter(pk=customer.pk, merged_into=None).first()
    if fresh is None or fresh.erased_at or fresh.name not in ("", name_from(kind, value)):
        return
    unnamed = str(fresh)
    try:
        change_customer(fresh, {"name": name}, actor=SYSTEM)
    except (Problems, Refused):  # no name that a record takes
        return
    Message.objects.filter(author_customer=fresh, author_name=unnamed).update(author_name=name)
