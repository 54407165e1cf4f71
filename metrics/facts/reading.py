"""A history in the order in which things were, without what was taken back: how its ticket began, and what followed.

A reply that is taken back inside the undo window was never sent. What its gesture had made of the status, and the move
back, have not happened either; the timeline keeps both, and `reopens` counts as the timeline does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from metrics.facts.history import WORDS, History, Line
from tickets.events import AssigneeChanged, ReplyRetracted, StatusChanged, TeamChanged, TicketOpened
from tickets.models.ticket import UNSOLVED
from tickets.sla.history import still_said

UNSOLVED_NAMES: Final = frozenset(status.value for status in UNSOLVED)
BEGAN_WITH: Final = {StatusChanged.kind: "old", AssigneeChanged.kind: "old_id", TeamChanged.kind: "old_id"}
MATTERS: Final = frozenset(
    {*WORDS, *BEGAN_WITH, "call.settled", "call.written_up"}
)  # what is heard; the rest says how to hear it


class Event(NamedTuple):
    """`at`: words when they were said, all else when it was written down. `status` replaces what the line says."""

    at: datetime
    id: int
    line: Line
    status: str = ""


class Beginning(NamedTuple):
    status: str
    team_id: int | None
    assignee_id: int | None


@dataclass(frozen=True, slots=True)
class Course:
    """`opening`, `reopening` and `solving` are gestures that did so; `reopens` counts what the timeline says, undone
    or not.
    """

    beginning: Beginning
    events: Sequence[Event]
    is_by_agent: bool
    opened_by: int | None
    opening: UUID | None
    reopening: frozenset[UUID]
    solving: frozenset[UUID]
    reopens: int


def events_of(history: History) -> Course:
    moves = [line for line in history.lines if line.kind == StatusChanged.kind]
    solving = frozenset(line.gesture_id for line in moves if _solves(line))
    reopening = [line.gesture_id for line in moves if _reopens(line)]
    opening = next((line for line in history.lines if line.kind == TicketOpened.kind), None)
    return Course(
        beginning=_beginning(history),
        events=sorted(_events(history, moves)),
        is_by_agent=opening is not None and opening.actor_kind == "user",
        opened_by=opening.actor_id if opening else None,
        opening=opening.gesture_id if opening else None,
        reopening=frozenset(reopening),
        solving=solving,
        reopens=len(reopening),
    )


def _solves(line: Line) -> bool:
    return line.payload["old"] in UNSOLVED_NAMES and line.payload["new"] not in UNSOLVED_NAMES


def _reopens(line: Line) -> bool:
    return line.payload["old"] not in UNSOLVED_NAMES and line.payload["new"] in UNSOLVED_NAMES


def _beginning(history: History) -> Beginning:
    """As it is now, but for what has been changed since."""
    first: dict[str, object] = {}
    for line in history.lines:
        if (name := BEGAN_WITH.get(line.kind)) is not None:
            first.setdefault(line.kind, line.payload[name])
    ticket = history.ticket
    return Beginning(
        first.get(StatusChanged.kind, ticket.status),  # type: ignore[arg-type]
        first.get(TeamChanged.kind, ticket.team_id),  # type: ignore[arg-type]
        first.get(AssigneeChanged.kind, ticket.assignee_id),  # type: ignore[arg-type]
    )


def _events(history: History, moves: Sequence[Line]) -> Iterator[Event]:
    """Two processes' clocks differ by a little: what was written down later was not before."""
    undone = _undone(history.lines, moves)
    latest = history.ticket.opened_at
    for line in still_said(history.lines):
        latest = max(latest, line.at)
        if line.kind not in MATTERS or line.id in undone:
            if line.id in undone and (status := undone[line.id]):
                yield Event(latest, line.id, line, status)
            continue
        yield Event(line.said_at or latest if line.kind in WORDS else latest, line.id, line)


def _undone(lines: Sequence[Line], moves: Sequence[Line]) -> Mapping[int, str]:
    """Moves of the status that did not happen, by their ids; with a status: what is left of the move back."""
    undone: dict[int, str] = {}
    for back in (line for line in lines if line.kind == ReplyRetracted.kind):
        said = next((line.gesture_id for line in lines if _says(line, back.payload["message_id"])), None)
        there = [line for line in moves if line.gesture_id == said]
        here = [line for line in moves if line.gesture_id == back.gesture_id]
        if there and here and here[0].payload["old"] == there[-1].payload["new"]:
            was, now = there[0].payload["old"], here[-1].payload["new"]
            undone |= dict.fromkeys([line.id for line in (*there, *here)], "")
            if was != now:
                undone[here[-1].id] = now
    return undone


def _says(line: Line, message_id: int) -> bool:
    return line.kind in WORDS and line.payload["message_id"] == message_id
