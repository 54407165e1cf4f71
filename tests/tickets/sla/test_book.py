"""The table of rules-sla-metrics §4, row by row, without a database: facts in, clocks out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest

from tickets.models import SlaMetric
from tickets.sla import terms as switch
from tickets.sla.book import Book
from tickets.sla.clock import SECOND, Clock, micros
from tickets.sla.facts import Applied, Beginning, Fact, PrioritySet, StatusSet, Step, TeamSet, Wrote
from tickets.sla.terms import Promise, Terms

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
CUSTOMER, OTHER, AGENT, LIGHT = ("", 1, None), ("", 2, None), ("agent", None, 7), ("light", None, 8)
OWN = ("agent", None, 9)  # the requester's own account, where the requester works here


class WallClock:
    def measure(self, calendar_id: int | None, start: datetime, end: datetime) -> int:
        return micros(end - start)

    def add(self, calendar_id: int | None, start: datetime, amount: int, *, known_at: datetime) -> datetime | None:
        return start + timedelta(microseconds=amount)


def terms(hours: float = 4, *, revision: int = 1, on: Any = (), high: float = 1, **more: Any) -> Terms:
    """Every metric: so many hours at normal priority, `high` at high, none at the others."""
    promises = {
        (priority, metric.value): Promise(round(length * 3600), is_business=False)
        for metric in SlaMetric
        for priority, length in (("normal", hours), ("high", high))
    }
    return Terms(1, revision, "Standard", MappingProxyType(promises), frozenset(on), **more)


def wrote(who: tuple[str, int | None, int | None], *, public: bool = True) -> Wrote:
    role, customer_id, user_id = who
    return Wrote(0, role, public, user_id, customer_id)


def step(hours: float, *facts: Fact) -> Step:
    return Step(NINE + timedelta(hours=hours), facts)


def told(*steps: Step, policy: Terms | None = None, status: str = "new", staff: bool = False, **beginning: Any) -> Book:
    """Applied with the first step, as triggers leave the ticket."""
    begun = Beginning(NINE, status, "normal", requester_id=1, requester_user_id=9 if staff else None, **beginning)
    book = Book.begun(begun)
    first = Step(steps[0].at, (*steps[0].facts, Applied(policy or terms(), None)))
    book.turn([first, *steps[1:]], WallClock())
    return book


def every(book: Book, metric: str) -> list[tuple[str, float, float | None]]:
    """(state, hours counted, hours after nine at which it breached) of each instance that had a target."""
    return [
        (clock.state, clock.elapsed / SECOND / 3600, _hours(clock.breached_at))
        for (name, _instance), clock in sorted(book.pages.items())
        if name == metric and clock.target
    ]


def _hours(moment: datetime | None) -> float | None:
    return (moment - NINE).total_seconds() / 3600 if moment else None


FIRST, NEXT, PERIODIC, PAUSABLE = "first_reply_time", "next_reply_time", "periodic_update_time", "pausable_update_time"
WAIT, WORK, TOTAL, OWNERSHIP = "requester_wait_time", "agent_work_time", "total_resolution_time", "group_ownership_time"


def test_first_reply_runs_from_the_customers_message_to_the_first_public_reply() -> None:
    book = told(
        step(0, wrote(CUSTOMER)), step(1, wrote(AGENT, public=False)), step(2, wrote(AGENT)), step(9, wrote(AGENT))
    )
    assert every(book, FIRST) == [("fulfilled", 2, None)]


def test_first_reply_does_not_pause_and_breaches_when_it_is_due() -> None:
    book = told(step(0, wrote(CUSTOMER)), step(1, StatusSet("pending")), step(6, wrote(AGENT)))
    assert every(book, FIRST) == [("fulfilled", 6, 4)]


def test_a_reply_at_the_very_moment_is_in_time() -> None:
    assert every(told(step(0, wrote(CUSTOMER)), step(4, wrote(AGENT))), FIRST) == [("fulfilled", 4, None)]


@pytest.mark.parametrize(
    ("opened", "name"),
    [
        (wrote(AGENT), switch.FIRST_REPLY_FOR_AGENTS),
        (wrote(AGENT, public=False), switch.FIRST_REPLY_FOR_AGENTS),
        (wrote(LIGHT, public=False), switch.FIRST_REPLY_FOR_LIGHT),
        (wrote(OWN), switch.FIRST_REPLY_FOR_OWN),
    ],
)
def test_first_reply_starts_on_other_tickets_only_where_it_is_switched_on(opened: Wrote, name: str) -> None:
    steps = (step(0, opened), step(2, wrote(AGENT)))
    assert every(told(*steps, staff=True), FIRST) == []
    assert every(told(*steps, staff=True, policy=terms(on=[name])), FIRST) == [("fulfilled", 2, None)]


def test_a_note_fulfils_replies_only_where_it_is_switched_on() -> None:
    steps = (step(0, wrote(CUSTOMER)), step(1, wrote(AGENT, public=False)))
    assert every(told(*steps), FIRST) == [("active", 0, None)]
    assert every(told(*steps, policy=terms(on=[switch.FIRST_REPLY_BY_NOTE])), FIRST) == [("fulfilled", 1, None)]


def test_next_reply_runs_from_the_oldest_unanswered_message_and_repeats() -> None:
    book = told(
        step(0, wrote(CUSTOMER)), step(1, wrote(AGENT)), step(2, wrote(CUSTOMER)), step(3, wrote(OTHER)),
        step(5, wrote(AGENT)), step(6, wrote(CUSTOMER)), step(6.5, wrote(AGENT)),
    )  # fmt: skip
    assert every(book, NEXT) == [("fulfilled", 3, None), ("fulfilled", 0.5, None)]


def test_the_requesters_own_comment_is_no_reply() -> None:
    book = told(step(0, wrote(CUSTOMER)), step(1, wrote(AGENT)), step(2, wrote(OTHER)), step(3, wrote(OWN)), staff=True)
    assert every(book, NEXT) == [("active", 0, None)]


@pytest.mark.parametrize(
    ("again", "name"),
    [
        (wrote(CUSTOMER, public=False), switch.NEXT_REPLY_FOR_NOTE),
        (wrote(LIGHT, public=False), switch.NEXT_REPLY_FOR_LIGHT),
    ],
)
def test_next_reply_starts_on_other_words_only_where_it_is_switched_on(again: Wrote, name: str) -> None:
    steps = (step(0, wrote(CUSTOMER)), step(1, wrote(AGENT)), step(2, again))
    assert every(told(*steps), NEXT) == []
    assert every(told(*steps, policy=terms(on=[name])), NEXT) == [("active", 0, None)]


def test_updates_run_from_reply_to_reply_and_one_of_them_pauses_in_pending() -> None:
    book = told(
        step(0, wrote(CUSTOMER)), step(1, wrote(AGENT), StatusSet("pending")), step(3, StatusSet("open")),
        step(4, wrote(AGENT)), step(5, StatusSet("solved")),
    )  # fmt: skip
    assert every(book, PERIODIC) == [("fulfilled", 3, None), ("fulfilled", 1, None)]
    assert every(book, PAUSABLE) == [("fulfilled", 1, None), ("fulfilled", 1, None)]


def test_an_update_that_solves_waits_for_no_update() -> None:
    assert every(told(step(0, wrote(CUSTOMER)), step(1, wrote(AGENT), StatusSet("solved"))), PERIODIC) == []


def test_waits_work_and_resolution_pause_as_the_table_says_and_resume_on_reopen() -> None:
    book = told(
        step(0, wrote(CUSTOMER)), step(1, StatusSet("open")), step(2, StatusSet("pending")), step(3, StatusSet("hold")),
        step(4, StatusSet("open")), step(5, StatusSet("solved")), step(15, StatusSet("open")),
        step(16, StatusSet("solved")), policy=terms(100),
    )  # fmt: skip
    assert every(book, WAIT) == [("fulfilled", 5, None)]  # 0–2, 3–5, 15–16
    assert every(book, WORK) == [("fulfilled", 4, None)]  # 0–2, 4–5, 15–16
    assert every(book, TOTAL) == [("fulfilled", 6, None)]  # 0–5, 15–16


def test_a_team_owns_until_it_passes_the_ticket_on_or_solves() -> None:
    book = told(
        step(0, wrote(CUSTOMER)), step(1, TeamSet(2)), step(3, TeamSet(None)), step(4, TeamSet(3)),
        step(5, StatusSet("solved")), step(8, StatusSet("open")), team_id=1, policy=terms(100),
    )  # fmt: skip
    assert every(book, OWNERSHIP) == [
        ("fulfilled", 1, None), ("fulfilled", 2, None), ("fulfilled", 1, None), ("active", 0, None),
    ]  # fmt: skip


def test_solving_ends_replies_and_a_customer_who_writes_again_waits_for_a_next_one() -> None:
    book = told(
        step(0, wrote(CUSTOMER)), step(1, StatusSet("solved")), step(2, wrote(CUSTOMER), StatusSet("open")),
        step(3, wrote(AGENT)),
    )  # fmt: skip
    assert every(book, FIRST) == [("fulfilled", 1, None)]
    assert every(book, NEXT) == [("fulfilled", 1, None)]


def test_a_policy_that_comes_late_counts_from_the_beginning_and_breaches_when_it_comes() -> None:
    book = Book.begun(Beginning(NINE, "new", "normal", requester_id=1))
    late = [step(0, wrote(CUSTOMER)), step(7, Applied(terms(), None))]
    book.turn(late, WallClock())
    clock = book.clocks[FIRST]
    assert (clock.started_at, _hours(clock.breached_at), _hours(clock.due_at)) == (NINE, 7, 4)


def test_another_priority_re_times_what_runs_and_nothing_else() -> None:
    book = told(step(0, wrote(CUSTOMER)), step(0.5, wrote(AGENT)), step(0.75, PrioritySet("high")))
    done, running = book.clocks[FIRST], book.clocks[PERIODIC]
    assert done.target and (done.target.seconds, done.target.priority) == (4 * 3600, "normal")
    assert running.target and (running.target.seconds, _hours(running.due_at)) == (3600, 1.5)


def test_no_priority_no_target() -> None:
    book = told(step(0, wrote(CUSTOMER)), step(1, PrioritySet("")), step(2, PrioritySet("normal")))
    clock = book.clocks[FIRST]
    assert clock.applies and _hours(clock.due_at) == 4
    book.turn([step(3, PrioritySet("low"))], WallClock())
    assert not book.clocks[FIRST].applies and book.clocks[FIRST].due_at is None


def test_an_edited_policy_re_times_when_it_is_applied_again_only() -> None:
    book = told(step(0, wrote(CUSTOMER)), step(1, StatusSet("open")))
    assert _hours(book.clocks[FIRST].due_at) == 4
    book.turn([step(2, Applied(terms(8, revision=2), None))], WallClock())
    assert _hours(book.clocks[FIRST].due_at) == 8


def test_it_warns_before_it_breaches_and_again_when_there_is_more_time() -> None:
    book = told(step(0, wrote(CUSTOMER)))
    assert _hours(book.clocks[FIRST].warn_at) == 3
    book.turn([step(3.5, StatusSet("open"))], WallClock())
    assert _hours(book.clocks[FIRST].warned_at) == 3
    book.turn([step(3.6, Applied(terms(8, revision=2), None))], WallClock())
    assert (book.clocks[FIRST].warned_at, _hours(book.clocks[FIRST].warn_at)) == (None, 6)


def test_a_breach_stays_one() -> None:
    book = told(step(0, wrote(CUSTOMER)), step(5, PrioritySet("high")), step(6, Applied(terms(50, revision=2), None)))
    clock: Clock = book.clocks[FIRST]
    assert _hours(clock.breached_at) == 4
