"""Calls that a telephone tells of: moment by moment, in any order, on the ticket's timeline."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from customers.identify import identify
from customers.models import Customer
from helpdesk.accounts.models import User
from tickets.calls.callers import caller, clean_number
from tickets.calls.course import Moment
from tickets.calls.life import NewCall, begin_call, tell
from tickets.calls.settling import settle_call
from tickets.models import (
    Call,
    CallbackReason,
    CallbackRequest,
    CallDirection,
    CallState,
    Channel,
    Inbox,
    MessageKind,
    MomentKind,
    Outcome,
    Status,
    Ticket,
    TicketEvent,
)
from tickets.services import change_status
from tickets.timeline import LINES

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 20, 10, tzinfo=UTC)
NUMBER = "+493012345678"


def at(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


def incoming(support: Inbox, number: str = NUMBER) -> NewCall:
    return NewCall(support, CallDirection.IN, number, our_number="+4930555000")


def play(new: NewCall, moments: list[Moment]) -> Call:
    call = begin_call(new, moments[0])
    for moment in moments[1:]:
        call = tell(call.pk, moment)
    return settle_call(call.pk, now=at(600))


def a_call(grace: User, alan: User) -> list[Moment]:
    return [
        Moment(MomentKind.STARTED, at(0), "started"),
        Moment(MomentKind.ANSWERED, at(20), "answered", agent_id=grace.pk),
        Moment(MomentKind.HELD, at(50), "held", sequence=3),
        Moment(MomentKind.RESUMED, at(65), "resumed", sequence=4),
        Moment(MomentKind.TRANSFERRED, at(70), "transferred", agent_id=alan.pk),
        Moment(MomentKind.ENDED, at(95), "ended"),
    ]


def story(call: Call) -> list[tuple[str, datetime, str]]:
    """What the timeline tells of it, in its order."""
    events = TicketEvent.objects.filter(ticket=call.ticket, kind__startswith="call.", kind__in=LINES)
    return [(one.kind, one.created_at, one.actor_name) for one in events.order_by("created_at", "pk")]


def test_ringing_answered_held_passed_on_ended(support: Inbox, grace: User, alan: User) -> None:
    call = play(incoming(support), a_call(grace, alan))
    assert [kind for kind, _at, _who in story(call)] == [
        "call.started", "call.answered", "call.held", "call.resumed", "call.transferred", "call.ended",
    ]  # fmt: skip
    assert (call.seconds_waited, call.seconds_talked, call.seconds_held) == (20, 60, 15)
    assert call.agent == alan and call.state == CallState.ENDED
    ticket = Ticket.objects.get(pk=call.ticket_id)
    assert (ticket.channel, ticket.assignee, ticket.status) == (Channel.PHONE, grace, Status.OPEN)
    assert call.message and call.message.kind == MessageKind.NOTE
    assert call.message.facts["told"]["talked"] == 60


@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_what_was_told_gives_the_same_timeline(support: Inbox, grace: User, alan: User, seed: int) -> None:
    straight = play(incoming(support), a_call(grace, alan))
    told, luck = a_call(grace, alan), Random(seed)
    told += luck.choices(told, k=3)
    luck.shuffle(told)
    mixed = play(incoming(support, "+493099999999"), told)

    def facts(call: Call) -> object:
        kept = ("seconds_waited", "seconds_talked", "seconds_held", "state", "outcome", "agent_id", "answered_at")
        names = [(kind, when, who.replace(str(call.customer), "them")) for kind, when, who in story(call)]
        assert call.message is not None
        return [getattr(call, name) for name in kept], names, call.message.facts["told"]

    assert facts(mixed) == facts(straight)


def test_a_missed_call_is_a_message_of_theirs_and_a_call_that_we_owe(support: Inbox) -> None:
    call = play(
        incoming(support),
        [Moment(MomentKind.STARTED, at(0), "started"), Moment(MomentKind.ENDED, at(40), "ended")],
    )
    assert call.outcome == Outcome.MISSED
    message = call.ticket.messages.get()
    assert message.kind == MessageKind.PUBLIC and "nobody answered within 40 s" in message.text
    assert Ticket.objects.get(pk=call.ticket_id).waiting_since is not None
    owed = CallbackRequest.objects.get()
    assert (owed.number, owed.reason) == (NUMBER, CallbackReason.MISSED)


def test_the_next_call_joins_what_is_not_solved_yet(support: Inbox, grace: User) -> None:
    missed = [Moment(MomentKind.STARTED, at(0), "started"), Moment(MomentKind.ENDED, at(40), "ended")]
    first, second = play(incoming(support), missed), play(incoming(support), missed)
    assert first.ticket_id == second.ticket_id
    from customers.actors import Actor

    change_status(first.ticket, Status.SOLVED, actor=Actor.agent(grace))
    assert play(incoming(support), missed).ticket_id != first.ticket_id


def test_a_call_to_somebody_known_is_theirs(support: Inbox) -> None:
    ada = identify("phone", NUMBER, name="Ada Lovelace").customer
    call = begin_call(incoming(support), Moment(MomentKind.STARTED, at(0), "started"))
    assert call.customer == ada and call.ticket.subject == "Call from Ada Lovelace"


@pytest.mark.parametrize("said", ["anonymous", "Restricted", "+266696687", "", "sip:anonymous@anonymous.invalid"])
def test_callers_who_hide_their_number_are_never_one_person(said: str) -> None:
    number = clean_number(said)
    assert number == ""
    first, second = caller(number), caller(number)
    assert first != second and not first.identities.exists()
    assert Customer.objects.filter(pk__in=[first.pk, second.pk]).count() == 2


def test_a_hidden_caller_is_not_owed_a_call(support: Inbox) -> None:
    play(
        incoming(support, ""),
        [Moment(MomentKind.STARTED, at(0), "started"), Moment(MomentKind.ENDED, at(40), "ended")],
    )
    assert not CallbackRequest.objects.exists()


def test_two_tellings_of_the_same_count_the_earlier_time(support: Inbox) -> None:
    call = begin_call(incoming(support), Moment(MomentKind.STARTED, at(5), "started"))
    call = tell(call.pk, Moment(MomentKind.STARTED, at(1), "started"))
    assert call.started_at == at(1)
    assert TicketEvent.objects.filter(ticket=call.ticket, kind="call.started").count() == 1
