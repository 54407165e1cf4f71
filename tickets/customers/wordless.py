"""Tickets without their words: subject, messages, files, drafts, notices and what the timeline says go away.

What is counted stays: the tickets, their messages as rows, kinds and times of events, clocks and their targets. No
gesture is made of it: no rule may answer, no clock may move, nobody is notified because words were taken away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Func

from customers.blanking import blank_rows, pointing_at
from tickets.event_words import reword_events
from tickets.events import (
    CcAdded,
    CcRemoved,
    DeliveryChanged,
    MalwareFound,
    NoteChanged,
    ProposalDeclined,
    PublicCaseSorted,
    RatingGiven,
    RuleFailed,
    RuleMailed,
    RuleMailHeld,
    RuleNotifies,
    RuleTold,
    SubjectChanged,
    SurveySent,
    TakenToPrivate,
    TicketOpened,
)
from tickets.models import (
    Attachment,
    BulkItem,
    Draft,
    DraftRevision,
    DueRule,
    Follower,
    MacroUse,
    Mention,
    Message,
    Notification,
    ProposalState,
    ReplyProposal,
    Routed,
    RuleTrace,
    SearchEntry,
    SlaEvent,
    SlaMemory,
    SlaTarget,
    Ticket,
    TicketCC,
    TicketEvent,
    WaitingTicket,
)
from tickets.realtime import publish, ticket_topic
from tickets.unused_files import let_go

# What an event says besides what happened and when.
SAID: Mapping[str, tuple[str, ...]] = {
    TicketOpened.kind: ("subject",),
    SubjectChanged.kind: ("old", "new"),
    NoteChanged.kind: ("old",),
    DeliveryChanged.kind: ("detail",),
    RatingGiven.kind: ("comment",),
    SurveySent.kind: ("to",),
    MalwareFound.kind: ("filename",),
    CcAdded.kind: ("address",),
    CcRemoved.kind: ("address",),
    RuleTold.kind: ("subject", "text"),
    RuleMailed.kind: ("to",),
    RuleMailHeld.kind: ("subject",),
    RuleNotifies.kind: ("data",),
    RuleFailed.kind: ("reason",),
    PublicCaseSorted.kind: ("reason",),
    TakenToPrivate.kind: ("person",),
    ProposalDeclined.kind: ("why",),
}
# Rows about tickets that are dealt with here, or that hold nothing but numbers. Tables of later features are emptied
# of their words by what their columns are: see customers/blanking.py.
KNOWN = (
    Attachment, BulkItem, Draft, DraftRevision, DueRule, Follower, MacroUse, Mention, Message, Notification, Routed,
    RuleTrace, SearchEntry, SlaEvent, SlaMemory, SlaTarget, Ticket, TicketCC, TicketEvent, WaitingTicket,
)  # fmt: skip


def empty_messages(messages: Collection[int], *, now: datetime) -> int:
    """Take the words and files of these messages away; the rows stay, marked. How many files went."""
    files = Attachment.objects.filter(message__in=messages)
    count = drop_files(files.values_list("pk", flat=True))
    blank_rows(Message, {"pk__in": list(messages)}, keep=("author_name",))
    Message.objects.filter(pk__in=list(messages)).update(needs_frame=False, has_remote_images=False, erased_at=now)
    for model, field in pointing_at(Message, but=KNOWN, apps_of=("tickets",)):
        blank_rows(model, {f"{field}__in": list(messages)})
    return count


def drop_files(ids: Iterable[int]) -> int:
    """Rows and, where nobody else has the same bytes, what is stored."""
    files = Attachment.objects.filter(pk__in=list(ids))
    let_go(files.values_list("file", flat=True))
    return files.delete()[1].get("tickets.Attachment", 0)


def empty_tickets(numbers: Sequence[int]) -> None:
    """Everything around the messages: subject, events, drafts, notices, traces. `numbers` are locked by the caller."""
    Ticket.objects.filter(pk__in=numbers).update(subject="", preview="")
    reword_events(numbers, without_words)
    drop_drafts(numbers)
    waiting = ReplyProposal.objects.filter(ticket__in=numbers, state=ProposalState.WAITING)
    waiting.update(state=ProposalState.WITHDRAWN)  # without its words there is nothing to approve
    Notification.objects.filter(ticket__in=numbers).delete()
    RuleTrace.objects.filter(ticket__in=numbers).delete()
    BulkItem.objects.filter(ticket_id__in=numbers).update(reason="")
    for model, field in pointing_at(Ticket, but=KNOWN, apps_of=("tickets",)):
        blank_rows(model, {f"{field}__in": list(numbers)})


def without_words(kind: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    emptied = {name: type(payload[name])() for name in SAID.get(kind, ()) if payload.get(name)}
    return {**payload, **emptied}


def drop_drafts(numbers: Collection[int]) -> None:
    """Words that somebody was about to write there, what they were before, and files uploaded for them."""
    for model in (Draft, DraftRevision):
        rows = model._default_manager.filter(ticket__in=numbers)
        uploads = rows.annotate(upload=Func(F("attachment_ids"), function="unnest")).values_list("upload", flat=True)
        drop_files(Attachment.objects.filter(pk__in=list(uploads), message=None).values_list("pk", flat=True))
        rows.delete()


def refresh_pages(numbers: Iterable[int]) -> None:
    """Open pages fetch these tickets again, once that is committed."""
    topics = [ticket_topic(number) for number in numbers]
    if topics:
        transaction.on_commit(lambda: publish({"t": "changed", "topics": [*topics, "queue"]}))
