"""The first line of a chat: whoever comes back within a day goes on with the ticket they had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from customers.actors import Actor
from tickets.chat import invitations, log, offering, queue
from tickets.chat.log import Line
from tickets.chat.pre_chat import land_answers
from tickets.chat.presence import team_id_of
from tickets.events import ChatStarted
from tickets.models import Attachment, Chat, ChatEntry, ChatState, ChatVisitor, Said, Status, Ticket
from tickets.models.ticket import UNSOLVED
from tickets.services import gesture

STILL_THE_SAME: Final = timedelta(hours=24)  # after it was solved


@transaction.atomic
def start(
    visitor: ChatVisitor,
    text: str,
    *,
    client_id: UUID,
    answers: Mapping[str, Any] | None = None,
    attachments: Sequence[Attachment] = (),
    subject: str = "",
    page_url: str = "",
    language: str = "",
    now: datetime | None = None,
) -> tuple[Chat, Line]:
    """Begin a chat with its first line. The same `client_id` again is the chat and line of the first time.

    Where the visitor has a chat already the line goes there: two tabs, or a start that crossed with another.
    """
    now = now or timezone.now()
    # The visitor's row keeps two starts apart, but not from what only refers to it: settling a chat does.
    locked = ChatVisitor.objects.select_for_update(of=("self",), no_key=True).select_related("widget__inbox")
    visitor = locked.get(pk=visitor.pk)
    known = ChatEntry.objects.filter(chat__visitor=visitor, client_id=client_id).select_related("chat").first()
    chat = known.chat if known else Chat.objects.filter(visitor=visitor).exclude(state=ChatState.ENDED).first()
    if chat is None:
        chat = _begin(visitor, answers or {}, subject, page_url, language, now)
    line = log.say(
        chat, Said.VISITOR, text, client_id=client_id, name=visitor.claimed_name, attachments=attachments, now=now
    )
    return chat, line


def _begin(
    visitor: ChatVisitor, answers: Mapping[str, Any], subject: str, page_url: str, language: str, now: datetime
) -> Chat:
    widget = visitor.widget
    chat = Chat.objects.create(
        widget=widget,
        visitor=visitor,
        team_id=team_id_of(widget),
        state=ChatState.BOT,
        language=language or visitor.language,
        answers=dict(answers),
        subject=subject[:200],
        page_url=page_url[:1000],
        started_at=now,
        last_said_at=now,
    )
    invitations.led_to(chat, visitor, now=now)
    if not widget.flows.filter(is_active=True).exists():
        go_to_people(chat, now=now)
    return chat


def go_to_people(chat: Chat, *, now: datetime) -> None:
    """Into the queue, with the ticket that the visitor's last chat left behind if it is still the same matter."""
    if chat.ticket is None and (ticket := _left_behind(chat.visitor, now)):
        with gesture(ticket, actor=Actor.of_customer(ticket.requester), now=now) as g:
            chat.ticket, chat.skills = g.ticket, list(g.ticket.skills)  # as it is once it is locked
            chat.team = g.ticket.team or chat.team
            chat.save(update_fields=["ticket", "skills", "team"])
            g.record(ChatStarted(chat.pk, chat.page_url[:300]))
            land_answers(chat, g.ticket)
    queue.enter(chat, now=now)
    queue.tell(chat)
    transaction.on_commit(offering.ask_for_offers)


def _left_behind(visitor: ChatVisitor, now: datetime) -> Ticket | None:
    """Only a ticket that is still theirs: an agent may have given it to another customer."""
    lately = Q(status__in=UNSOLVED) | Q(status=Status.SOLVED, solved_at__gte=now - STILL_THE_SAME)
    tickets = Ticket.objects.select_related("requester").filter(
        lately, chats__visitor=visitor, requester=visitor.customer_id
    )
    return tickets.order_by("-chats__pk").first()
