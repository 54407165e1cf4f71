"""What clocks react to: the part of a ticket's timeline that starts, stops or re-times them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from tickets.sla.terms import Terms


@dataclass(frozen=True, slots=True)
class Wrote:
    """A message that a person wrote: no automatic answer, nothing that a rule sent.

    `role` is the author's at the time, empty for customers.
    """

    message_id: int
    role: str
    is_public: bool
    user_id: int | None = None
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class StatusSet:
    status: str


@dataclass(frozen=True, slots=True)
class PrioritySet:
    priority: str


@dataclass(frozen=True, slots=True)
class TeamSet:
    team_id: int | None


@dataclass(frozen=True, slots=True)
class Applied:
    """A policy was found for the ticket, or none. `calendar_id` is whose hours count from here on.

    `calendar_version` tells its hours from those it had before a change.
    """

    terms: Terms | None
    calendar_id: int | None
    calendar_version: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """The timeline says that a clock was about to breach, or did: nobody needs to be told again."""

    metric: str
    instance: int
    what: str  # WARNED or BREACHED


WARNED, BREACHED = "warned", "breached"
Fact: TypeAlias = Wrote | StatusSet | PrioritySet | TeamSet | Applied | Told


@dataclass(frozen=True)
class Step:
    """The facts of one gesture, in order. They happen at one moment."""

    at: datetime
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Beginning:
    """How the ticket was before its first fact."""

    opened_at: datetime
    status: str
    priority: str = ""
    team_id: int | None = None
    requester_id: int | None = None
    requester_user_id: int | None = None  # where the requester is one of the staff
