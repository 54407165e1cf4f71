"""Whom a ticket can be given to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from helpdesk.lib.people import hue_of, initials_of


@dataclass(frozen=True)
class Choice:
    id: int
    name: str
    email: str = ""
    availability: str = ""

    @property
    def initials(self) -> str:
        return initials_of(self.name)

    @property
    def hue(self) -> int:
        return hue_of(self.email)


@dataclass
class Assignable:
    users: list[Choice] = field(default_factory=list)
    teams: list[Choice] = field(default_factory=list)


# Everyone and every team that can take tickets, for another statement to bring along.
TAKERS = """
(SELECT json_agg(json_build_array(id, name, email, availability)) FROM (
  SELECT id, name, email, availability FROM accounts_user WHERE is_active AND role <> 'light'
  UNION ALL SELECT id, name, '', 'team' FROM accounts_team) AS takers)
"""


def assignable(rows: Iterable[Sequence[Any]]) -> Assignable:
    """What `TAKERS` found, by name."""
    found = Assignable()
    for row in sorted(rows, key=lambda row: row[1].casefold()):
        choice = Choice(*row)
        (found.users if choice.email else found.teams).append(choice)
    return found
