"""Keeping targets true: at the end of every gesture, and told again from the timeline.

`retime` is named in settings.GESTURE_ENDS after the triggers. A gesture reads once what is known (`knowledge`) and
writes once what became of its clocks (`storing`); the ticket's own columns, which lists show, go with its row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from customers.actors import SYSTEM
from tickets.conditions import Facts
from tickets.conditions.asking import Asking
from tickets.conditions.facts import facts_for
from tickets.conditions.reading import holds
from tickets.events import SlaApplied, SlaRetimed, TicketOpened, is_quiet
from tickets.models import Ticket
from tickets.models.ticket import UNSOLVED
from tickets.sla.book import Book
from tickets.sla.clock import Clock
from tickets.sla.history import Line, beginning_of, lines_of, read_lines, steps_of, takes_back
from tickets.sla.knowledge import Knowledge, Policy, known_of
from tickets.sla.memory import load
from tickets.sla.storing import Kept, store

if TYPE_CHECKING:
    from tickets.services.gesture import Gesture

SLA_KIND = "sla."
RUNNING, WARNED, BREACHED, PAUSED = "running", "warned", "breached", "paused"


def retime(gestures: Sequence[Gesture]) -> None:
    """Match policies, let clocks react to what was done, and store both."""
    known = known_of([g.ticket for g in gestures])
    if known.is_empty:
        return
    pages = [_Page(g, load(known.memories[g.ticket.pk], known.shelf.find))
             if g.ticket.pk in known.memories else _Page(g, None) for g in gestures]  # fmt: skip
    _apply_policies(pages, known)
    kept = _turn(pages, known)
    for page, it in kept:
        _say_what_was_retimed(page.gesture, it.book)
        page.gesture.change(**columns_of(it.book.clocks.values()))
    store([it for _page, it in kept])


@dataclass
class _Page:
    """A gesture, and the book of its ticket; None where no policy ever applied to it."""

    gesture: Gesture
    book: Book | None

    @property
    def is_update(self) -> bool:
        """Telling of a breach is no reason to look for a policy; what a rule did about it is."""
        return any(not is_quiet(event.kind, event.payload) for event in self.gesture.events)

    @property
    def is_opening(self) -> bool:
        return any(event.kind == TicketOpened.kind for event in self.gesture.events)


# Which policy


def _apply_policies(pages: Sequence[_Page], known: Knowledge) -> None:
    """Record on each ticket whose policy, or whose hours, are others than before."""
    asking = [page for page in pages if page.is_update and page.gesture.ticket.status in UNSOLVED]
    if not asking:
        return
    facts = facts_for([page.gesture.ticket for page in asking], known.shelf.fields)
    for page in asking:
        g = page.gesture
        policy = first_match(known.shelf.policies, facts[g.ticket.pk], now=g.now)
        applied = _applied(page, policy, known)
        if applied:
            g.record(applied, actor=SYSTEM)


def first_match(policies: Iterable[Policy], facts: Facts, *, now: datetime) -> Policy | None:
    asking = Asking(None, now)
    return next((policy for policy in policies if holds(policy.filter, facts, asking)), None)


def _applied(page: _Page, policy: Policy | None, known: Knowledge) -> SlaApplied | None:
    ticket, book = page.gesture.ticket, page.book
    if policy is None:
        if book is None or book.terms is None:
            return None
        return SlaApplied(None, "", 0, book.calendar_id, "", book.calendar_version, book.requester_user_id)
    terms, hours = policy.terms, known.hours.book
    timeline = hours.first_of(terms.calendar_id, ticket.calendar_id, ticket.team.calendar_id if ticket.team else None)
    calendar_id = timeline.calendar_id if timeline else None
    version = len(timeline.versions) if timeline else 0
    if book and book.terms == terms and (book.calendar_id, book.calendar_version) == (calendar_id, version):
        return None
    staff = book.requester_user_id if book else known.staff.get(ticket.requester_id)
    return SlaApplied(
        terms.policy_id, terms.title, terms.revision, calendar_id, timeline.name if timeline else "", version, staff
    )


# What became of the clocks


def _turn(pages: Sequence[_Page], known: Knowledge) -> list[tuple[_Page, Kept]]:
    """The books after these gestures; tickets that are under no policy have none."""
    lines = {page.gesture.ticket.pk: lines_of(page.gesture.events) for page in pages}
    anew = [page for page in pages if _is_told_anew(page, lines[page.gesture.ticket.pk])]
    stored = read_lines([page.gesture.ticket.pk for page in anew if not page.is_opening])
    kept = []
    for page in pages:
        g = page.gesture
        if page in anew:
            book = book_of(g.ticket, [*stored.get(g.ticket.pk, ()), *lines[g.ticket.pk]], known)
            _compare(book, page.book)
            kept.append((page, Kept(g.ticket.pk, book, g.id, is_whole=page.book is not None)))
        elif page.book:
            page.book.turn(steps_of(lines[g.ticket.pk], known.shelf.find), known.hours)
            kept.append((page, Kept(g.ticket.pk, page.book, g.id)))
    return kept


def _is_told_anew(page: _Page, lines: Sequence[Line]) -> bool:
    """The first policy counts what has been since the beginning; what is taken back changes the past."""
    if page.book is None:
        return any(line.kind == SlaApplied.kind for line in lines)
    return takes_back(lines)


def book_of(ticket: Ticket, lines: Sequence[Line], known: Knowledge) -> Book:
    book = Book.begun(beginning_of(ticket, lines))
    book.turn(steps_of(lines, known.shelf.find), known.hours)
    return book


def _compare(book: Book, old: Book | None) -> None:
    """The log is to say only what is new: of instances that were over nothing is."""
    book.before = {key: clock for key, clock in book.pages.items() if old and _was_over(old, clock)}
    if old:
        book.before |= {(clock.metric, clock.instance): clock for clock in old.clocks.values()}


def _was_over(old: Book, clock: Clock) -> bool:
    last = old.clocks.get(clock.metric)
    return last is not None and clock.instance < last.instance


def _say_what_was_retimed(g: Gesture, book: Book) -> None:
    """Another priority, other targets for what still runs: an agent should see that on the timeline."""
    changes = []
    for key, clock in book.pages.items():
        before = book.before.get(key)
        if before is None or before.target is None or not (before.is_open and before.applies and clock.is_open):
            continue
        target = clock.target
        assert target
        new = target.seconds if clock.applies else None
        if new != before.target.seconds and before.target.priority != book.priority:
            changes.append({"metric": str(clock.metric), "old": before.target.seconds, "new": new})
    if changes:
        g.record(SlaRetimed(book.priority, changes), actor=SYSTEM)


def columns_of(clocks: Iterable[Clock]) -> dict[str, Any]:
    """What the ticket's row keeps: the target that breaches next, or the one that has waited longest for its breach."""
    clocks = [clock for clock in clocks if clock.is_open and clock.applies]
    running = [clock for clock in clocks if clock.due_at]
    if running:
        clock = min(running, key=lambda it: (it.due_at, it.metric))
        state = BREACHED if clock.breached_at else WARNED if clock.warned_at else RUNNING
        return _columns(clock, state)
    paused = [clock for clock in clocks if clock.since is None]
    if paused:
        return _columns(min(paused, key=lambda it: (it.target.amount - it.elapsed, it.metric)), PAUSED)  # type: ignore[union-attr]
    return {"sla_due_at": None, "sla_metric": "", "sla_state": "", "sla_calendar_id": None}


def _columns(clock: Clock, state: str) -> dict[str, Any]:
    by_hours = clock.target is not None and clock.target.is_business
    return {
        "sla_due_at": clock.due_at,
        "sla_metric": str(clock.metric),
        "sla_state": state,
        "sla_calendar_id": clock.calendar_id if by_hours else None,
    }


# From the timeline alone


def recompute(ticket: Ticket, *, now: datetime | None = None) -> Book | None:
    """The book as the stored timeline tells it, with `now` also what time has done since; None: never under a policy.

    Nothing is stored. What is stored is the same, but for what only time has done.
    """
    return dict(recompute_many([ticket], now=now)).get(ticket.pk)


def recompute_many(tickets: Sequence[Ticket], *, now: datetime | None = None) -> Iterator[tuple[int, Book]]:
    known = known_of(tickets)
    lines: Mapping[int, list[Line]] = read_lines([ticket.pk for ticket in tickets])
    for ticket in tickets:
        told = lines.get(ticket.pk, [])
        if any(line.kind == SlaApplied.kind for line in told):
            book = book_of(ticket, told, known)
            if now:
                book.pass_time(now)
            yield ticket.pk, book
