"""A reply that is sent later is no answer until it is sent, and is never lost on the way."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from channels_app import sending
from channels_app.models import Delivery
from customers.actors import SYSTEM, Actor
from customers.models import Customer
from helpdesk.accounts.models import Role, Team, User
from tests.channels_app.out import state_of
from tickets.models import DeliveryState, Draft, Inbox, Message, Notification, Status, Ticket, TicketEvent
from tickets.services import (
    Incoming,
    Refused,
    TooLate,
    add_reply,
    assign,
    assign_team,
    change_status,
    change_subject,
    gesture,
    receive_message,
    reschedule_reply,
    retract_reply,
)

TOMORROW = timedelta(days=1)


def schedule(ticket: Ticket, author: User, *, after: timedelta = TOMORROW, status: str = "", **more: object) -> Message:
    actor = Actor.agent(author)
    with gesture(ticket, actor=actor):
        send_at = timezone.now() + after
        message = add_reply(ticket, "<p>On Monday.</p>", actor=actor, send_at=send_at, **more)  # type: ignore[arg-type]
        if status:
            change_status(ticket, status, actor=actor)
    return message


def its_time_comes(message: Message) -> bool:
    """As if the clock had gone on to its time."""
    Delivery.objects.filter(message=message).update(due_at=timezone.now() - timedelta(seconds=5))
    return sending.deliver(Delivery.objects.get(message=message).pk)


def write(ticket: Ticket, customer: Customer, **more: bool) -> Message:
    incoming = Incoming(text="Wait!", from_address="ada@example.org", **more)  # type: ignore[arg-type]
    return receive_message(ticket, incoming, customer=customer, channel="email", actor=Actor.of_customer(customer))


def kinds(ticket: Ticket) -> list[str]:
    return list(TicketEvent.objects.filter(ticket=ticket).order_by("pk").values_list("kind", flat=True))


def draft_of(user: User) -> str:
    return Draft.objects.get(user=user, mode="reply").html


def test_while_it_waits_the_customer_still_waits(adas_ticket: Ticket, grace: User) -> None:
    before = adas_ticket.waiting_since
    message = schedule(adas_ticket, grace, status="pending")
    adas_ticket.refresh_from_db()
    assert message.delivery_state == DeliveryState.SCHEDULED
    assert (adas_ticket.waiting_since, adas_ticket.message_count, adas_ticket.reply_count) == (before, 1, 0)
    assert (adas_ticket.status, adas_ticket.assignee) == (Status.PENDING, grace)
    assert message not in Message.objects.public()
    assert Delivery.objects.get(message=message).due_at == message.send_at
    assert "reply.scheduled" in kinds(adas_ticket) and "reply.added" not in kinds(adas_ticket)


def test_at_its_time_it_is_a_reply_like_any_other(adas_ticket: Ticket, grace: User) -> None:
    message = schedule(adas_ticket, grace)
    assert its_time_comes(message)
    assert state_of(message.delivery)[:2] == ("accepted", "sent")
    adas_ticket.refresh_from_db()
    message.refresh_from_db()
    assert (adas_ticket.waiting_since, adas_ticket.message_count, adas_ticket.reply_count) == (None, 2, 1)
    assert adas_ticket.preview == "On Monday."
    event = TicketEvent.objects.get(ticket=adas_ticket, kind="reply.added")
    assert (event.actor_user, event.message) == (grace, message)
    assert message.created_at == event.created_at
    assert not sending.deliver(message.delivery.pk)


def test_before_its_time_nobody_sends_it(adas_ticket: Ticket, grace: User) -> None:
    message = schedule(adas_ticket, grace)
    assert not sending.deliver(message.delivery.pk)
    assert sending.sweep() == 0
    assert sending.sweep(now=timezone.now() + TOMORROW * 2) == 0  # it asks the clock again
    assert state_of(message.delivery)[1] == "scheduled"


def test_the_customer_writes_first(adas_ticket: Ticket, ada: Customer, grace: User) -> None:
    message = schedule(adas_ticket, grace, status="pending", unless_answered=True)
    write(adas_ticket, ada)
    assert state_of(message.delivery)[:2] == ("cancelled", "cancelled")
    assert draft_of(grace) == "<p>On Monday.</p>"
    adas_ticket.refresh_from_db()
    assert adas_ticket.status == Status.OPEN
    event = TicketEvent.objects.get(ticket=adas_ticket, kind="reply.held_back")
    assert (event.payload["reason"], event.actor_customer) == ("answered", ada)
    assert Notification.objects.filter(user=grace, kind="not_sent").count() == 1
    assert not its_time_comes(message)


@pytest.mark.parametrize("more", [{"is_auto_reply": True}, {"is_unverified": True}])
def test_a_machine_or_a_stranger_is_not_the_customer(
    more: dict[str, bool], adas_ticket: Ticket, ada: Customer, grace: User
) -> None:
    message = schedule(adas_ticket, grace, unless_answered=True)
    write(adas_ticket, ada, **more)
    assert state_of(message.delivery)[1] == "scheduled"


def test_without_that_wish_it_goes_out_all_the_same(adas_ticket: Ticket, ada: Customer, grace: User) -> None:
    message = schedule(adas_ticket, grace)
    write(adas_ticket, ada)
    assert its_time_comes(message)
    adas_ticket.refresh_from_db()
    assert adas_ticket.waiting_since is None


def test_written_after_it_was_sent_the_customer_waits_again(adas_ticket: Ticket, ada: Customer, grace: User) -> None:
    """The reply has the smaller number but the later time: the counts go by time."""
    later, now = schedule(adas_ticket, grace), add_reply(adas_ticket, "<p>At once.</p>", actor=Actor.agent(grace))
    assert its_time_comes(later)
    wrote = write(adas_ticket, ada)
    retract_reply(now, actor=Actor.agent(grace))
    adas_ticket.refresh_from_db()
    assert adas_ticket.waiting_since == wrote.created_at


def test_another_time_and_at_once(adas_ticket: Ticket, grace: User) -> None:
    message = schedule(adas_ticket, grace)
    later = timezone.now() + timedelta(days=3)
    reschedule_reply(message, later, actor=Actor.agent(grace), unless_answered=True)
    message.refresh_from_db()
    assert (message.send_at, message.unless_answered, message.delivery.due_at) == (later, True, later)
    event = TicketEvent.objects.get(kind="reply.rescheduled")
    assert datetime.fromisoformat(event.payload["new"]) == later
    its_time_comes(message)
    with pytest.raises(TooLate):
        reschedule_reply(message, later + TOMORROW, actor=Actor.agent(grace), unless_answered=True)


def test_cancelled_it_is_a_draft_again_and_the_status_goes_back(adas_ticket: Ticket, grace: User) -> None:
    message = schedule(adas_ticket, grace, status="solved")
    retract_reply(message, actor=Actor.agent(grace))
    assert draft_of(grace) == "<p>On Monday.</p>"
    assert state_of(message.delivery)[:2] == ("cancelled", "cancelled")
    adas_ticket.refresh_from_db()
    assert adas_ticket.status == Status.OPEN


def test_stopped_by_a_colleague_the_words_are_shared_and_the_author_is_told(
    adas_ticket: Ticket, grace: User, alan: User
) -> None:
    message = schedule(adas_ticket, grace)
    retract_reply(message, actor=Actor.agent(alan))
    assert Draft.objects.get(user=grace).shared_at
    assert Notification.objects.filter(user=grace, kind="not_sent").exists()


@pytest.mark.parametrize("reason", ["closed", "inbox", "author", "light"])
def test_what_came_between_holds_it_back_and_loses_nothing(
    reason: str, adas_ticket: Ticket, support: Inbox, grace: User
) -> None:
    message = schedule(adas_ticket, grace, status="solved")
    if reason == "closed":
        change_status(adas_ticket, Status.CLOSED, actor=SYSTEM)
    elif reason == "inbox":
        Inbox.objects.filter(pk=support.pk).update(is_active=False)
    elif reason == "author":
        User.objects.filter(pk=grace.pk).update(is_active=False)
    else:
        User.objects.filter(pk=grace.pk).update(role=Role.LIGHT)
    assert not its_time_comes(message)
    assert state_of(message.delivery)[:2] == ("cancelled", "cancelled")
    assert draft_of(grace) == "<p>On Monday.</p>"
    assert bool(Draft.objects.get(user=grace).shared_at) == (reason in ("author", "light"))
    adas_ticket.refresh_from_db()
    assert adas_ticket.status == (Status.CLOSED if reason == "closed" else Status.OPEN)
    assert adas_ticket.waiting_since is not None
    assert kinds(adas_ticket).count("reply.held_back") == 1


@pytest.mark.parametrize("reason", ["author", "light", "sight"])
def test_what_its_author_may_no_longer_send_is_told_to_author_and_assignee(
    reason: str, adas_ticket: Ticket, grace: User, alan: User, client: Client
) -> None:
    message = schedule(adas_ticket, grace)
    assign(adas_ticket, alan, actor=Actor.agent(grace))
    if reason == "sight":
        legal = Team.objects.create(name="Legal", is_private=True)
        legal.members.add(alan)
        assign_team(adas_ticket, legal, actor=Actor.agent(alan))
    elif reason == "author":
        User.objects.filter(pk=grace.pk).update(is_active=False)
    else:
        User.objects.filter(pk=grace.pk).update(role=Role.LIGHT)
    assert not its_time_comes(message)
    event = TicketEvent.objects.get(ticket=adas_ticket, kind="reply.held_back")
    assert event.payload["reason"] == ("sight" if reason == "sight" else "author")
    assert Draft.objects.get(user=grace).shared_at
    told = Notification.objects.filter(kind="not_sent")
    assert told.filter(user=alan, event=event).count() == 1
    assert told.filter(user=grace).count() == (reason != "author")

    client.force_login(alan)
    page = client.get(f"/agent/tickets/{adas_ticket.number}/").content.decode()
    assert ("may no longer see this ticket" if reason == "sight" else "may no longer reply") in page
    assert "On Monday." in page
    assert "A colleague&#x27;s reply was held back" in client.get("/agent/notifications/").content.decode()


def test_who_lost_sight_of_the_ticket_finds_the_words_and_learns_nothing_else(
    adas_ticket: Ticket, grace: User, margaret: User, client: Client
) -> None:
    message = schedule(adas_ticket, grace)
    legal = Team.objects.create(name="Legal", is_private=True)
    with gesture(adas_ticket, actor=Actor.agent(margaret)):
        assign_team(adas_ticket, legal, actor=Actor.agent(margaret))
        change_subject(adas_ticket, "Now a secret", actor=Actor.agent(margaret))
    assert not its_time_comes(message)
    client.force_login(grace)
    bell = client.get("/agent/notifications/").content.decode()
    assert "The words are among your drafts." in bell
    row = Notification.objects.get(user=grace, kind="not_sent")
    assert client.get(f"/agent/notifications/{row.pk}/").headers["Location"] == "/agent/drafts/"
    assert "Now a secret" not in bell
    drafts = client.get("/agent/drafts/").content.decode()
    assert "On Monday." in drafts
    assert "Now a secret" not in drafts
    assert client.get(f"/agent/tickets/{adas_ticket.number}/").status_code == 404


@pytest.mark.parametrize("after", [timedelta(seconds=-1), timedelta(days=-1), timedelta(days=400)])
def test_a_time_that_is_none_is_refused_at_its_place(after: timedelta, adas_ticket: Ticket, grace: User) -> None:
    with pytest.raises(Refused) as refusal:
        schedule(adas_ticket, grace, after=after)
    assert refusal.value.field == "send_later"
    assert not Message.objects.filter(author_user=grace).exists()
