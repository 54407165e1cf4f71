"""Privacy's part of messages elsewhere: what is kept beside tickets, given to the person, taken away, let go in time.

What was said lies in messages of tickets. Left are conversations with the keys of people, what parts remember (former
words, reactions, what waits to be sent), files that are still to be fetched, and the calls of hooks as they came.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_app.models import (
    Conversation,
    Direction,
    HookPayload,
    HookState,
    MediaState,
    PartState,
    ProviderMedia,
    ProviderMessage,
)
from customers.exporting import part_of, person_exported, row_of
from customers.models import PrivacyJob
from customers.person import Person, person_in
from customers.retention import Kind
from helpdesk.lib.masking import Mask
from tickets.models import DeliveryState, Message, Ticket

# A call that was read is needed no longer than its provider may send it again, and somebody may ask what became of it.
READ_KEPT, OTHERS_KEPT = timedelta(days=30), timedelta(days=90)
PLACEHOLDERS_KEPT = timedelta(days=30)  # what was told of messages that never came
WAITING = (PartState.WAITING,)


def count(person: Person) -> list[tuple[str, int]]:
    """What the page before says will go."""
    return [(_("Conversations by messengers and texts"), _theirs(person).count())]


def erase(job: PrivacyJob) -> None:
    """Step: rows stay, to be counted. Whoever writes again from the same number is somebody new."""
    person = person_in(job)
    talks = list(_theirs(person).values_list("pk", flat=True))
    written = Q(message__author_customer__in=person.customers, message__erased_at__isnull=False)
    parts = list(ProviderMessage.objects.filter(Q(conversation__in=talks) | written).values_list("pk", flat=True))
    _empty(parts)
    _take_reactions(person, talks)
    drop_calls(HookPayload.objects.filter(conversations__overlap=talks), _("The person was erased."))
    for pk in talks:
        Conversation.objects.filter(pk=pk).update(
            thread_key=f"erased-{pk}", identity=None, person_name="", unreachable="", facts={}
        )


def _theirs(person: Person) -> QuerySet[Conversation]:
    nobodys = Q(identity=None, ticket__requester__in=person.customers)
    return Conversation.objects.filter(Q(identity__customer__in=person.customers) | nobodys)


def _empty(parts: Collection[int]) -> None:
    """Former words and what was still to be sent to them, which is not sent."""
    rows = ProviderMessage.objects.filter(pk__in=parts)
    waiting = rows.filter(state__in=WAITING)
    messages = list(waiting.exclude(message=None).values_list("message_id", flat=True))
    waiting.update(state=PartState.CANCELLED, due_at=None)
    Message.objects.filter(pk__in=messages).update(delivery_state=DeliveryState.CANCELLED)
    rows.update(external_id="", reply_to="", body={}, edit={}, reactions={}, error="")
    files = ProviderMedia.objects.filter(part__in=parts)
    files.filter(state=MediaState.WAITING).update(state=MediaState.FAILED)
    files.update(ref={}, filename="", reason="")


def _take_reactions(person: Person, talks: Collection[int]) -> None:
    """Theirs to what others wrote, in conversations of several people."""
    keys = {address.rpartition(":")[2] for address in person.addresses}
    for part in ProviderMessage.objects.filter(reactions__has_any_keys=list(keys)).exclude(conversation__in=talks):
        names = {given["who"] for key, given in part.reactions.items() if key in keys}
        part.reactions = {key: given for key, given in part.reactions.items() if key not in keys}
        part.save(update_fields=["reactions"])
        if message := part.message:
            shown = [each for each in message.facts.get("reactions", []) if each["who"] not in names]
            Message.objects.filter(pk=message.pk).update(facts={**message.facts, "reactions": shown})


def drop_calls(payloads: QuerySet[HookPayload], reason: str) -> int:
    """Their bytes; the row stays with its time and state. What waited to be read again can't be."""
    rows = HookPayload.objects.filter(pk__in=list(payloads.values_list("pk", flat=True)))
    return rows.update(raw=b"", query="", headers={}, reason=reason)


def export(job: PrivacyJob) -> None:
    """Step: each conversation, and what became of its messages there. The words stand with the tickets."""
    person = person_exported(job)
    with part_of(job, "conversations") as part:
        for talk in _theirs(person).order_by("pk"):
            rows = ProviderMessage.objects.filter(conversation=talk).order_by("pk")
            said = [_exported(row) for row in rows.iterator(500)]
            facts = row_of(talk, but=("facts", "name_due_at"))
            part.json(f"conversations/{talk.pk}", {"conversation": facts, "messages": said}, count=1)


def _exported(row: ProviderMessage) -> dict[str, Any]:
    told = row_of(row, but=("leased_until", "due_at", "attempt", "tried_since", "client_key", "reactions", "body"))
    return {**told, "reactions": list(row.reactions.values())}


def redact(ticket: Ticket, mask: Mask, *, messages: Collection[int]) -> None:
    """`settings.REDACTION_REACHES`: what repeats the words beside the messages."""
    parts = ProviderMessage.objects.filter(message__ticket=ticket)
    for part in parts:
        masked = mask.json(part.edit), mask.json(part.body)
        if masked != (part.edit, part.body):
            ProviderMessage.objects.filter(pk=part.pk).update(edit=masked[0], body=masked[1])
    for message in Message.objects.filter(ticket=ticket, pk__in=parts.values("message")):
        facts = mask.json(message.facts)
        if facts != message.facts:
            Message.objects.filter(pk=message.pk).update(facts=facts)
    talks = list(parts.filter(message__in=messages).exclude(conversation=None).values_list("conversation", flat=True))
    calls = HookPayload.objects.filter(conversations__overlap=talks).exclude(raw=b"")
    drop_calls(calls, _("Its source was removed: words in it were redacted."))


# How long it is kept


def forget_old(*, now: datetime, limit: int = 1000) -> int:
    """Calls that were read long ago, and what was told of messages that never came; how many rows."""
    read = Q(state=HookState.APPLIED, received_at__lt=now - READ_KEPT)
    others = Q(received_at__lt=now - OTHERS_KEPT) & ~Q(state=HookState.RECEIVED)
    calls = HookPayload.objects.filter(read | others).order_by("received_at").values_list("pk", flat=True)
    gone = HookPayload.objects.filter(pk__in=list(calls[:limit])).delete()[0]
    left = ProviderMessage.objects.filter(
        direction=Direction.UNKNOWN, message=None, created_at__lt=now - PLACEHOLDERS_KEPT
    )
    return gone + ProviderMessage.objects.filter(pk__in=list(left.values_list("pk", flat=True)[:limit])).delete()[0]


def _old_calls(before: datetime) -> QuerySet[HookPayload]:
    return HookPayload.objects.exclude(state=HookState.RECEIVED).exclude(raw=b"").filter(received_at__lt=before)


def _drop_calls(ids: Sequence[int]) -> None:
    drop_calls(HookPayload.objects.filter(pk__in=ids), _("Its source was removed: it was kept long enough."))


KINDS = (
    Kind(
        "hook_calls",
        gettext_lazy("Messages as other companies sent them"),
        gettext_lazy(
            "The source of each call. It goes by itself after a month; what stands on tickets is not touched."
        ),
        lambda before: _old_calls(before).order_by("pk"),
        _drop_calls,
        chunk=500,
    ),
)
