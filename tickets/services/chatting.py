"""What was said to the customer in a chat, as messages of the ticket. It has reached them already: nothing is sent."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from customers.actors import SYSTEM, Actor
from helpdesk.lib.html import text_to_html
from tickets.events import AssistantReplied, ReplyAdded
from tickets.models import Channel, ChatEntry, Message, MessageKind, Said, Status, Ticket
from tickets.services.assignment import assign, can_be_assigned
from tickets.services.gesture import Gesture, gesture
from tickets.services.lifecycle import change_status
from tickets.services.sending import count_message


def add_chat_reply(ticket: Ticket, text: str, *, actor: Actor, chat_id: int, submit_key: UUID, at: datetime) -> Message:
    """What an agent said in a chat at `at`; the same `submit_key` again is the message of the first time.

    However much is said in a chat, it counts as one reply; `recount` says the same.
    """
    with gesture(ticket, actor=actor, now=at) as g:
        if done := g.ticket.messages.filter(submit_key=submit_key).first():
            return done
        said = ChatEntry.objects.filter(chat=chat_id, said=Said.AGENT, message__ticket=g.ticket)
        is_first = not said.exists()
        role = actor.user.role if actor.user else "system"
        message = _write(g, text, submit_key, at, author_user=actor.user, author_name=actor.name, author_role=role)
        g.record(ReplyAdded(message.pk, chat_id), message=message)
        g.change(waiting_since=None, reply_count=g.ticket.reply_count + is_first)
        if g.ticket.assignee is None and actor.user and can_be_assigned(actor.user):
            assign(g.ticket, actor.user, actor=actor)
        elif g.ticket.status == Status.NEW:
            change_status(g.ticket, Status.OPEN, actor=actor)
        return message


def add_assistant_reply(ticket: Ticket, text: str, *, name: str, submit_key: UUID, at: datetime) -> Message:
    """What the chat's assistant said, under the assistant's name. It counts nowhere as an answer of ours."""
    with gesture(ticket, actor=SYSTEM, now=at) as g:
        if done := g.ticket.messages.filter(submit_key=submit_key).first():
            return done
        message = _write(g, text, submit_key, at, author_name=name, author_role="system", is_automatic=True)
        g.record(AssistantReplied(message.pk), message=message)
        return message


def _write(g: Gesture, text: str, submit_key: UUID, at: datetime, **author: object) -> Message:
    message = Message.objects.create(
        ticket=g.ticket,
        kind=MessageKind.PUBLIC,
        channel=Channel.CHAT,
        text=text,
        html=text_to_html(text),
        submit_key=submit_key,
        created_at=at,
        **author,
    )
    count_message(g, message)
    return message
