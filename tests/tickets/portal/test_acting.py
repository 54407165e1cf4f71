"""What customers do on their pages: rows, events, and nothing twice."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import User
from tests.cast import open_for
from tickets.models import Attachment, Channel, Inbox, Message, Status, Ticket, TicketCC, TicketEvent
from tickets.portal.acting import TooOften, say_solved, write
from tickets.portal.requests import expected_answers
from tickets.portal.wording import within
from tickets.services import Refused, add_reply, change_status
from tickets.services.recipients import usual_recipients

pytestmark = pytest.mark.django_db


def events(ticket: Ticket) -> list[str]:
    return list(TicketEvent.objects.filter(ticket=ticket).order_by("pk").values_list("kind", flat=True))


def reload(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_a_reply_is_a_public_message_of_the_customers(adas_ticket: Ticket, ada: Customer) -> None:
    message = write(adas_ticket, "  It <b>still</b> rattles.\n", customer=ada)
    assert (message.kind, message.channel, message.author_customer) == ("public", Channel.PORTAL, ada)
    assert message.text == "It <b>still</b> rattles." and "<b>" not in message.html
    assert (message.from_address, message.match_rule) == ("ada@example.org", "portal")
    assert events(adas_ticket)[-1] == "message.received"


@pytest.mark.parametrize("status", [Status.PENDING, Status.HOLD, Status.SOLVED])
def test_a_reply_opens_again_what_rested(status: Status, adas_ticket: Ticket, ada: Customer, grace: User) -> None:
    change_status(adas_ticket, status, actor=Actor.agent(grace))
    write(adas_ticket, "Not yet.", customer=ada)
    ticket = reload(adas_ticket)
    assert ticket.status == Status.OPEN and ticket.is_waiting
    assert events(adas_ticket)[-2:] == ["message.received", "status.changed"]


def test_a_closed_request_goes_on_under_a_new_number(adas_ticket: Ticket, ada: Customer, grace: User) -> None:
    for status in (Status.SOLVED, Status.CLOSED):
        change_status(adas_ticket, status, actor=Actor.agent(grace))
    first = write(adas_ticket, "It rattles again.", customer=ada)
    assert first.ticket_id != adas_ticket.pk and first.ticket.follow_up_of == adas_ticket
    assert (first.ticket.channel, first.ticket.requester) == (Channel.PORTAL, ada)
    assert events(adas_ticket)[-1] == "follow_up.opened"
    assert write(adas_ticket, "And again.", customer=ada).ticket_id == first.ticket_id  # not a third one


def test_the_same_page_twice_is_one_message(adas_ticket: Ticket, ada: Customer) -> None:
    key = uuid4()
    file = ContentFile(b"cogs", "cogs.txt")
    first = write(adas_ticket, "Hello", customer=ada, files=[file], submit_key=key)
    assert write(adas_ticket, "Hello", customer=ada, files=[file], submit_key=key) == first
    assert (adas_ticket.messages.count(), Attachment.objects.count()) == (2, 1)


def test_the_same_page_twice_on_a_closed_request_is_one_new_request(
    adas_ticket: Ticket, ada: Customer, grace: User
) -> None:
    for status in (Status.SOLVED, Status.CLOSED):
        change_status(adas_ticket, status, actor=Actor.agent(grace))
    key = uuid4()
    assert write(adas_ticket, "Hello", customer=ada, submit_key=key) == write(
        adas_ticket, "Hello", customer=ada, submit_key=key
    )
    assert Ticket.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_page_twice_at_once_is_one_message(adas_ticket: Ticket, ada: Customer) -> None:
    key, made = uuid4(), []

    def send() -> None:
        try:
            made.append(write(adas_ticket, "Hello", customer=ada, submit_key=key).pk)
        finally:
            connection.close()

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4 and len(set(made)) == 1


def test_a_page_without_its_key_loses_no_files(adas_ticket: Ticket, ada: Customer) -> None:
    for _ in range(2):
        write(adas_ticket, "Look", customer=ada, files=[ContentFile(b"cogs", "cogs.txt")])
    assert Attachment.objects.count() == 2


def test_nothing_half_done_when_something_is_wrong(adas_ticket: Ticket, ada: Customer) -> None:
    good = ContentFile(b"cogs", "cogs.txt")
    for text, files in (
        (" \n ", []),
        ("x" * 20_001, []),
        ("Look", [good, ContentFile(b"MZ\x90\x00" + b"\0" * 80, "harmless.txt")]),
        ("Look", [good, ContentFile(b"", "empty.txt")]),
        ("Look", [good] * 11),
    ):
        with pytest.raises(Refused):
            write(adas_ticket, text, customer=ada, files=files)
    assert adas_ticket.messages.count() == 1 and not Attachment.objects.exists()


def test_a_flood_is_stopped(adas_ticket: Ticket, ada: Customer) -> None:
    for number in range(30):
        write(adas_ticket, f"Hello {number}", customer=ada)
    with pytest.raises(TooOften):
        write(adas_ticket, "Hello 31", customer=ada)
    assert adas_ticket.messages.count() == 31


def test_a_colleagues_words_are_theirs_and_they_are_suggested_for_copies(
    adas_ticket: Ticket, tim: Customer, ada: Customer
) -> None:
    message = write(adas_ticket, "I hear it too.", customer=tim)
    assert (message.author_customer, message.is_unverified) == (tim, False)
    copy = TicketCC.objects.get()
    assert (copy.customer, copy.state) == (tim, "suggested")
    assert usual_recipients(reload(adas_ticket)).to == ("ada@example.org",)
    write(adas_ticket, "Still.", customer=tim)
    assert TicketCC.objects.count() == 1


def test_a_reply_here_moves_no_conversation_to_another_mailbox(adas_ticket: Ticket, ada: Customer) -> None:
    ada.identities.create(kind="email", value="ada@home.example", proved_by="one_time_link")
    write(adas_ticket, "From home.", customer=ada)
    assert usual_recipients(reload(adas_ticket)).to == ("ada@example.org",)


def test_the_customer_says_that_it_is_solved(adas_ticket: Ticket, ada: Customer) -> None:
    say_solved(adas_ticket, customer=ada)
    assert reload(adas_ticket).status == Status.SOLVED
    said = TicketEvent.objects.filter(ticket=adas_ticket).latest("pk")
    assert (said.kind, said.actor_customer, said.payload["new"]) == ("status.changed", ada, "solved")
    before = len(events(adas_ticket))
    say_solved(adas_ticket, customer=ada)
    assert len(events(adas_ticket)) == before


def test_what_is_closed_stays_closed(adas_ticket: Ticket, ada: Customer, grace: User) -> None:
    for status in (Status.SOLVED, Status.CLOSED):
        change_status(adas_ticket, status, actor=Actor.agent(grace))
    say_solved(adas_ticket, customer=ada)
    assert reload(adas_ticket).status == Status.CLOSED


def promise(ticket: Ticket, *, hours: int, metric: str = "first_reply_time", state: str = "active") -> None:
    now = timezone.now()
    due = now + timedelta(hours=hours)
    ticket.sla_targets.create(
        metric=metric, priority="high", target=3600, started_at=now, due_at=due, state=state,
        instance=ticket.sla_targets.filter(metric=metric).count() + 1,
    )  # fmt: skip


def test_an_answer_is_expected_when_a_reply_clock_runs(
    adas_ticket: Ticket, ada: Customer, support: Inbox, grace: User
) -> None:
    late, resolution, answered = (open_for(ada, support, subject) for subject in ("Late", "Resolution", "Answered"))
    promise(adas_ticket, hours=5)
    promise(adas_ticket, hours=3, metric="next_reply_time")
    promise(late, hours=-1)
    promise(resolution, hours=3, metric="total_resolution_time")
    add_reply(answered, "<p>Oil it.</p>", actor=Actor.agent(grace))
    promise(answered, hours=3)
    tickets = list(Ticket.objects.all())
    found = expected_answers(tickets, now=timezone.now())
    assert list(found) == [adas_ticket.pk]
    assert found[adas_ticket.pk] - timezone.now() < timedelta(hours=3)


def test_words_of_a_page_are_no_markup(adas_ticket: Ticket, ada: Customer) -> None:
    message = write(adas_ticket, "<script>alert(1)</script> https://example.org/?a=1&b=2", customer=ada)
    assert "<script" not in message.html
    assert Message.objects.get(pk=message.pk).text.startswith("<script>")


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0.2, "5 minutes"),
        (11, "15 minutes"),
        (61, "2 hours"),
        (299.9, "5 hours"),
        (47 * 60, "47 hours"),
        (2881, "3 days"),
    ],
)
def test_a_promise_is_rounded_up(minutes: float, said: str) -> None:
    now = timezone.now()
    assert within(now + timedelta(minutes=minutes), now=now) == said
