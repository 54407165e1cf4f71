"""A gesture: all that one actor does to one ticket in one submit, in one transaction, under one lock.

A service called alone is a gesture of its own; inside `with gesture(ticket, actor=…)` several share the lock, the
`gesture_id` and the transaction. When the outermost one ends, still inside the transaction, what
settings.GESTURE_ENDS names has its say (triggers, clocks), the events are stored, the ticket's row is written once, and
the consumers named in settings.EVENT_CONSUMERS run (outbox rows, pings).

`with gestures(numbers, actor=…) as tickets:` begins one on each of many tickets. They lock, store events and write rows
together, in one statement each, and keep everything else: an id of their own each, and services that know of nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from customers.actors import Actor
from helpdesk.lib.savepoints import undone_on_error
from tickets.events import Event, is_quiet
from tickets.models import Message, Ticket, TicketEvent
from tickets.services.consuming import tell_consumers
from tickets.services.rows import write_rows
from tickets.stamps import read_once

End = Callable[["Sequence[Gesture]"], None]


class Gesture:
    def __init__(self, ticket: Ticket, actor: Actor, now: datetime, depth: int = 0) -> None:
        self.ticket = ticket
        self.actor = actor
        self.now = now
        self.depth = depth
        self.id: UUID = uuid4()
        self.events: list[TicketEvent] = []
        self.kept: dict[str, Any] = {}  # what those who have a say at its end keep for each other
        self._changed: set[str] = set()

    def change(self, **fields: Any) -> None:
        """Set fields of the ticket; its row is written when the gesture ends."""
        for name, value in fields.items():
            setattr(self.ticket, name, value)
        self._changed.update(fields)

    def record(
        self, event: Event, *, message: Message | None = None, actor: Actor | None = None, at: int | None = None
    ) -> None:
        """`at` puts it before events that are there already, as the heading of what followed from it."""
        actor = actor or self.actor
        self.events.insert(
            len(self.events) if at is None else at,
            TicketEvent(
                ticket=self.ticket,
                kind=event.kind,
                payload=event.payload(),
                actor_kind=actor.kind,
                actor_user=actor.user,
                actor_customer=actor.customer,
                actor_name=actor.name,
                rule_id=actor.rule_id,
                cause_depth=self.depth,
                gesture_id=self.id,
                message=message,
                created_at=self.now,
            ),
        )

    @contextmanager
    def acting_as(self, actor: Actor, *, deeper: int = 0) -> Iterator[None]:
        """What the services called in the block record is done by `actor`: a rule that runs inside the gesture.

        `deeper` counts the rules that come on top of those that led to the gesture.
        """
        previous, self.actor = self.actor, actor
        self.depth += deeper
        try:
            yield
        finally:
            self.actor = previous
            self.depth -= deeper

    @property
    def has_happened(self) -> bool:
        if self._changed and not self.events:
            raise AssertionError(f"{self._changed} changed without an event")
        return bool(self.events)

    def settle(self) -> set[str]:
        """Once the events are stored: what the row keeps of them. Returns the names of all fields to be written."""
        self.change(last_event_id=self.events[-1].pk)
        if not all(is_quiet(event.kind, event.payload) for event in self.events):
            self._note_update()
        return self._changed

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """What the block does is undone when it raises, in the database and here; the gesture can go on without it."""
        ticket, events, changed = self.ticket, len(self.events), set(self._changed)
        fields, related = dict(ticket.__dict__), dict(ticket._state.fields_cache)
        try:
            with undone_on_error():
                yield
        except BaseException:
            ticket.__dict__.clear()
            ticket.__dict__.update(fields)
            ticket._state.fields_cache = related
            del self.events[events:]
            self._changed = changed
            raise

    def _note_update(self) -> None:
        """When the ticket was last touched, and by which of its two people: lists and conditions ask."""
        self.change(updated_at=max(self.now, self.ticket.updated_at))
        user, customer = self.actor.user, self.actor.customer
        if user and user.pk == self.ticket.assignee_id:
            self.change(assignee_updated_at=self.now)
        elif customer and customer.pk == self.ticket.requester_id:
            self.change(requester_updated_at=self.now)


_running: ContextVar[Mapping[int, Gesture]] = ContextVar("running gestures by ticket", default=MappingProxyType({}))
_depth: ContextVar[int] = ContextVar("how many rules led to what is done now", default=0)


@contextmanager
def caused_by_rules(depth: int) -> Iterator[None]:
    """Gestures begun in the block are the effect of so many rules, one causing the next: a webhook's answer by API."""
    token = _depth.set(depth)
    try:
        yield
    finally:
        _depth.reset(token)


def running_gestures() -> list[Gesture]:
    return list(_running.get().values())


@contextmanager
def gesture(
    ticket: Ticket, *, actor: Actor, now: datetime | None = None, is_locked: bool = False, depth: int = 0
) -> Iterator[Gesture]:
    """Join the gesture that is running on this ticket, or start one. `now` is passed in by imports and seeding.

    `depth` counts the rules that led here, one causing the next: 0 for what a person does.

    `is_locked` promises that this transaction has locked or inserted the row, so that `ticket` is what is stored; and
    that whoever catches an error of the block rolls back to before it.
    """
    if running := _running.get().get(ticket.pk):
        yield running
        return
    with nullcontext() if is_locked else transaction.atomic():
        locked = ticket if is_locked else Ticket.objects.lock(ticket.pk)
        started = Gesture(locked, actor, now or timezone.now(), depth or _depth.get())
        token = _running.set({**_running.get(), ticket.pk: started})
        try:
            yield started
            _finish([started])
        finally:
            _running.reset(token)


@contextmanager
def gestures(numbers: Iterable[int], *, actor: Actor, now: datetime | None = None) -> Iterator[dict[int, Gesture]]:
    """A gesture on each ticket of `numbers` that there is, by number. Services called inside join them.

    All lock at once in the order of their ids, so that batches, merges and single gestures never wait for each other
    in a circle. Not inside a gesture on one of these tickets: what has been changed in memory would be read anew.
    """
    now = now or timezone.now()
    with transaction.atomic():
        locked = Ticket.objects.lock_all(numbers)
        started = {ticket.pk: Gesture(ticket, actor, now, _depth.get()) for ticket in locked}
        token = _running.set({**_running.get(), **started})
        try:
            yield started
            _finish(list(started.values()))
        finally:
            _running.reset(token)


def _finish(gestures: Sequence[Gesture]) -> None:
    happened = [each for each in gestures if each.has_happened]
    if not happened:
        return
    with read_once():
        _settle(happened)


def _settle(happened: Sequence[Gesture]) -> None:
    for end in _ends(tuple(settings.GESTURE_ENDS)):
        end(happened)
    TicketEvent.objects.bulk_create([event for each in happened for event in each.events])
    changed = set[str]().union(*(each.settle() for each in happened))
    write_rows([each.ticket for each in happened], changed)
    tell_consumers([(each.ticket, each.events) for each in happened])


@cache
def _ends(paths: tuple[str, ...]) -> list[End]:
    return [import_string(path) for path in paths]
