"""What was said in a chat is on its ticket a moment later: once, with its times, as any message."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from django.db import connection

from customers.actors import Actor
from helpdesk.accounts.models import User
from tickets.automation.past import PastTicket
from tickets.automation.past_events import past_events
from tickets.chat import log
from tickets.chat.settling import LOCK, settle, settle_chats, settle_due
from tickets.events import ReplyAdded
from tickets.models import Channel, Chat, ChatEntry, ChatState, Said, Status, Ticket, TicketEvent
from tickets.services import add_reply, gesture
from tickets.services.sending import recount

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def after(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_the_first_words_open_a_ticket(waiting: Chat) -> None:
    log.say(waiting, Said.VISITOR, "My basket is empty again", client_id=uuid4(), now=NOON)
    log.say(waiting, Said.VISITOR, "It had three bulbs", client_id=uuid4(), now=after(9))
    ticket = settle(waiting)
    assert ticket is not None
    waiting.refresh_from_db()
    assert waiting.ticket == ticket
    assert (ticket.channel, ticket.subject, ticket.status) == (Channel.CHAT, "My basket is empty again", Status.NEW)
    assert ticket.requester.name == "Ada" and ticket.requester == waiting.visitor.__class__.objects.get().customer
    assert ticket.team == waiting.team
    assert [(m.text, m.created_at) for m in ticket.messages.all()] == [
        ("My basket is empty again", NOON),
        ("It had three bulbs", after(9)),
    ]
    ticket.refresh_from_db()
    assert (ticket.created_at, ticket.waiting_since, ticket.message_count) == (NOON, NOON, 2)
    kinds = list(TicketEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["ticket.opened", "chat.started", "message.received", "message.received"]


def test_both_sides_are_settled_in_their_order(chat: Chat, grace: User) -> None:
    log.say(chat, Said.VISITOR, "Hello?", now=NOON)
    log.say(chat, Said.AGENT, "Hello Ada.", author=grace, now=after(20))
    log.say(chat, Said.AGENT, "What can I do?", author=grace, now=after(25))
    log.say(chat, Said.VISITOR, "Send me a bulb", now=after(40))
    ticket = settle(chat)
    assert ticket is not None
    ticket.refresh_from_db()
    assert [m.text for m in ticket.messages.all()] == ["Hello?", "Hello Ada.", "What can I do?", "Send me a bulb"]
    assert (ticket.assignee, ticket.reply_count, ticket.waiting_since) == (grace, 1, after(40))
    replies = TicketEvent.objects.filter(kind="reply.added")
    assert {event.created_at for event in replies} == {after(20)}, "one turn is one gesture, at its beginning"
    assert len({event.gesture_id for event in replies}) == 1


def test_a_chat_is_one_reply_however_much_is_said(chat: Chat, grace: User) -> None:
    for seconds, said in ((0, Said.VISITOR), (10, Said.AGENT), (20, Said.VISITOR), (30, Said.AGENT), (31, Said.AGENT)):
        log.say(chat, said, "Words", author=grace if said == Said.AGENT else None, now=after(seconds))
        settle(chat)
    ticket = Ticket.objects.get()
    assert (ticket.reply_count, ticket.message_count) == (1, 5)
    add_reply(ticket, "<p>By mail</p>", actor=Actor.agent(grace), now=after(60))
    kept = Ticket.objects.get()
    with gesture(kept, actor=Actor.agent(grace)) as g:
        recount(g)
        g.record(ReplyAdded(0))  # nothing changes without an event
    again = Ticket.objects.get()
    assert (kept.reply_count, again.reply_count) == (2, 2)
    assert (again.message_count, again.preview, again.waiting_since) == (6, "By mail", None)
    past = PastTicket(again, past_events([again.pk])[again.pk])
    assert [past.ticket.reply_count for _events in past.gestures()][:-1] == [0, 1, 1, 1, 1, 2]


def test_settling_again_adds_nothing(chat: Chat) -> None:
    log.say(chat, Said.VISITOR, "Hello?")
    ticket = settle(chat)
    assert settle(chat) == ticket
    assert settle_due() == 0
    assert ticket is not None and ticket.messages.count() == 1 and Ticket.objects.count() == 1


def test_one_process_at_a_time_settles_what_is_due(chat: Chat) -> None:
    log.say(chat, Said.VISITOR, "Hello?", now=NOON)
    elsewhere = connection.copy()
    try:
        with elsewhere.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        assert settle_chats() == 0 and not Ticket.objects.exists()
        with elsewhere.cursor() as cursor:  # a connection that is closed lets go a moment later
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    finally:
        elsewhere.close()
    assert settle_chats() == 1 and Ticket.objects.get().subject == "Hello?"


def test_settled_words_lie_in_the_message_alone(chat: Chat) -> None:
    log.say(chat, Said.VISITOR, "My card is 4111 1111 1111 1111")
    settle(chat)
    assert ChatEntry.objects.get().text == ""
    message = ChatEntry.objects.get().message
    assert message is not None
    assert [line.text for line in log.read(chat.pk)] == ["My card is 4111 1111 1111 1111"]
    message.text = "My card is ████"
    message.save()
    assert [line.text for line in log.read(chat.pk)] == ["My card is ████"]


def test_the_assistant_makes_no_ticket_by_itself(waiting: Chat) -> None:
    Chat.objects.update(state=ChatState.BOT)
    log.say(waiting, Said.BOT, "How can I help?", name="Assistant")
    log.say(waiting, Said.VISITOR, "Where is my order?")
    assert settle_due() == 0 and settle(waiting) is None and not Ticket.objects.exists()
    Chat.objects.update(state=ChatState.WAITING)  # handed over: the agent gets all of it
    assert settle_due() == 1
    ticket = Ticket.objects.get()
    assert ticket.subject == "Where is my order?"
    said = list(ticket.messages.order_by("created_at", "pk"))
    assert [(m.author_name, m.is_automatic) for m in said] == [("Assistant", True), ("Ada", False)]
    assert ticket.reply_count == 0 and ticket.waiting_since is not None


def test_a_closed_ticket_is_followed_up(chat: Chat) -> None:
    log.say(chat, Said.VISITOR, "Hello?")
    first = settle(chat)
    assert first is not None
    Ticket.objects.filter(pk=first.pk).update(status=Status.CLOSED)
    log.say(chat, Said.VISITOR, "One more thing")
    second = settle(chat)
    assert second is not None and second.follow_up_of == first
    assert [m.text for m in second.messages.all()] == ["One more thing"]
