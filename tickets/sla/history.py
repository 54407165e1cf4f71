"""The timeline as clocks read it: stored events and those of a running gesture, told as the same facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.db import connection

from helpdesk.accounts.models import Role
from tickets.events import (
    CallAnswered,
    CallWrittenUp,
    MessageMoved,
    MessageReceived,
    NoteAdded,
    PriorityChanged,
    ReplyAdded,
    ReplyRetracted,
    SlaApplied,
    SlaBreached,
    SlaWarned,
    StatusChanged,
    TeamChanged,
)
from tickets.models import Message, MessageKind, Ticket, TicketEvent
from tickets.sla.facts import (
    BREACHED,
    WARNED,
    Applied,
    Beginning,
    Fact,
    PrioritySet,
    StatusSet,
    Step,
    TeamSet,
    Told,
    Wrote,
)
from tickets.sla.terms import Terms

WORDS = (MessageReceived.kind, ReplyAdded.kind, NoteAdded.kind)
CALLS = (CallAnswered.kind, CallWrittenUp.kind)
FIELDS = {StatusChanged.kind: "old", PriorityChanged.kind: "old", TeamChanged.kind: "old_id"}
KINDS = [
    *WORDS, *CALLS, *FIELDS, ReplyRetracted.kind, MessageMoved.kind, SlaApplied.kind, SlaWarned.kind, SlaBreached.kind,
]  # fmt: skip
Find = Callable[[int | None, int], Terms | None]


class Happened(Protocol):
    """An event, as far as it has to be known whether it took something back."""

    @property
    def kind(self) -> str: ...
    @property
    def payload(self) -> Mapping[str, Any]: ...


AnEvent = TypeVar("AnEvent", bound=Happened)


@dataclass(frozen=True, slots=True)
class Line:
    """An event with what has to be known of its message."""

    gesture_id: UUID
    kind: str
    payload: Mapping[str, Any]
    at: datetime
    message: tuple[str, str, bool, int | None, int | None] | None  # kind, role, is by a machine, user, customer


def lines_of(events: Iterable[TicketEvent]) -> list[Line]:
    """Of a gesture that is running; `Message`s are at hand."""
    return [
        Line(event.gesture_id, event.kind, event.payload, event.created_at, _about(event.message))
        for event in events
        if event.kind in KINDS
    ]


def _about(it: Message | None) -> tuple[str, str, bool, int | None, int | None] | None:
    if it is None:
        return None
    return it.kind, it.author_role, it.is_automatic or it.is_auto_reply, it.author_user_id, it.author_customer_id


READ = """
SELECT e.ticket_id, e.gesture_id, e.kind, e.payload::json, e.created_at,
       m.kind, m.author_role, m.is_automatic OR m.is_auto_reply, m.author_user_id, m.author_customer_id
FROM tickets_ticketevent e LEFT JOIN tickets_message m ON m.id = e.message_id
WHERE e.ticket_id = ANY(%s) AND e.kind = ANY(%s) ORDER BY e.ticket_id, e.id
"""


def read_lines(numbers: Sequence[int]) -> dict[int, list[Line]]:
    """What is stored of these tickets, in one statement."""
    found: dict[int, list[Line]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(READ, [list(numbers), KINDS])
        for number, gesture_id, kind, payload, at, *message in cursor.fetchall():
            found[number].append(Line(gesture_id, kind, payload, at, tuple(message) if message[0] else None))
    return found


def takes_back(lines: Iterable[Line]) -> bool:
    """Whether something that counted is to be left out from now on, so that the past must be told anew."""
    return any(_taken_back(line) is not None for line in lines)


def _taken_back(line: Happened) -> int | None:
    if line.kind == ReplyRetracted.kind or (line.kind == MessageMoved.kind and line.payload["direction"] == "out"):
        return int(line.payload["message_id"])
    return None


def still_said(lines: Sequence[AnEvent]) -> list[AnEvent]:
    """Without what was taken back or moved away later."""
    gone: set[int] = set()
    kept: list[AnEvent] = []
    for line in reversed(lines):
        if (message_id := _taken_back(line)) is not None:
            gone.add(message_id)
        if line.kind not in WORDS or line.payload["message_id"] not in gone:
            kept.append(line)
    kept.reverse()
    return kept


def steps_of(lines: Sequence[Line], find: Find) -> list[Step]:
    """One for each gesture, in order; without what was taken back or moved away later."""
    return [
        Step(members[0].at, tuple(_facts(members, find)))
        for members in (list(group) for _id, group in groupby(still_said(lines), key=lambda line: line.gesture_id))
    ]


def _facts(lines: Iterable[Line], find: Find) -> Iterator[Fact]:
    for line in lines:
        payload = line.payload
        match line.kind:
            case StatusChanged.kind:
                yield StatusSet(payload["new"])
            case PriorityChanged.kind:
                yield PrioritySet(payload["new"])
            case TeamChanged.kind:
                yield TeamSet(payload["new_id"])
            case SlaApplied.kind:
                terms = find(payload["policy_id"], payload["revision"])
                yield Applied(terms, payload["calendar_id"], payload["calendar_version"])
            case SlaWarned.kind | SlaBreached.kind:
                yield Told(payload["metric"], payload["instance"], WARNED if line.kind == SlaWarned.kind else BREACHED)
            case _ if line.kind in CALLS:
                if payload.get("is_answer"):
                    yield _spoke(line)
            case _ if line.kind in WORDS and line.message:
                if wrote := _wrote(payload["message_id"], *line.message):
                    yield wrote


def _spoke(line: Line) -> Wrote:
    """They were spoken with: as good as a public reply, also where the telephone belongs to nobody here."""
    user_id = line.message[3] if line.message else None
    return Wrote(int(line.payload.get("message_id", 0)), Role.AGENT, True, user_id)


def _wrote(
    message_id: int, kind: str, role: str, is_by_machine: bool, user_id: int | None, customer_id: int | None
) -> Wrote | None:
    """None for what no person wrote: automatic answers, rules, the system."""
    if is_by_machine or role == "system":
        return None
    return Wrote(message_id, role, kind == MessageKind.PUBLIC, user_id, customer_id)


def beginning_of(ticket: Ticket, lines: Iterable[Line]) -> Beginning:
    """How it was when it was opened: as it is now, but for what has been changed since."""
    first: dict[str, Any] = {}
    requester_user_id = None
    for line in lines:
        if line.kind in FIELDS:
            first.setdefault(line.kind, line.payload[FIELDS[line.kind]])
        elif line.kind == SlaApplied.kind and requester_user_id is None:
            requester_user_id = line.payload["requester_user_id"]
    return Beginning(
        opened_at=ticket.created_at,
        status=first.get(StatusChanged.kind, ticket.status),
        priority=first.get(PriorityChanged.kind, ticket.priority),
        team_id=first.get(TeamChanged.kind, ticket.team_id),
        requester_id=ticket.requester_id,
        requester_user_id=requester_user_id,
    )
