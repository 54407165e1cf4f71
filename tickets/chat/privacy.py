"""The chats' part of a person: what is kept beside their tickets, given to them, taken away, let go in time.

What was said lies in messages of tickets, which tickets/customers/ sees to. Left are the chats of the assistant alone,
files that never went out, mails about chats, and what browsers and pages told of their visitor.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.blanking import blank_rows
from customers.erasing import erased_name
from customers.exporting import Part, part_of, person_exported, row_of
from customers.models import PrivacyJob
from customers.person import Person, person_in
from customers.retention import Kind
from helpdesk.lib.masking import Mask
from tickets.chat import log
from tickets.customers.wordless import drop_files
from tickets.models import (
    BlockedBy,
    Chat,
    ChatBlock,
    ChatEntry,
    ChatMail,
    ChatState,
    ChatUpload,
    ChatVisitor,
    Invited,
    Ticket,
)


def count(person: Person) -> list[tuple[str, int]]:
    """What the page before says will go."""
    visitors = ChatVisitor.objects.filter(customer__in=person.customers)
    return [
        (_("Browsers in which they have chatted"), visitors.count()),
        (_("Chats"), Chat.objects.filter(visitor__in=visitors).count()),
    ]


def erase(job: PrivacyJob) -> None:
    """Step: chats stay as rows, to be counted. A browser of theirs that comes back is somebody new."""
    person = person_in(job)
    visitors = list(ChatVisitor.objects.filter(customer__in=person.customers).values_list("pk", flat=True))
    chats = list(Chat.objects.filter(visitor__in=visitors).values_list("pk", flat=True))
    _empty(chats)
    uploads = ChatUpload.objects.filter(visitor__in=visitors, attachment__message=None)
    drop_files(uploads.values_list("attachment", flat=True))
    newest = job.plan["barriers"].get("tickets_chatmail", 2**62)
    ChatMail.objects.filter(Q(chat__in=chats) | Q(email__in=person.addresses, pk__lte=newest)).delete()
    Invited.objects.filter(visitor__in=visitors).update(page_url="")
    _rename_blocks(person, visitors)
    ChatVisitor.objects.filter(pk__in=visitors, chats=None).delete()
    blank_rows(ChatVisitor, {"pk__in": visitors})
    ChatVisitor.objects.filter(pk__in=visitors).update(customer=None, verified_at=None)


def _empty(chats: Collection[int]) -> None:
    """Everything said in them that is no message of a ticket, and what stands on the chats themselves."""
    words = ChatEntry.objects.filter(chat__in=chats, message=None).exclude(payload={}).values_list("payload", flat=True)
    drop_files(pk for payload in words for pk in payload.get("files", ()))
    blank_rows(ChatEntry, {"chat__in": chats, "message": None})
    blank_rows(Chat, {"pk__in": chats})


def _rename_blocks(person: Person, visitors: Collection[Any]) -> None:
    """Whoever was kept out stays out; what they were called goes."""
    theirs = Q(by=BlockedBy.VISITOR, value__in=map(str, visitors)) | Q(
        by=BlockedBy.CUSTOMER, value__in=map(str, person.customers)
    )
    ChatBlock.objects.filter(theirs).update(shown=erased_name(person.customers[0]), reason="")


def export(job: PrivacyJob) -> None:
    """Step: each chat as it was, line by line, and what is kept of the browsers."""
    person = person_exported(job)
    chats = Chat.objects.filter(visitor__customer__in=person.customers).order_by("pk")
    with part_of(job, "chats") as part:
        for chat in chats:
            _export(chat, part)
        mails = ChatMail.objects.filter(Q(chat__in=chats) | Q(email__in=person.addresses)).order_by("pk")
        part.json("chat_mails", [row_of(mail) for mail in mails])


def _export(chat: Chat, part: Part) -> None:
    """Whom it was offered to and how it was routed is about colleagues, not about the person."""
    lines, since = [], 0
    while page := log.read(chat.pk, since=since):
        lines += [line.as_dict() for line in page]
        since = page[-1].seq
    facts = row_of(chat, but=("skills", "bot", "told_seconds", "joined_at_position", "goes_first"))
    part.json(f"chats/{chat.pk}", {"chat": facts, "lines": lines}, count=1)


def redact(ticket: Ticket, mask: Mask, *, messages: Collection[int]) -> None:
    """`settings.REDACTION_REACHES`: what repeats the words beside the messages in which the log reads them."""
    for chat in Chat.objects.filter(ticket=ticket).select_related("visitor"):
        Chat.objects.filter(pk=chat.pk).update(
            subject=mask.text(chat.subject)[:200], answers=mask.json(chat.answers), page_url=mask.text(chat.page_url)
        )
        ChatVisitor.objects.filter(pk=chat.visitor_id).update(
            attributes=mask.json(chat.visitor.attributes), page_url=mask.text(chat.visitor.page_url)
        )
        for entry in chat.entries.exclude(text=""):
            masked = mask.text(entry.text)
            if masked != entry.text:
                ChatEntry.objects.filter(pk=entry.pk).update(text=masked)


# How long it is kept


def _old_visitors(before: datetime) -> QuerySet[ChatVisitor]:
    """Not seen for so long, in no chat that is under way, and with anything to forget."""
    live = Exists(Chat.objects.filter(~Q(state=ChatState.ENDED), visitor=OuterRef("pk")))
    told = ~Q(page_url="", page_title="", agent="", country="", attributes={}, claimed_name="", claimed_email="")
    never = ~Exists(Chat.objects.filter(visitor=OuterRef("pk")))
    return ChatVisitor.objects.filter(~live, told | never, last_seen_at__lt=before).order_by("last_seen_at", "pk")


def _forget_visitors(ids: Sequence[Any]) -> None:
    ChatVisitor.objects.filter(pk__in=ids, chats=None).delete()
    blank_rows(ChatVisitor, {"pk__in": list(ids)})


def _old_assistant_chats(before: datetime) -> QuerySet[Chat]:
    with_words = Exists(ChatEntry.objects.filter(chat=OuterRef("pk"), message=None).exclude(text=""))
    return Chat.objects.filter(with_words, ticket=None, ended_at__lt=before).order_by("ended_at", "pk")


KINDS = (
    Kind(
        "chat_visitors",
        gettext_lazy("Visitors of chats"),
        gettext_lazy("What their browsers and your pages told of them: page, browser, country, name. Chats stay."),
        _old_visitors,
        _forget_visitors,
    ),
    Kind(
        "assistant_chats",
        gettext_lazy("Chats with the assistant alone"),
        gettext_lazy("Their words go; that there was a chat stays, to be counted. Other chats go with their tickets."),
        _old_assistant_chats,
        _empty,
    ),
)
