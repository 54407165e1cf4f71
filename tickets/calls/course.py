"""The course of a call, worked out from its moments: pure, and the same in whatever order they were told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tickets.models import CallState, MomentKind, Outcome

# The order of what happened in one second. Holding and resuming alternate: among them the provider's number decides.
RANK = {
    MomentKind.STARTED: 0, MomentKind.QUEUED: 1, MomentKind.ANSWERED: 2, MomentKind.HELD: 3, MomentKind.RESUMED: 3,
    MomentKind.TRANSFERRED: 4, MomentKind.ENDED: 5,
}  # fmt: skip
NOTHING = timedelta()


@dataclass(frozen=True)
class Moment:
    """One thing that happened at `at`; `sequence` is the provider's number, for what happened in the same second."""

    kind: str
    at: datetime
    key: str
    sequence: int = 0
    agent_id: int | None = None
    outcome: str = ""


@dataclass(frozen=True)
class Course:
    """Durations in whole seconds, up to the end of the call or to what was told last."""

    state: str
    started_at: datetime
    queued_at: datetime | None
    answered_at: datetime | None
    held_since: datetime | None
    ended_at: datetime | None
    agent_id: int | None
    waited: int
    talked: int
    held: int
    outcome: str


def in_order(moments: Iterable[Moment]) -> list[Moment]:
    return sorted(moments, key=lambda one: (one.at, RANK[MomentKind(one.kind)], one.sequence, one.key))


def course(moments: Iterable[Moment]) -> Course:
    """`moments` are all that is known, at least one. What came after the end changes nothing: the end is final.

    So an agent who picks up a moment after the caller has hung up has spoken with nobody: the call was missed.
    """
    told = in_order(moments)
    ended = _first(told, MomentKind.ENDED)
    ended_at = ended.at if ended else None
    known = [one for one in told if ended_at is None or one.at <= ended_at]
    answered = _first(known, MomentKind.ANSWERED)
    answered_at = _at(answered)
    held, held_since = _holds(known, answered_at, ended_at)
    started_at = min(told[0].at, answered_at or told[0].at)
    until = ended_at or known[-1].at
    talked = max(NOTHING, until - answered_at - held) if answered_at else NOTHING
    waited = (answered_at or until) - started_at
    return Course(
        state=_state(ended_at, answered_at, held_since),
        started_at=started_at,
        queued_at=_at(_first(known, MomentKind.QUEUED)),
        answered_at=answered_at,
        held_since=None if ended_at else held_since,
        ended_at=ended_at,
        agent_id=_agent(known),
        waited=_seconds(waited),
        talked=_seconds(talked),
        held=_seconds(held),
        outcome=_outcome(ended, answered_at),
    )


def _first(moments: Iterable[Moment], kind: str) -> Moment | None:
    return next((one for one in moments if one.kind == kind), None)


def _at(moment: Moment | None) -> datetime | None:
    return moment.at if moment else None


def _holds(
    moments: Iterable[Moment], answered_at: datetime | None, ended_at: datetime | None
) -> tuple[timedelta, datetime | None]:
    """How long they were on hold in all, and since when they are. Nobody is held before somebody has answered."""
    held, since = NOTHING, None
    for one in moments:
        if answered_at is None or one.at < answered_at:
            continue
        if one.kind == MomentKind.HELD and since is None:
            since = one.at
        elif one.kind in (MomentKind.RESUMED, MomentKind.TRANSFERRED) and since is not None:
            held, since = held + (one.at - since), None
    if since is not None and ended_at is not None:
        held += max(NOTHING, ended_at - since)
    return held, since


def _state(ended_at: datetime | None, answered_at: datetime | None, held_since: datetime | None) -> str:
    if ended_at:
        return CallState.ENDED
    if answered_at is None:
        return CallState.RINGING
    return CallState.HELD if held_since else CallState.ANSWERED


def _agent(moments: Iterable[Moment]) -> int | None:
    """Who has it, or had it last."""
    agent_id = None
    for one in moments:
        if one.kind in (MomentKind.ANSWERED, MomentKind.TRANSFERRED) and one.agent_id:
            agent_id = one.agent_id
    return agent_id


def _outcome(ended: Moment | None, answered_at: datetime | None) -> str:
    """What a telephone can know of it; that it was resolved is for the agent to say."""
    if ended is None or answered_at:
        return Outcome.NONE
    return ended.outcome or Outcome.NO_ANSWER


def _seconds(length: timedelta) -> int:
    return max(0, round(length.total_seconds()))
