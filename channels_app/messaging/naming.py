"""Who people are whose messages name nobody, and below which post they comment: a worker asks their provider, once."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from channels_app.base import Person, Post, Rejected, SendError
from channels_app.messaging.text import storable
from channels_app.models import Conversation, ProviderMessage
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
LONGEST_POST = 2000  # characters kept of it


def note(conversation: Conversation, kind: str, *, now: datetime) -> None:
    """Have its provider asked where the message named nobody, or no post, once. The conversation is locked."""
    from channels_app.tasks_accounts import hand_to_asker  # which calls us

    if conversation.name_due_at or "name_asked" in conversation.facts:
        return
    adapter = adapter_of(kind)
    wants_post = conversation.is_public and adapter.tells_posts
    if wants_post or (adapter.tells_names and not conversation.person_name):
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
    tries = int(conversation.facts.get("name_tries", 0)) + 1
    try:
        person, post = _person(conversation), _post(conversation)
    except SendError:
        if tries < TRIES:
            _again(conversation, tries, now)
            return True
        person, post = None, None
    with transaction.atomic():
        row = Conversation.objects.select_for_update(no_key=True).get(pk=pk)
        row.name_due_at, row.facts = None, {**row.facts, "name_asked": now.isoformat()}
        name = storable(person.name or person.handle, 200).strip() if person else ""
        row.person_name = row.person_name or name
        if post:
            row.facts["post"] = {"url": storable(post.url, 2000), "text": storable(post.text, LONGEST_POST)}
            _show_post(row, post)
        row.save(update_fields=["name_due_at", "facts", "person_name"])
        if name and conversation.identity:
            _learn(conversation.identity.customer, conversation.identity.kind, conversation.identity.value, name)
    return True


def _again(conversation: Conversation, tries: int, now: datetime) -> None:
    with transaction.atomic():
        row = Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)
        row.name_due_at, row.facts = now + AGAIN * tries, {**row.facts, "name_tries": tries}
        row.save(update_fields=["name_due_at", "facts"])


def _person(conversation: Conversation) -> Person | None:
    """Who has not agreed to it stays without a name. Raises a `SendError` when asking again may help."""
    adapter = adapter_of(conversation.account.kind)
    if conversation.person_name or conversation.identity is None or not adapter.tells_names:
        return None
    try:
        return adapter.profile_of(conversation.account, conversation.identity.value)
    except Rejected:
        return None


def _post(conversation: Conversation) -> Post | None:
    """Below what it was said; None where that is gone. Raises a `SendError` when asking again may help."""
    adapter = adapter_of(conversation.account.kind)
    if not (conversation.is_public and adapter.tells_posts):
        return None
    try:
        return adapter.post_of(conversation.account, conversation.thread_key)
    except Rejected:
        return None


def _show_post(conversation: Conversation, post: Post) -> None:
    """On messages that came without its address."""
    if not post.url.startswith("https://"):
        return
    said = ProviderMessage.objects.filter(conversation=conversation).exclude(message=None)
    for message in Message.objects.select_for_update().filter(pk__in=said.values("message")):
        if "post_url" not in message.facts:
            message.facts = {**message.facts, "post_url": storable(post.url, 2000)}
            message.save(update_fields=["facts"])


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
