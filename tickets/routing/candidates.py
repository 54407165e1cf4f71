"""Who gets the next ticket: pure, over what is known of the people of a team at this moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tickets.models import RoutingMode, WaitReason

DEFAULT_ROOM: Mapping[str, int] = {"email": 20, "web": 20, "slack": 10, "chat": 3}
OTHER_ROOM = 5  # of a channel that is not named here
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
Reason = dict[str, Any]


@dataclass
class Person:
    """Somebody who is online. `load` counts new and open tickets by channel, whoever gave them."""

    id: int
    name: str
    per_channel: Mapping[str, int] = field(default_factory=dict)
    load: Counter[str] = field(default_factory=Counter)
    skills: frozenset[str] = frozenset()
    last_given_at: datetime = LONG_AGO

    def most(self, channel: str) -> int:
        return self.per_channel.get(channel, DEFAULT_ROOM.get(channel, OTHER_ROOM))

    def has_room(self, channel: str) -> bool:
        return self.load[channel] < self.most(channel)


@dataclass(frozen=True)
class Wanted:
    """A ticket, as far as the choice asks."""

    channel: str
    skills: frozenset[str] = frozenset()
    not_to: int | None = None


@dataclass(frozen=True)
class Choice:
    """A person with the reasons, or why there is none."""

    person: Person | None
    reasons: Sequence[Reason] = ()
    waits: str = ""


def choose(wanted: Wanted, people: Sequence[Person], mode: str, *, uses_skills: bool) -> Choice:
    """`people` are all of the team who are online. Ties go to whoever has waited longest, then to the older account."""
    if not people:
        return Choice(None, waits=WaitReason.NOBODY)
    able = [person for person in people if not uses_skills or wanted.skills <= person.skills]
    if not able:
        return Choice(None, waits=WaitReason.SKILLS)
    free = [person for person in able if person.has_room(wanted.channel)]
    if not free:
        return Choice(None, waits=WaitReason.FULL)
    others = [person for person in free if person.id != wanted.not_to]
    if not others:
        return Choice(None, waits=WaitReason.AVOIDED)
    chosen = min(others, key=_by_load if mode == RoutingMode.LEAST_LOADED else _by_turn)
    return Choice(chosen, _reasons(chosen, others, wanted, mode, uses_skills))


def _by_turn(person: Person) -> tuple[datetime, int]:
    return person.last_given_at, person.id


def _by_load(person: Person) -> tuple[int, datetime, int]:
    return person.load.total(), person.last_given_at, person.id


def _reasons(chosen: Person, free: Sequence[Person], wanted: Wanted, mode: str, uses_skills: bool) -> list[Reason]:
    reasons: list[Reason] = [{"why": "only" if len(free) == 1 else mode, "people": len(free)}]
    if uses_skills and wanted.skills:
        reasons.append({"why": "skills", "skills": sorted(wanted.skills)})
    had, most = chosen.load[wanted.channel], chosen.most(wanted.channel)
    reasons.append({"why": "room", "channel": wanted.channel, "had": had, "most": most})
    return reasons
