"""The course of a call is the same in whatever order its moments were told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tickets.calls.course import Moment, course
from tickets.models import CallState, MomentKind, Outcome

START = datetime(2026, 11, 22, 10, tzinfo=UTC)


def at(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


def a_call() -> list[Moment]:
    """Waits 20 s, talks 60 s in all, is on hold for 15 s."""
    return [
        Moment(MomentKind.STARTED, at(0), "started"),
        Moment(MomentKind.QUEUED, at(2), "queued"),
        Moment(MomentKind.ANSWERED, at(20), "answered", agent_id=1),
        Moment(MomentKind.HELD, at(50), "held", sequence=3),
        Moment(MomentKind.RESUMED, at(65), "resumed", sequence=4),
        Moment(MomentKind.TRANSFERRED, at(70), "transferred", agent_id=2),
        Moment(MomentKind.ENDED, at(95), "ended"),
    ]


def test_the_durations_of_a_call() -> None:
    told = course(a_call())
    assert (told.state, told.waited, told.talked, told.held, told.agent_id) == (CallState.ENDED, 20, 60, 15, 2)
    assert told.outcome == Outcome.NONE  # an agent says what came of it


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # a busy machine
@given(st.permutations(a_call()), st.data())
def test_any_order_and_duplicates_give_the_same(moments: list[Moment], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(moments), max_size=4))
    assert course([*moments, *again]) == course(a_call())


def test_the_end_is_final() -> None:
    late = Moment(MomentKind.HELD, at(200), "late")
    assert course([*a_call(), late]) == course(a_call())


def test_nobody_answered() -> None:
    told = course([a_call()[0], Moment(MomentKind.ENDED, at(30), "ended", outcome=Outcome.BUSY)])
    assert (told.state, told.waited, told.talked, told.outcome) == (CallState.ENDED, 30, 0, Outcome.BUSY)


def test_an_agent_who_picks_up_when_the_caller_has_gone_has_spoken_with_nobody() -> None:
    told = course([a_call()[0], Moment(MomentKind.ENDED, at(18), "ended"), a_call()[1]])
    assert (told.state, told.answered_at, told.outcome) == (CallState.ENDED, None, Outcome.NO_ANSWER)


def test_a_caller_who_hangs_up_on_hold() -> None:
    told = course([*a_call()[:4], Moment(MomentKind.ENDED, at(80), "ended")])
    assert (told.talked, told.held, told.held_since) == (30, 30, None)


def test_while_it_goes_on() -> None:
    told = course(a_call()[:4])
    assert told.state == CallState.HELD and told.held_since == at(50) and told.ended_at is None
