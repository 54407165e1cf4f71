"""Whom a ticket can be given to."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import CharField, Value

from helpdesk.accounts.models import Role, Team, User
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


def assignable() -> Assignable:
    """Everyone and every team that can take tickets, by name, in one statement: it is asked on each ticket page."""
    nothing = Value("", output_field=CharField())
    users = User.objects.filter(is_active=True).exclude(role=Role.LIGHT)
    people = users.values_list("pk", "name", "email", "availability").order_by()
    teams = Team.objects.annotate(email=nothing, availability=Value("team", output_field=CharField()))
    rows = people.union(teams.values_list("pk", "name", "email", "availability").order_by(), all=True)
    found = Assignable()
    for row in sorted(rows, key=lambda row: row[1].casefold()):
        choice = Choice(*row)
        (found.users if choice.email else found.teams).append(choice)
    return found
