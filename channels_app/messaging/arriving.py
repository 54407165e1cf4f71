"""A message that came in: whose it is, in which conversation it was said, and on which ticket it goes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from channels_app.base import MessageIn
from channels_app.messaging import albums, changing, crowds, echoes, media, naming, quoting, starting
from channels_app.messaging.people import identity_of
from channels_app.messaging.reaching import heard_from
from channels_app.messaging.text import storable, storable_json
from channels_app.messaging.threads import part_called, talk
from channels_app.models import Conversation, Direction, ProviderAccount, ProviderMessage
from channels_app.registry import channel_of
from customers.actors import Actor
from customers.models import Customer, Identity
from tickets.models import Message, Ticket
from tickets.services import Incoming, gesture, note_public_post, opening_ticket, receive_message, settle_late

LONGEST_TEXT = 100_000  # characters; no channel takes more
BELIEVED_FOR = timedelta(days=8)  # providers repeat a call for a week; a moment before that is a clock gone wrong
SUBJECT = 80  # characters


def message_in(account: ProviderAccount, told: MessageIn, now: datetime) -> int | None:
    """Raises `echoes.NotYet` for what may be an echo of a call that has not returned."""
    part = part_called(account, told.external_id)
    if part.direction == Direction.IN:
        return part.conversation_id
    part.account = account
    conversation, at = talk(account, told.thread_key), said_at(told.at, now)
    conversation.account = account
    if told.is_echo or part.direction == Direction.OUT:
        _echo(part, told, conversation, at, now)
    else:
        _arrived(part, told, conversation, at, now)
    return conversation.pk


def _arrived(part: ProviderMessage, told: MessageIn, conversation: Conversation, at: datetime, now: datetime) -> None:
    led = starting.led_by(told.start, conversation, now=now) if told.start else None
    identity = identity_of(part.account, told.sender, led=led)
    _note_person(conversation, told, identity, at)
    if led:
        starting.carry_on(led, conversation, identity)
    naming.note(conversation, part.account.kind, now=now)
    if (together := albums.message_of(conversation, told)) is not None:
        _file(part, conversation, together, told, at)
        media.note(part, told.files, now=now)
        albums.join(together, part, now=now)
        return
    before = conversation.ticket_id
    with _ticket(conversation, identity.customer, told, now) as ticket:
        if ticket is None:
            _file(part, conversation, None, told, at)
            return
        message = _receive(ticket, part, conversation, identity.customer, told, at)
        if ticket.pk != before:
            for kept in echoes.awaiting(conversation):
                echoes.put_on(ticket, kept, now=now)
        _follow(part, message, told, now)


def said_at(at: datetime, now: datetime) -> datetime:
    return at if now - BELIEVED_FOR < at <= now else now


def subject_of(told: MessageIn) -> str:
    """The beginning of the words, or what came in their place."""
    words = " ".join(starting.without_word(storable(told.text), told.start).split())
    if words:
        return words if len(words) <= SUBJECT else f"{words[:SUBJECT].rsplit(' ', 1)[0]}…"
    if told.files:
        kind = told.files[0].content_type.partition("/")[0]
        return {"image": _("Photo"), "video": _("Video"), "audio": _("Voice message")}.get(kind, _("File"))
    if "location" in told.facts:
        return _("Location")
    return _("Contact") if "contacts" in told.facts else _("Message")


def _echo(part: ProviderMessage, told: MessageIn, conversation: Conversation, at: datetime, now: datetime) -> None:
    """It opens no ticket; on a closed one it is not filed either, and waits with what comes before the next one."""
    if echoes.settle_ours(part, told, conversation, at):
        return
    echoes.keep_elsewhere(part, told, conversation, at)
    ticket = _open_end(conversation)
    if ticket is None or ticket.is_closed:
        return
    message = echoes.put_on(ticket, part, now=now)
    _follow(part, message, told, now)


def _receive(
    ticket: Ticket, part: ProviderMessage, conversation: Conversation, customer: Customer, told: MessageIn, at: datetime
) -> Message:
    incoming = _incoming(conversation, told, at)
    actor = Actor.of_customer(customer)
    channel = channel_of(conversation.account.kind)
    with gesture(ticket, actor=actor) as g:
        message = receive_message(ticket, incoming, customer=customer, channel=channel, actor=actor)
        settle_late(g, message)
        if told.is_public:
            note_public_post(ticket, message, people_below_post=crowds.below(conversation, at), actor=actor)
    _file(part, conversation, message, told, at)
    return message


def _follow(part: ProviderMessage, message: Message, told: MessageIn, now: datetime) -> None:
    """Its files, what it answers and what answers it, and what was told of it before it came."""
    if told.files:
        media.note(part, told.files, now=now)
        message.facts = {**message.facts, "files_missing": media.missing_of(message)}
        message.save(update_fields=["facts"])
    quoting.link(part, message)
    if part.edit or part.withdrawn_at:
        changing.show_first(part, now=now)
    if part.reactions:
        changing.show_reactions(message, now=now)


def _note_person(conversation: Conversation, told: MessageIn, identity: Identity, at: datetime) -> None:
    conversation.identity_id = conversation.identity_id or identity.pk
    conversation.person_name = storable(told.sender.name, 200).strip() or conversation.person_name
    conversation.is_public = conversation.is_public or told.is_public
    if told.opens_window:
        conversation.last_inbound_at = max(conversation.last_inbound_at or at, at)
        if told.window:
            until = at + told.window
            conversation.window_until = max(conversation.window_until or until, until)
    heard_from(conversation, at)
    conversation.save(
        update_fields=[
            "identity", "person_name", "is_public", "last_inbound_at", "window_until", "unreachable", "facts",
        ]
    )  # fmt: skip


@contextmanager
def _ticket(conversation: Conversation, customer: Customer, told: MessageIn, now: datetime) -> Iterator[Ticket | None]:
    """The conversation's ticket as a gesture of the customer's; a new one where there is none, or it is closed."""
    actor, current = Actor.of_customer(customer), _open_end(conversation)
    if current and not current.is_closed:
        with gesture(current, actor=actor, now=now, is_locked=True):
            yield current
        return
    if not told.opens_ticket:
        yield None
        return
    account = conversation.account
    with opening_ticket(
        current.requester if current else customer,
        subject_of(told),
        inbox=account.inbox,
        channel=channel_of(account.kind),
        actor=actor,
        follow_up_of=current,
        now=now,
    ) as ticket:
        conversation.ticket = ticket
        conversation.save(update_fields=["ticket"])
        yield ticket


def _open_end(conversation: Conversation) -> Ticket | None:
    """The ticket, locked; where it is closed, the newest of those that carry it on."""
    if conversation.ticket_id is None:
        return None
    ticket = Ticket.objects.lock(conversation.ticket_id)
    while ticket.is_closed and (following := ticket.follow_ups.order_by("-pk").first()):
        ticket = Ticket.objects.lock(following.pk)
    if ticket.pk != conversation.ticket_id:
        conversation.ticket = ticket
        conversation.save(update_fields=["ticket"])
    return ticket


def _incoming(conversation: Conversation, told: MessageIn, at: datetime) -> Incoming:
    facts: dict[str, Any] = {**storable_json(dict(told.facts)), "conversation": conversation.pk}
    if told.is_public:
        facts["is_public"] = True
    account = conversation.account
    return Incoming(
        text=storable(told.text, LONGEST_TEXT),
        from_address=storable(told.sender.handle or told.sender.key, 320),
        to=[storable(account.external_id or account.name, 320)],
        match_rule="conversation",
        facts=facts,
        at=at,
    )


def _file(
    part: ProviderMessage, conversation: Conversation, message: Message | None, told: MessageIn, at: datetime
) -> None:
    part.conversation, part.message, part.direction, part.said_at = conversation, message, Direction.IN, at
    part.reply_to = storable(told.reply_to, 300)
    fields = ["conversation", "message", "direction", "said_at", "reply_to"]
    if told.album:
        albums.note(part, told, at)
        fields += ["body", "edit"]
    part.save(update_fields=fields)
