"""What agents write down of calls: by hand of any telephone, or after one that a telephone told of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils.translation import gettext as _

from customers.actors import Actor
from helpdesk.accounts.models import User
from helpdesk.lib.html import clean_note_html, html_to_text
from tickets import events
from tickets.calls import signals
from tickets.calls.callbacks import owe_call, settle_spoken
from tickets.calls.card import card_of, has_answered, refresh_card
from tickets.calls.life import locked
from tickets.models import Call, CallbackReason, CallDirection, CallScript, CallState, Outcome, Status, Ticket
from tickets.models.call import SPOKEN
from tickets.services import Refused, add_tags, assign, can_be_assigned, change_status, gesture
from tickets.services.gesture import Gesture
from tickets.services.mentions import mention, read_names
from tickets.services.writing import MAX_TEXT

LONGEST = 24 * 3600  # seconds that one call may have lasted
MORNING = time(9)


@dataclass(frozen=True)
class WriteUp:
    """`notes` is HTML of our composer, or of plain words."""

    outcome: str
    notes: str = ""
    tags: Sequence[str] = ()
    follow_up_on: date | None = None
    script: CallScript | None = None
    steps_done: Sequence[str] = ()
    status: str = ""


@dataclass(frozen=True)
class LoggedCall:
    """A call by any telephone. `number` as `callers.clean_number` gives it; `seconds` talked."""

    key: UUID
    direction: str
    number: str
    seconds: int
    our_number: str = ""
    ended_at: datetime | None = None


def logged_before(key: UUID) -> Call | None:
    """The call of a form that was sent already; one sent twice at the same moment waits here for its twin's end.

    Asked within the transaction that writes, before anything is written.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"logged-call {key}"])
    return Call.objects.filter(key=key).first()


def log_call(ticket: Ticket, logged: LoggedCall, written: WriteUp, *, user: User, now: datetime) -> Call:
    """Write down a call that no telephone told of. The same `key` again is the call of the first time."""
    with transaction.atomic(), gesture(ticket, actor=Actor.agent(user), now=now) as g:
        if known := Call.objects.filter(key=logged.key).first():
            return known
        call = _logged(g, logged, user)
        _write_up(g, call, written, user, by_hand=True)
        return call


def write_up(call: Call, written: WriteUp, *, user: User, now: datetime) -> Call:
    """After the call: what came of it. Once; later words are notes. Raises `Refused` while it goes on."""
    with locked(call.pk) as call:
        if call.state != CallState.ENDED:
            raise Refused(_("The call is still going on."))
        if call.wrapped_up_at:
            raise Refused(_("This call is written up already. Add a note to its ticket."))
        with gesture(call.ticket, actor=Actor.agent(user), now=now) as g:
            ended = call.ended_at or now
            call.seconds_wrapping = max(0, round((now - ended).total_seconds()))
            call.agent = call.agent or user
            _write_up(g, call, written, user, by_hand=False)
        return call


def _logged(g: Gesture, logged: LoggedCall, user: User) -> Call:
    if not 0 <= logged.seconds <= LONGEST:
        raise Refused(_("A call lasts at most a day."), field="seconds")
    ended = min(logged.ended_at or g.now, g.now)
    started = ended - timedelta(seconds=logged.seconds)
    return Call.objects.create(
        key=logged.key,
        ticket=g.ticket,
        customer=g.ticket.requester,
        inbox=g.ticket.inbox,
        team=g.ticket.team,
        agent=user,
        direction=CallDirection(logged.direction),
        number=logged.number,
        our_number=logged.our_number,
        state=CallState.ENDED,
        is_logged=True,
        started_at=started,
        ended_at=ended,
        seconds_talked=logged.seconds,
        settled_at=ended,
        created_at=g.now,
    )


def _write_up(g: Gesture, call: Call, written: WriteUp, user: User, *, by_hand: bool) -> None:
    if written.outcome not in Outcome.values or not written.outcome:
        raise Refused(_("Say what came of the call."), field="outcome")
    if by_hand and written.outcome in SPOKEN:
        call.answered_at = call.started_at
    call.outcome, call.wrapped_up_at = written.outcome, g.now
    call.script, call.steps_done = written.script, _steps(written)
    call.follow_up_on = written.follow_up_on
    message = card_of(g, call, at=call.started_at if not by_hand else g.now)
    call.save()
    refresh_card(call)
    _put_notes(g, call, written.notes, user)
    seconds = call.seconds_talked
    is_answer = call.outcome in SPOKEN and not has_answered(call)
    g.record(
        events.CallWrittenUp(call.pk, message.pk, call.direction, call.outcome, seconds, by_hand, is_answer),
        message=message,
    )
    if is_answer:
        g.change(waiting_since=None)
    if call.outcome in SPOKEN and call.number:
        settle_spoken(g.ticket, call.number, user, now=g.now)
    _after(g, call, written, user)
    signals.tell_pages()


def _steps(written: WriteUp) -> list[str]:
    """Only steps that the script has."""
    known = written.script.steps if written.script else []
    return [step for step in known if step in written.steps_done]


def _put_notes(g: Gesture, call: Call, html: str, user: User) -> None:
    """The words of the call's message: found by the search, and whom they name hears of it, as of any note."""
    message = call.message
    assert message is not None
    naming = read_names(g.ticket, clean_note_html(html))
    if len(naming.html) > MAX_TEXT:
        raise Refused(_("This is longer than %(limit)s characters.") % {"limit": MAX_TEXT}, field="notes")
    message.html, message.text = naming.html, html_to_text(naming.html)
    message.author_user, message.author_name, message.author_role = user, str(user), user.role
    message.save(update_fields=["html", "text", "author_user", "author_name", "author_role"])
    told, unseen = [one.name for one in naming.told], [one.name for one in naming.not_told]
    g.record(events.NoteAdded(message.pk, told, unseen), message=message)
    mention(g, message, naming)


def _after(g: Gesture, call: Call, written: WriteUp, user: User) -> None:
    """What the write-up asks of the ticket."""
    if written.tags:
        add_tags(g.ticket, written.tags, actor=g.actor)
    if g.ticket.assignee is None and not g.ticket.is_closed and can_be_assigned(user):
        assign(g.ticket, user, actor=g.actor)
    if written.follow_up_on:
        _promise(g, call, written.follow_up_on, user)
    if written.status:
        change_status(g.ticket, Status(written.status), actor=g.actor)
    elif g.ticket.status == Status.NEW:
        change_status(g.ticket, Status.OPEN, actor=g.actor)


def _promise(g: Gesture, call: Call, day: date, user: User) -> None:
    if not call.number:
        raise Refused(_("There is no number to call back: the caller hid it."), field="follow_up_on")
    zone = ZoneInfo(user.time_zone or "UTC")
    due_at = datetime.combine(day, MORNING, tzinfo=zone)
    if day < g.now.astimezone(zone).date():
        raise Refused(_("Choose a day that is still to come."), field="follow_up_on")
    owe_call(
        g.ticket,
        call.number,
        due_at=max(due_at, g.now),
        reason=CallbackReason.FOLLOW_UP,
        actor=g.actor,
        call=call,
    )
