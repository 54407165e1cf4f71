"""Whom a ticket can be given to, and who leads those who have it."""

from __future__ import annotations

import json
from typing import NamedTuple

from helpdesk.accounts.models import Role, User
from helpdesk.lib.kept import Kept
from helpdesk.lib.people import hue_of, initials_of
from tickets.models import Ticket


class Choice(NamedTuple):
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


class Assignable(NamedTuple):
    users: tuple[Choice, ...]
    teams: tuple[Choice, ...]


# Everyone and every team that can take tickets, for another statement to bring along.
TAKERS = """
(SELECT json_agg(json_build_array(id, name, email, availability))::text FROM (
  SELECT id, name, email, availability FROM accounts_user WHERE is_active AND role <> 'light'
  UNION ALL SELECT id, name, '', 'team' FROM accounts_team) AS takers)
"""
_known: Kept[Assignable] = Kept(8)  # most pages find the same people


def assignable(found: str | None) -> Assignable:
    """What `TAKERS` found, by name."""
    return _known.get(found, lambda: _read(found or "[]"))


def _read(found: str) -> Assignable:
    choices = [Choice(*row) for row in sorted(json.loads(found), key=lambda row: row[1].casefold())]
    return Assignable(
        tuple(choice for choice in choices if choice.email), tuple(choice for choice in choices if not choice.email)
    )


def leads_of(ticket: Ticket) -> set[int]:
    """Those of its team; where it has none, or nobody leads it, every lead."""
    leads = User.objects.filter(is_active=True, role=Role.LEAD)
    its = leads.filter(teams=ticket.team_id) if ticket.team_id else leads.none()
    return set(its.values_list("pk", flat=True)) or set(leads.values_list("pk", flat=True))
