"""What a ticket keeps of its messages step by step is what `recount` works out from them, whatever happened to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.actors import SYSTEM, Actor
from customers.models import Customer
from helpdesk.accounts.models import User
from tickets.attachments import File, upload
from tickets.conditions import as_q, check
from tickets.models import Attachment, DeliveryState, Message, Status, Ticket
from tickets.services import (
    Incoming,
    add_note,
    add_reply,
    change_status,
    gesture,
    join_message,
    receive_message,
    retract_reply,
)
from tickets.services.gesture import Gesture
from tickets.services.scheduling import release_reply
from tickets.services.sending import recount

START = timezone.now().replace(microsecond=0) - timedelta(days=3)
KEPT = ("message_count", "reply_count", "preview", "waiting_since")


class Story:
    """One ticket, its agent and its customer, and a clock that goes on by a minute with each gesture."""

    def __init__(self, ticket: Ticket, other: Ticket, agent: User, customer: Customer) -> None:
        self.ticket, self.other, self.agent, self.customer = ticket, other, agent, customer
        self.now = START

    def goes_on(self, kind: str) -> None:
        self.now += timedelta(minutes=1)
        tell: Callable[[], object] = getattr(self, kind)
        with gesture(self.ticket, actor=Actor.agent(self.agent), now=self.now) as g:
            self.ticket = g.ticket
            tell()
        self.ticket = Ticket.objects.get(pk=self.ticket.pk)

    def writes(
        self, ticket: Ticket | None = None, *, is_auto_reply: bool = False, at: datetime | None = None
    ) -> Message:
        return receive_message(
            ticket or self.ticket,
            Incoming(f"Written at {self.now}", is_auto_reply=is_auto_reply),
            customer=self.customer,
            channel="email",
            actor=Actor.of_customer(self.customer),
            now=at,
        )

    def is_away(self) -> None:
        self.writes(is_auto_reply=True)

    def replies(self) -> Message:
        return add_reply(self.ticket, f"<p>Answered at {self.now}</p>", actor=Actor.agent(self.agent))

    def replies_and_solves(self) -> None:
        self.replies()
        self.solves()

    def schedules(self) -> None:
        add_reply(self.ticket, "<p>Later.</p>", actor=Actor.agent(self.agent), send_at=self.now + timedelta(days=1))

    def its_time_comes(self) -> None:
        if message := self._reply_that_is(DeliveryState.SCHEDULED):
            release_reply(message, actor=SYSTEM)

    def takes_back(self) -> None:
        if message := self._reply_that_is(DeliveryState.QUEUED):
            retract_reply(message, actor=Actor.agent(self.agent))

    def sends_a_picture(self) -> None:
        incoming = Incoming(f"Shown at {self.now}", files=[File("leak.png", "image/png", b"not empty")])
        actor = Actor.of_customer(self.customer)
        receive_message(self.ticket, incoming, customer=self.customer, channel="email", actor=actor)

    def replies_with_a_file(self) -> None:
        file = upload(self.agent, "how-to.txt", f"As of {self.now}".encode())
        add_reply(self.ticket, "<p>See there.</p>", actor=Actor.agent(self.agent), attachment_ids=[file.pk])

    def notes(self) -> None:
        add_note(self.ticket, "<p>Hm.</p>", actor=Actor.agent(self.agent))

    def solves(self) -> None:
        change_status(self.ticket, Status.SOLVED, actor=Actor.agent(self.agent))

    def reopens(self) -> None:
        if self.ticket.status != Status.NEW:
            change_status(self.ticket, Status.OPEN, actor=Actor.agent(self.agent))

    def waits_for_the_customer(self) -> None:
        change_status(self.ticket, Status.PENDING, actor=Actor.agent(self.agent))

    def gets_one_from_elsewhere(self) -> None:
        message = self.writes(self.other, at=self.now - timedelta(minutes=3))
        join_message(message, self.ticket, actor=Actor.agent(self.agent))

    def gives_one_away(self) -> None:
        if message := self.ticket.messages.filter(author_role="").order_by("-created_at", "-pk").first():
            join_message(message, self.other, actor=Actor.agent(self.agent))

    def _reply_that_is(self, state: str) -> Message | None:
        return self.ticket.messages.filter(delivery_state=state).order_by("-pk").first()

    def kept(self) -> tuple[object, ...]:
        return tuple(getattr(self.ticket, name) for name in KEPT)

    def worked_out(self) -> tuple[object, ...]:
        ticket = Ticket.objects.get(pk=self.ticket.pk)
        recount(Gesture(ticket, SYSTEM, self.now))
        return tuple(getattr(ticket, name) for name in KEPT)


DEEDS = (
    "writes is_away replies replies_and_solves schedules its_time_comes takes_back notes solves reopens"
    " waits_for_the_customer gets_one_from_elsewhere gives_one_away sends_a_picture replies_with_a_file"
).split()


def a_story(ada: Customer, grace: User, like: Ticket) -> Story:
    tickets = [
        Ticket.objects.create(requester=ada, subject=like.subject, inbox=like.inbox, team=like.team, channel="email")
        for _ in range(2)
    ]
    return Story(tickets[0], tickets[1], grace, ada)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(st.sampled_from(DEEDS), min_size=2, max_size=12))
def test_step_by_step_is_what_working_it_out_gives(
    deeds: list[str], adas_ticket: Ticket, ada: Customer, grace: User
) -> None:
    story = a_story(ada, grace, adas_ticket)
    for deed in deeds:
        story.goes_on(deed)
        assert story.kept() == story.worked_out(), deed
        for ticket in Ticket.objects.filter(pk__in=[story.ticket.pk, story.other.pk]):
            shown = ticket.messages.exclude(delivery_state=DeliveryState.CANCELLED)
            assert ticket.has_files == shown.exclude(attachments=None).exists(), deed


def test_files_that_are_gone_for_good_are_there_no_more(adas_ticket: Ticket, ada: Customer, grace: User) -> None:
    story = a_story(ada, grace, adas_ticket)
    story.goes_on("sends_a_picture")
    assert story.ticket.has_files
    Attachment.objects.filter(message__ticket=story.ticket).delete()
    assert not Ticket.objects.get(pk=story.ticket.pk).has_files


def test_a_list_of_tickets_with_files_looks_at_tickets_alone(adas_ticket: Ticket, grace: User) -> None:
    tree = check({"all": [{"field": "attachment", "operator": "present"}]})
    tickets = Ticket.objects.filter(as_q(tree, user=grace, now=START))
    assert list(tickets) == []
    assert "tickets_attachment" not in str(tickets.query)


def waiting_after(deeds: str, ada: Customer, grace: User, like: Ticket) -> int | None:
    """Minutes after the start; the n-th deed happens in minute n."""
    story = a_story(ada, grace, like)
    for deed in deeds.split():
        story.goes_on(deed)
    since = story.ticket.waiting_since
    return None if since is None else int((since - START).total_seconds() // 60)


@pytest.mark.parametrize(
    ("deeds", "since"),
    [
        ("writes solves writes", 3),
        ("writes solves writes writes", 3),
        ("writes solves reopens writes", 1),  # the agent opened it: nothing was dealt with
        ("writes waits_for_the_customer writes", 1),
        ("writes solves is_away", 1),
        ("writes solves writes replies takes_back", 3),
        ("writes replies_and_solves writes", 3),
        ("writes solves writes gives_one_away", 1),  # what opened it did not belong here
    ],
)
def test_solved_and_opened_again_the_customer_waits_since_then(
    deeds: str, since: int, adas_ticket: Ticket, ada: Customer, grace: User
) -> None:
    assert waiting_after(deeds, ada, grace, adas_ticket) == since
