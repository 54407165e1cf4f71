"""What the console reads: one's own chats, who waits, what is offered, and notes beside a chat. Few statements each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Left

from helpdesk.accounts.models import User
from helpdesk.lib.people import hue_of, initials_of
from tickets.chat import queue
from tickets.models import Chat, ChatEntry, ChatOffer, ChatState, ChatVisitor, Message, MessageKind, OfferState, Said

MOST_WAITING: Final = 50  # shown
NOTES: Final = 50
PREVIEW: Final = 140  # characters
OVER_SHOWN: Final = timedelta(minutes=10)  # an own chat that has ended stays in the list


@dataclass(frozen=True)
class Face:
    """How a visitor is shown to staff. `is_claimed`: the name is only what they said of themselves."""

    name: str
    initials: str
    hue: int
    is_verified: bool
    is_claimed: bool


def face_of(visitor: ChatVisitor) -> Face:
    """The record's name where there is one; else what the visitor calls themselves."""
    customer, is_verified = visitor.customer, visitor.verified_at is not None
    if customer is not None and customer.name:
        is_claimed = not is_verified and customer.name == visitor.claimed_name
        return Face(customer.name, customer.initials, customer.hue, is_verified, is_claimed)
    name = str(visitor)
    return Face(name, initials_of(name), hue_of(str(visitor.pk)), is_verified, bool(visitor.claimed_name))


@dataclass(frozen=True)
class Row:
    """A chat in a list. `since`: since when somebody waits, None where nobody does."""

    chat: Chat
    face: Face
    unread: int
    preview: str
    since: datetime | None


def mine(user: User, *, now: datetime) -> list[Row]:
    """The chats this person has, in the order in which they took them; those that ended a moment ago come last."""
    over = Q(state=ChatState.ENDED, ended_at__gt=now - OVER_SHOWN)
    chats = _described(Chat.objects.filter(agent=user).filter(Q(state=ChatState.ACTIVE) | over))
    ordered = chats.order_by(F("ended_at").asc(nulls_first=True), F("accepted_at").asc(nulls_last=True), "pk")
    return [_row(chat, waits_since(chat)) for chat in ordered]


def waiting(user: User) -> list[Row]:
    """Who waits for an agent, as far as this person may see it; first who is next in their queue."""
    chats = _described(queue.visible_to(user).filter(state=ChatState.WAITING))
    return [_row(chat, waits_since(chat)) for chat in chats.order_by(*queue.ORDER)[:MOST_WAITING]]


def count_waiting(user: User) -> int:
    return queue.visible_to(user).filter(state=ChatState.WAITING).count()


def offered(user: User, *, now: datetime) -> list[ChatOffer]:
    """What waits for a yes or no of this person; each with the visitor's last words as `said`."""
    offers = ChatOffer.objects.filter(user=user, state=OfferState.OPEN, expires_at__gt=now)
    related = offers.select_related("chat__visitor__customer", "chat__widget", "chat__team")
    entries = ChatEntry.objects.filter(chat=OuterRef("chat"), said=Said.VISITOR).order_by("-seq")
    return list(related.annotate(said=Subquery(_words(entries))).order_by("expires_at"))


def waits_since(chat: Chat) -> datetime | None:
    """Since when its visitor waits for an agent, or for the agent's next word."""
    if chat.state == ChatState.WAITING:
        return chat.queued_at or chat.started_at
    return chat.visitor_said_at if chat.state == ChatState.ACTIVE else None


def rows_of(chats: QuerySet[Chat], *, most: int) -> list[Row]:
    """Any chats as a list shows them; `chats` in the order in which they are to be shown."""
    return [_row(chat, waits_since(chat)) for chat in _described(chats)[:most]]


def _described(chats: QuerySet[Chat]) -> QuerySet[Chat]:
    """With what a list shows of each: the visitor, words not seen yet, and the last that was said."""
    last = ChatEntry.objects.filter(chat=OuterRef("pk")).exclude(said=Said.EVENT).order_by("-seq")
    unseen = Q(entries__said=Said.VISITOR, entries__seq__gt=F("agent_seen_seq"))
    return chats.select_related("visitor__customer", "widget", "team", "ticket", "agent").annotate(
        unread=Count("entries", filter=unseen), last_words=Subquery(_words(last))
    )


def _words(entries: QuerySet[ChatEntry]) -> Any:
    """A settled line's words lie in its message."""
    return entries.values(cut=Left(Coalesce("message__text", "text"), PREVIEW))[:1]


def _row(chat: Any, since: datetime | None) -> Row:
    return Row(chat, face_of(chat.visitor), chat.unread, chat.last_words or "", since)


def notes_of(chat: Chat) -> list[dict[str, Any]]:
    """What colleagues wrote beside the chat since it began: the log holds only what its visitor may see."""
    if chat.ticket_id is None:
        return []
    notes = Message.objects.filter(
        ticket=chat.ticket_id, kind=MessageKind.NOTE, erased_at=None, created_at__gte=chat.started_at
    )
    return [note_as_dict(note) for note in reversed(notes.order_by("-pk")[:NOTES])]


def note_as_dict(note: Message) -> dict[str, Any]:
    return {"id": note.pk, "name": note.author_name, "text": note.text, "at": note.created_at.isoformat()}
