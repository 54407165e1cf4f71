"""What is told of a ticket: its row of facts, its moments, and the stretches of time that each duration is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from metrics.models import Fact

EDITION: Final = 1  # of the definitions: another number has every ticket told anew, in the background

DURATIONS: Final = (
    "first_reply", "first_resolution", "full_resolution", "requester_wait", "agent_wait", "on_hold", "agent_work",
    "first_assignment", "last_assignment", "assignment_to_resolution", "unassigned",
)  # fmt: skip
SUMS: Final = frozenset(
    {"requester_wait", "agent_wait", "on_hold", "agent_work", "unassigned"}
)  # 0 where there is none
COLUMNS: Final = tuple(str(field.column) for field in Fact._meta.concrete_fields)
PLACE: Final = {column: i for i, column in enumerate(COLUMNS)}

Stretch = tuple[datetime, datetime]
Row = tuple[Any, ...]  # of a fact, in the order of COLUMNS


class MomentTold(NamedTuple):
    """A row of Moment, but for its ticket."""

    at: datetime
    kind: str
    user_id: int | None
    team_id: int | None
    channel: str
    seconds: int | None = None
    seconds_business: int | None = None
    name: str = ""
    ref: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    number: int
    row: Row
    moments: Sequence[MomentTold]
    stretches: Mapping[str, Sequence[Stretch]]  # by duration, in order; none of a duration that is not known yet
    waiting_since: datetime | None = None
