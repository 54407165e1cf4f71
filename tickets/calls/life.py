"""What telephones tell of calls, written down moment by moment: in any order, each as often as it comes.

The call's row is locked before its ticket's, never after. Its columns follow from the moments (`course`), and the
ticket gets one event for each, at the time when it happened: so the timeline reads the same however they arrived.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from customers.actors import SYSTEM, Actor
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from tickets import events
from tickets.calls import callers, signals
from tickets.calls.card import card_of, has_answered, refresh_card
from tickets.calls.course import RANK, Moment, course
from tickets.models import Call, CallDirection, CallMoment, Channel, Inbox, MomentKind, Outcome, Ticket
from tickets.models.ticket import UNSOLVED
from tickets.services import assign, can_be_assigned, gesture, opening_ticket
from tickets.services.gesture import Gesture

COLUMNS = (
    "state", "outcome", "agent", "started_at", "queued_at", "answered_at", "held_since", "ended_at",
    "seconds_waited", "seconds_talked", "seconds_held", "rings",
)  # fmt: skip
ASKED_FOR = (Outcome.VOICEMAIL, Outcome.CALLBACK)
THEIRS = ((MomentKind.STARTED, CallDirection.IN), (MomentKind.ANSWERED, CallDirection.OUT))


@dataclass(frozen=True)
class NewCall:
    """What is known of a call when it is heard of first. `number` is theirs, as `clean_number` gives it."""

    inbox: Inbox
    direction: str
    number: str
    our_number: str = ""
    name: str = ""
    team: Team | None = None
    wants_recording: bool = False
    is_greeted: bool = False  # a machine speaks first: it rings once they wait in the queue


@transaction.atomic
def begin_call(
    new: NewCall,
    moment: Moment,
    *,
    ticket: Ticket | None = None,
    customer: Customer | None = None,
    by: User | None = None,
) -> Call:
    """A call that is heard of for the first time, by whichever of its moments came first.

    Where nobody says which ticket it belongs to it is the one of their last call that is not solved yet, else a new
    one. `by`: the agent who calls.
    """
    customer = customer or (ticket.requester if ticket else callers.caller(new.number, name=new.name))
    ticket = ticket or _open_one(customer, new.inbox) or _new_ticket(new, customer, moment, by)
    call = Call.objects.create(
        ticket=ticket,
        customer=customer,
        inbox=new.inbox,
        team=new.team or ticket.team,
        agent=by,
        direction=new.direction,
        number=new.number,
        our_number=new.our_number,
        started_at=moment.at,
        wants_recording=new.wants_recording,
        rings=not new.is_greeted,
    )
    return tell(call.pk, moment)


@transaction.atomic
def tell(call_id: int, moment: Moment) -> Call:
    """Write down one more moment of the call; one that is known already changes nothing but to be told earlier."""
    with locked(call_id) as call:
        before = call.state
        is_new = _keep(call, moment)
        call.rings = call.rings or (is_new and moment.kind == MomentKind.QUEUED)
        _follow(call)
        if is_new:
            _say(call, moment)
        elif call.message:
            refresh_card(call)
        if is_new or call.state != before:
            signals.tell_pages()
        return call


@contextmanager
def locked(call_id: int) -> Iterator[Call]:
    """The call as it is, until the end of the transaction."""
    with transaction.atomic():
        related = ("ticket", "agent", "message", "customer", "inbox")
        yield Call.objects.select_for_update(of=("self",)).select_related(*related).get(pk=call_id)


def _open_one(customer: Customer, inbox: Inbox) -> Ticket | None:
    own = Ticket.objects.filter(requester=customer, inbox=inbox, channel=Channel.PHONE, status__in=UNSOLVED)
    return own.order_by("-updated_at", "-pk").first()


def _new_ticket(new: NewCall, customer: Customer, moment: Moment, by: User | None) -> Ticket:
    words = _("Call to %(who)s") if new.direction == CallDirection.OUT else _("Call from %(who)s")
    subject = words % {"who": str(customer) or callers.shown(new.number)}
    actor = Actor.agent(by) if by else Actor.of_customer(customer)
    with opening_ticket(
        customer, subject, inbox=new.inbox, channel=Channel.PHONE, actor=actor, assignee=by, now=moment.at
    ) as ticket:
        return ticket


def _keep(call: Call, moment: Moment) -> bool:
    """True when nobody had told it yet. The earliest time that was told for it counts."""
    known, made = CallMoment.objects.get_or_create(
        call=call,
        key=moment.key[:200],
        defaults={
            "kind": moment.kind,
            "at": moment.at,
            "sequence": moment.sequence,
            "agent_id": moment.agent_id,
            "outcome": moment.outcome,
        },
    )
    if not made and moment.at < known.at:
        known.at = moment.at
        known.save(update_fields=["at"])
    return made


def _follow(call: Call) -> None:
    """The columns, as the moments have it. What an agent said of the outcome stays."""
    told = [Moment(one.kind, one.at, one.key, one.sequence, one.agent_id, one.outcome) for one in call.moments.all()]
    found = course(told)
    call.state, call.started_at, call.queued_at = found.state, found.started_at, found.queued_at
    call.answered_at, call.held_since, call.ended_at = found.answered_at, found.held_since, found.ended_at
    call.seconds_waited, call.seconds_talked, call.seconds_held = found.waited, found.talked, found.held
    if found.agent_id and found.agent_id != call.agent_id:
        call.agent = User.objects.get(pk=found.agent_id)
    if not call.wrapped_up_at:
        call.outcome = _outcome(call, found.outcome)
    call.save(update_fields=COLUMNS)


def _outcome(call: Call, told: str) -> str:
    """Whoever called us and spoke with nobody was missed, whatever the telephone calls it; unless they asked for
    something themselves.
    """
    if call.answered_at:
        return Outcome.NONE
    if call.outcome in ASKED_FOR:
        return call.outcome
    return Outcome.MISSED if told and call.direction == CallDirection.IN else told


def _say(call: Call, moment: Moment) -> None:
    """On the timeline, at its own time."""
    agent = User.objects.filter(pk=moment.agent_id).first() if moment.agent_id else None
    event = _event(call, moment.kind, agent)
    if event is None:
        return
    actor = Actor.agent(agent) if agent else _other_side(call, moment.kind)
    with gesture(call.ticket, actor=actor, now=_place(moment)) as g:
        if moment.kind == MomentKind.ANSWERED:
            _take(g, call, agent or call.agent)
            if has_answered(call):
                g.change(waiting_since=None)
        g.record(event, message=call.message if moment.kind == MomentKind.ANSWERED else None)
        refresh_card(call)


def _place(moment: Moment) -> datetime:
    """Telephones tell whole seconds: what happened within one keeps its order on the timeline."""
    second = moment.at.replace(microsecond=0)
    return second + timedelta(microseconds=RANK[MomentKind(moment.kind)] * 1000 + min(moment.sequence, 999))


def _other_side(call: Call, kind: str) -> Actor:
    """Whose deed it was when no agent of ours did it."""
    is_theirs = (kind, call.direction) in THEIRS
    return Actor.of_customer(call.customer) if is_theirs and call.customer else SYSTEM


def _take(g: Gesture, call: Call, agent: User | None) -> None:
    card_of(g, call, at=g.now)
    if agent and not g.ticket.is_closed and g.ticket.assignee is None and can_be_assigned(agent):
        assign(g.ticket, agent, actor=g.actor)


def _event(call: Call, kind: str, agent: User | None) -> events.Event | None:
    pk, name = (agent.pk, str(agent)) if agent else (None, "")
    match kind:
        case MomentKind.STARTED:
            return events.CallStarted(call.pk, call.direction)
        case MomentKind.ANSWERED:
            return events.CallAnswered(call.pk, pk, name, is_answer=has_answered(call))
        case MomentKind.HELD:
            return events.CallHeld(call.pk)
        case MomentKind.RESUMED:
            return events.CallResumed(call.pk)
        case MomentKind.TRANSFERRED:
            return events.CallTransferred(call.pk, pk, name)
        case MomentKind.ENDED:
            return events.CallEnded(call.pk)
    return None
