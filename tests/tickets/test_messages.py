"""Words on a ticket: what each kind of message changes, refuses and leaves behind."""

from uuid import uuid4

import pytest
from django.utils import timezone

from customers.actors import Actor
from customers.identify import identify
from customers.models import Customer
from helpdesk.accounts.models import User
from tickets import attachments
from tickets.models import Channel, DeliveryState, Draft, Message, Status, Ticket, TicketEvent
from tickets.services import (
    Incoming,
    Refused,
    ThreadMovedOn,
    TicketClosed,
    TooLate,
    add_cc,
    add_note,
    add_reply,
    assign,
    change_status,
    detach_message,
    gesture,
    join_message,
    note_delivery,
    receive_message,
    retract_reply,
    save_draft,
)


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def kinds(ticket: Ticket) -> list[str]:
    return list(TicketEvent.objects.filter(ticket=ticket).values_list("kind", flat=True))


def ada_writes(ticket: Ticket, ada: Customer, text: str = "Any news?", **fields: object) -> Message:
    incoming = Incoming(text=text, from_address="ada@example.org", **fields)  # type: ignore[arg-type]
    return receive_message(ticket, incoming, customer=ada, channel=Channel.EMAIL, actor=Actor.of_customer(ada))


def test_a_first_mail_opens_a_new_ticket_that_waits(adas_ticket: Ticket) -> None:
    assert adas_ticket.status == Status.NEW
    assert adas_ticket.number > 1000
    assert adas_ticket.waiting_since
    assert adas_ticket.message_count == 1
    assert adas_ticket.preview == "It rattles when it multiplies. Ada"
    assert adas_ticket.team and adas_ticket.team.name == "Support"
    assert kinds(adas_ticket) == ["ticket.opened", "message.received"]


def test_a_reply_goes_to_the_requester_and_takes_the_ticket(adas_ticket: Ticket, grace: User) -> None:
    message = add_reply(adas_ticket, "<p>Oil it.</p>", actor=Actor.agent(grace))
    ticket = fresh(adas_ticket)
    assert (ticket.status, ticket.assignee, ticket.waiting_since) == (Status.OPEN, grace, None)
    assert (message.to, message.cc, message.from_address) == (["ada@example.org"], [], "support@onethread.test")
    assert message.delivery_state == DeliveryState.QUEUED
    assert message.send_at and message.send_at > timezone.now()
    assert message.author_role == "agent"
    assert kinds(ticket)[2:] == ["reply.added", "assignee.changed", "status.changed"]
    assert len(set(TicketEvent.objects.filter(ticket=ticket).values_list("gesture_id", flat=True)[2:])) == 1


def test_the_same_submit_twice_is_one_message(adas_ticket: Ticket, grace: User) -> None:
    key = uuid4()
    first = add_reply(adas_ticket, "<p>Oil it.</p>", actor=Actor.agent(grace), submit_key=key)
    again = add_reply(adas_ticket, "<p>Oil it.</p>", actor=Actor.agent(grace), submit_key=key)
    assert first.pk == again.pk
    assert fresh(adas_ticket).message_count == 2


def test_words_changed_after_a_lost_answer_are_never_taken_for_sent(adas_ticket: Ticket, grace: User) -> None:
    key, actor = uuid4(), Actor.agent(grace)
    first = add_reply(adas_ticket, "<p>Oil it.</p>", actor=actor, submit_key=key)
    with pytest.raises(ThreadMovedOn) as held:
        add_reply(adas_ticket, "<p>Oil it. No, grease!</p>", actor=actor, submit_key=key)
    assert held.value.messages == [first]
    note = uuid4()
    add_note(adas_ticket, "<p>Tell @alan</p>", actor=actor, submit_key=note)
    assert add_note(adas_ticket, "<p>Tell @alan</p>", actor=actor, submit_key=note).is_note
    with pytest.raises(ThreadMovedOn):
        add_note(adas_ticket, "<p>Tell nobody</p>", actor=actor, submit_key=note)


def test_a_draft_saved_again_while_the_answer_was_lost_goes_with_the_second_try(
    adas_ticket: Ticket, grace: User
) -> None:
    key, actor = uuid4(), Actor.agent(grace)
    add_reply(adas_ticket, "<p>Oil it.</p>", actor=actor, submit_key=key)
    save_draft(adas_ticket, "reply", "<p>Oil it.</p>", user=grace, version=1)
    add_reply(adas_ticket, "<p>Oil it.</p>", actor=actor, submit_key=key)
    assert not Draft.objects.exists()


@pytest.mark.parametrize("html", ["", "<p></p>", "<p>  <br> </p>", "<script>alert(1)</script>"])
def test_an_empty_reply_is_refused(adas_ticket: Ticket, grace: User, html: str) -> None:
    before = adas_ticket.last_event_id
    with pytest.raises(Refused, match="Write something"):
        add_reply(adas_ticket, html, actor=Actor.agent(grace))
    assert fresh(adas_ticket).last_event_id == before


def test_a_reply_to_a_closed_ticket_is_refused_and_nothing_stays(adas_ticket: Ticket, grace: User) -> None:
    change_status(adas_ticket, Status.SOLVED, actor=Actor.agent(grace))
    change_status(adas_ticket, Status.CLOSED, actor=Actor.agent(grace))
    with pytest.raises(TicketClosed):
        add_reply(adas_ticket, "<p>One more thing</p>", actor=Actor.agent(grace))
    assert Message.objects.filter(ticket=adas_ticket).count() == 1


def test_a_reply_is_held_back_when_the_customer_wrote_meanwhile(
    adas_ticket: Ticket, ada: Customer, grace: User
) -> None:
    seen = adas_ticket.last_event_id
    newer = ada_writes(adas_ticket, ada, "Stop, it is fixed!")
    with pytest.raises(ThreadMovedOn) as refused:
        add_reply(adas_ticket, "<p>Oil it.</p>", actor=Actor.agent(grace), seen_event_id=seen)
    assert refused.value.messages == [newer]
    add_reply(adas_ticket, "<p>Oil it.</p>", actor=Actor.agent(grace), seen_event_id=fresh(adas_ticket).last_event_id)


def test_a_reply_is_held_back_when_a_colleague_took_the_ticket(adas_ticket: Ticket, grace: User, alan: User) -> None:
    seen = adas_ticket.last_event_id
    assign(adas_ticket, alan, actor=Actor.agent(alan))
    with pytest.raises(ThreadMovedOn):
        add_reply(adas_ticket, "<p>Oil it.</p>", actor=Actor.agent(grace), seen_event_id=seen)


def test_notes_and_ones_own_doings_hold_nothing_back(adas_ticket: Ticket, grace: User, alan: User) -> None:
    seen = adas_ticket.last_event_id
    add_note(adas_ticket, "<p>She is right.</p>", actor=Actor.agent(alan))
    assign(adas_ticket, grace, actor=Actor.agent(grace))
    add_reply(adas_ticket, "<p>Oil it.</p>", actor=Actor.agent(grace), seen_event_id=seen)


def test_a_note_changes_neither_preview_nor_waiting(adas_ticket: Ticket, grace: User) -> None:
    note = add_note(adas_ticket, "<p>Ask the workshop.</p>", actor=Actor.agent(grace))
    ticket = fresh(adas_ticket)
    assert (ticket.preview, ticket.waiting_since) == (adas_ticket.preview, adas_ticket.waiting_since)
    assert note.delivery_state == ""
    assert note not in Message.objects.public()


@pytest.mark.parametrize("status", [Status.PENDING, Status.HOLD, Status.SOLVED])
def test_a_customers_message_reopens(adas_ticket: Ticket, ada: Customer, grace: User, status: Status) -> None:
    change_status(adas_ticket, status, actor=Actor.agent(grace))
    ada_writes(adas_ticket, ada)
    ticket = fresh(adas_ticket)
    assert (ticket.status, ticket.solved_at) == (Status.OPEN, None)


def test_an_automatic_answer_reopens_nothing(adas_ticket: Ticket, ada: Customer, grace: User) -> None:
    add_reply(adas_ticket, "<p>Oil it.</p>", actor=Actor.agent(grace))
    change_status(adas_ticket, Status.SOLVED, actor=Actor.agent(grace))
    ada_writes(adas_ticket, ada, "I am on holiday", is_auto_reply=True)
    ticket = fresh(adas_ticket)
    assert (ticket.status, ticket.waiting_since) == (Status.SOLVED, None)


def test_a_message_to_a_closed_ticket_is_refused(adas_ticket: Ticket, ada: Customer, grace: User) -> None:
    change_status(adas_ticket, Status.SOLVED, actor=Actor.agent(grace))
    change_status(adas_ticket, Status.CLOSED, actor=Actor.agent(grace))
    with pytest.raises(TicketClosed):
        ada_writes(adas_ticket, ada)


def test_a_reply_taken_back_is_a_draft_again(adas_ticket: Ticket, grace: User) -> None:
    upload = attachments.upload(grace, "oil.txt", b"which oil")
    with gesture(adas_ticket, actor=Actor.agent(grace)):
        message = add_reply(adas_ticket, "<p>Oil it.</p>", actor=Actor.agent(grace), attachment_ids=[upload.pk])
        change_status(adas_ticket, Status.SOLVED, actor=Actor.agent(grace))
    draft = retract_reply(message, actor=Actor.agent(grace))
    assert draft
    assert (draft.html, draft.attachment_ids) == ("<p>Oil it.</p>", [upload.pk])
    ticket = fresh(adas_ticket)
    assert (ticket.status, ticket.message_count) == (Status.OPEN, 1)
    assert ticket.waiting_since == adas_ticket.waiting_since
    assert message not in Message.objects.public()
    assert retract_reply(message, actor=Actor.agent(grace)) is None


def test_what_was_sent_cannot_be_taken_back(adas_ticket: Ticket, grace: User) -> None:
    message = add_reply(adas_ticket, "<p>Oil it.</p>", actor=Actor.agent(grace))
    note_delivery(message, DeliveryState.SENT)
    with pytest.raises(TooLate):
        retract_reply(message, actor=Actor.agent(grace))


def test_a_failed_delivery_is_told_on_the_timeline(adas_ticket: Ticket, grace: User) -> None:
    message = add_reply(adas_ticket, "<p>Oil it.</p>", actor=Actor.agent(grace))
    note_delivery(message, DeliveryState.FAILED, detail="550 no such user")
    event = TicketEvent.objects.latest("pk")
    assert (event.kind, event.payload["new"], event.payload["detail"]) == (
        "delivery.changed",
        "failed",
        "550 no such user",
    )


def test_only_a_delivery_that_went_wrong_moves_the_ticket_in_lists(adas_ticket: Ticket, grace: User) -> None:
    message = add_reply(adas_ticket, "<p>Oil it.</p>", actor=Actor.agent(grace))
    before = fresh(adas_ticket).updated_at
    note_delivery(message, DeliveryState.SENT)
    assert fresh(adas_ticket).updated_at == before
    note_delivery(message, DeliveryState.FAILED, detail="550 no such user")
    assert fresh(adas_ticket).updated_at > before


def test_sending_uses_up_the_draft_and_the_uploads(adas_ticket: Ticket, grace: User) -> None:
    upload = attachments.upload(grace, "oil.txt", b"which oil")
    save_draft(adas_ticket, "reply", "<p>Oil</p>", user=grace, version=0)
    message = add_reply(adas_ticket, "<p>Oil it.</p>", actor=Actor.agent(grace), attachment_ids=[upload.pk])
    assert list(message.attachments.all()) == [upload]
    assert not Draft.objects.exists()


def test_an_upload_of_somebody_else_is_refused(adas_ticket: Ticket, grace: User, alan: User) -> None:
    upload = attachments.upload(alan, "secret.txt", b"mine")
    with pytest.raises(Refused, match="attach it again"):
        add_reply(adas_ticket, "<p>Oil it.</p>", actor=Actor.agent(grace), attachment_ids=[upload.pk])
    assert Message.objects.filter(ticket=adas_ticket).count() == 1


def test_people_in_copy_get_the_reply_and_the_unverified_do_not(adas_ticket: Ticket, grace: User) -> None:
    charles = identify("email", "charles@example.org").customer
    stranger = identify("email", "stranger@example.com").customer
    add_cc(adas_ticket, charles, "charles@example.org", actor=Actor.agent(grace))
    add_cc(adas_ticket, stranger, "stranger@example.com", actor=Actor.agent(grace), state="unverified")
    message = add_reply(adas_ticket, "<p>Oil it.</p>", actor=Actor.agent(grace))
    assert message.cc == ["charles@example.org"]


def test_a_wrong_match_can_be_detached_and_joined_again(adas_ticket: Ticket, ada: Customer, grace: User) -> None:
    message = ada_writes(adas_ticket, ada, "Something else entirely", subject="A new question")
    there = detach_message(message, actor=Actor.agent(grace))
    assert (there.subject, there.message_count, there.requester) == ("A new question", 1, ada)
    assert fresh(adas_ticket).message_count == 1
    assert kinds(adas_ticket)[-1] == "message.moved"
    message.refresh_from_db()
    join_message(message, adas_ticket, actor=Actor.agent(grace))
    assert fresh(adas_ticket).message_count == 2
    assert fresh(there).message_count == 0
    assert fresh(there).waiting_since is None
