"""What was said in chats becomes messages of tickets: a moment later, exactly once, with all that belongs to a message.

Lines of one side that follow each other are one gesture, so a busy chat costs no more triggers, clocks and signals than
there are turns in it, and a system under load settles larger turns. A line and its message are tied in the gesture's
transaction; whatever dies in between leaves the line unsettled, and the sweep finds it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final
from uuid import UUID, uuid5

from celery import shared_task
from django.db import connection, transaction
from django.utils.translation import gettext as _

from customers.actors import Actor
from helpdesk.lib.alone import alone
from tickets.chat.addresses import take_address
from tickets.chat.pre_chat import land_answers
from tickets.chat.visitors import customer_of
from tickets.events import ChatStarted
from tickets.models import Attachment, Channel, Chat, ChatEntry, ChatState, Message, Said, Ticket
from tickets.realtime import gathering
from tickets.services import Incoming, add_assistant_reply, add_chat_reply, opening_ticket, receive_message
from tickets.services.gesture import gesture

logger = logging.getLogger(__name__)

LOCK: Final = 0x0A551619  # any number of our own
MOST: Final = 200  # lines of one chat in one transaction


def settle(chat: Chat) -> Ticket | None:
    """Put on the ticket what is not there yet. Opens it for the first words; None while the assistant talks.

    Safe to call at any time and by several at once: whoever comes second finds nothing left.
    """
    open_if_due(chat)
    return _settle(chat)


@transaction.atomic
def _settle(chat: Chat) -> Ticket | None:
    chat = _read(chat)
    if chat.ticket is None:
        return None
    with gesture(chat.ticket, actor=Actor.of_customer(customer_of(chat.visitor))) as g:  # the lock, for all turns
        entries = list(chat.entries.filter(is_settled=False).select_related("author").order_by("seq")[:MOST])
    for turn in _turns(entries):
        _settle_turn(g.ticket, chat, turn)
    return g.ticket


@transaction.atomic
def open_if_due(chat: Chat) -> None:
    """The ticket of a chat that has none, or whose ticket is closed, once there are words for it.

    In a transaction of its own where the caller has none: this holds the chat's row, and everybody else locks the
    ticket before the chat. For the same reason the visitor's row, which a start locks, is written before it.
    """
    if not _needs_ticket(chat := _read(chat)):
        return
    customer_of(chat.visitor)
    Chat.objects.select_for_update().get(pk=chat.pk)
    if _needs_ticket(chat := _read(chat)):  # nobody was quicker
        ticket = _open(chat)
        Chat.objects.filter(pk=chat.pk).update(ticket=ticket, team=ticket.team_id)  # rules may have moved it


def _read(chat: Chat) -> Chat:
    return Chat.objects.select_related("ticket", "visitor__customer", "widget__inbox").get(pk=chat.pk)


def _needs_ticket(chat: Chat) -> bool:
    if (chat.ticket and not chat.ticket.is_closed) or chat.state == ChatState.BOT:
        return False
    return chat.entries.filter(is_settled=False).exists()


def _open(chat: Chat) -> Ticket:
    """A new ticket, or one that follows a closed one. Its first words come in the same transaction."""
    customer = customer_of(chat.visitor)
    first = chat.entries.filter(said=Said.VISITOR).exclude(text="").order_by("seq").first()
    subject = chat.subject or (first.text if first else "") or _("Chat with %(name)s") % {"name": customer}
    with (
        opening_ticket(
            customer,
            subject[:120],
            inbox=chat.widget.inbox,
            channel=Channel.CHAT,
            actor=Actor.of_customer(customer),
            follow_up_of=chat.ticket,
            now=first.created_at if first else None,
        ) as ticket,
        gesture(ticket, actor=Actor.of_customer(customer)) as g,
    ):
        if chat.team_id and chat.team_id != ticket.team_id:
            g.change(team=chat.team)
        g.record(ChatStarted(chat.pk, chat.page_url[:300]))
        if chat.visitor.claimed_email and not chat.visitor.verified_at:
            take_address(chat.visitor, chat.visitor.claimed_email)
        land_answers(chat, ticket)
        mine = chat.entries.filter(is_settled=False).select_related("author").order_by("seq")[:MOST]
        turn = next(_turns(list(mine)), [])
        if turn and turn[0].said == Said.VISITOR:
            _settle_turn(ticket, chat, turn)
    return ticket


def _turns(entries: Sequence[ChatEntry]) -> Iterator[list[ChatEntry]]:
    for _side, turn in groupby(entries, key=lambda entry: (entry.said, entry.author_id)):
        yield list(turn)


def _settle_turn(ticket: Ticket, chat: Chat, turn: Sequence[ChatEntry]) -> None:
    customer, side = customer_of(chat.visitor), turn[0].said
    actor = Actor.agent(turn[0].author) if turn[0].author else Actor.of_customer(customer)
    with gesture(ticket, actor=actor, now=turn[0].created_at) as g:
        for entry in turn:
            if side == Said.VISITOR:
                incoming = _incoming(chat, entry)
                message = receive_message(g.ticket, incoming, customer=customer, channel=Channel.CHAT, actor=actor)
            elif side == Said.AGENT:
                message = add_chat_reply(
                    g.ticket,
                    entry.text,
                    actor=actor,
                    chat_id=chat.pk,
                    submit_key=_submit_key(chat, entry),
                    at=entry.created_at,
                )
            else:
                message = add_assistant_reply(
                    g.ticket, entry.text, name=entry.name, submit_key=_submit_key(chat, entry), at=entry.created_at
                )
            _tie(entry, message)


def _incoming(chat: Chat, entry: ChatEntry) -> Incoming:
    return Incoming(
        text=entry.text,
        from_address="" if chat.visitor.verified_at else chat.visitor.claimed_email,
        match_rule="chat-verified" if chat.visitor.verified_at else "chat",
        match_evidence={"page": chat.page_url[:300] or chat.widget.name},
        submit_key=_submit_key(chat, entry),
        at=entry.created_at,
    )


def _submit_key(chat: Chat, entry: ChatEntry) -> UUID:
    return entry.client_id or uuid5(chat.key, str(entry.seq))


def _tie(entry: ChatEntry, message: Message) -> None:
    """From here on the words lie in the message alone: whoever redacts or erases it has them all."""
    if files := entry.payload.get("files"):
        Attachment.objects.filter(pk__in=files, message=None).update(message=message)
    entry.message, entry.is_settled, entry.text = message, True, ""
    entry.save(update_fields=["message", "is_settled", "text"])


# When

DUE = """
SELECT e.chat_id FROM tickets_chatentry e JOIN tickets_chat c ON c.id = e.chat_id
WHERE NOT e.is_settled AND (c.ticket_id IS NOT NULL OR c.state IN ('waiting', 'active'))
GROUP BY e.chat_id ORDER BY min(e.id) LIMIT %s
"""


def settle_due(*, limit: int = 100) -> int:
    """Chats with something unsettled, the oldest first; how many. One that fails is tried again and stops no other."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, [limit])
        due = [row[0] for row in cursor.fetchall()]
    with gathering():
        for pk in due:
            try:
                settle(Chat(pk=pk))
            except Exception:
                logger.exception("what was said in chat %s is not on its ticket yet", pk)
    return len(due)


@shared_task(expires=3)
def settle_chats() -> int:
    """Every second. Lines keep the time at which they were said, so clocks and numbers are not late.

    In one process at a time: a second one would wait for the tickets of the first, and keep a worker from other work.
    """
    with alone(LOCK) as is_alone:
        return settle_due() if is_alone else 0
