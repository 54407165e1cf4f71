"""A ticket with the people around it, as its pages show it: one hand-written statement (see helpdesk.lib.reading)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from customers.models import Customer, Organisation
from helpdesk.accounts.models import Role, Team, User
from helpdesk.lib.reading import Reader
from tickets.models import Inbox, Ticket

TICKET, REQUESTER, ORGANISATION = Reader(Ticket), Reader(Customer), Reader(Organisation)
ASSIGNEE, TEAM, INBOX = Reader(User), Reader(Team), Reader(Inbox)

# The tickets that `Ticket.objects.visible_to(user)` lets through: a test holds the two together.
VISIBLE = f"""
SELECT {TICKET.columns("t")}, {REQUESTER.columns("r")}, {INBOX.columns("i")},
  {ORGANISATION.columns("o")}, {ASSIGNEE.columns("a")}, {TEAM.columns("m")}
FROM tickets_ticket t JOIN customers_customer r ON r.id = t.requester_id JOIN tickets_inbox i ON i.id = t.inbox_id
  LEFT JOIN customers_organisation o ON o.id = r.organisation_id
  LEFT JOIN accounts_user a ON a.id = t.assignee_id LEFT JOIN accounts_team m ON m.id = t.team_id
WHERE t.id = %(number)s AND (t.team_id IS NULL OR NOT t.team_id = ANY(%(hidden)s))
"""  # noqa: S608 names of our own columns

# As `with_people().select_for_update(of=("self",))` reads them: a test holds the two together.
LOCKED = f"""
SELECT {TICKET.columns("t")}, {REQUESTER.columns("r")}, {INBOX.columns("i")},
  {ASSIGNEE.columns("a")}, {TEAM.columns("m")}
FROM tickets_ticket t JOIN customers_customer r ON r.id = t.requester_id JOIN tickets_inbox i ON i.id = t.inbox_id
  LEFT JOIN accounts_user a ON a.id = t.assignee_id LEFT JOIN accounts_team m ON m.id = t.team_id
WHERE t.id = ANY(%s) ORDER BY t.id FOR UPDATE OF t
"""  # noqa: S608 names of our own columns


def locked(numbers: Iterable[int]) -> list[Ticket]:
    """Those tickets that there are, locked in the order of their ids."""
    with connection.cursor() as cursor:
        cursor.execute(LOCKED, [list(numbers)])
        return [_with_people(row) for row in cursor.fetchall()]


def _with_people(row: Sequence[Any]) -> Ticket:
    """Kept beside the row as a queryset keeps them: what the row itself names stays, even if nobody was found."""
    ticket, at = TICKET.read(row), TICKET.width
    known = ticket._state.fields_cache
    for name, reader in (("requester", REQUESTER), ("inbox", INBOX), ("assignee", ASSIGNEE), ("team", TEAM)):
        known[name], at = reader.read_joined(row, at), at + reader.width
    return ticket


def visible_ticket(user: User, number: int) -> Ticket | None:
    """With requester, organisation, assignee, team and inbox."""
    if not sees_tickets(user):
        return None
    with connection.cursor() as cursor:
        cursor.execute(VISIBLE, {"number": number, "hidden": user.hidden_team_ids})
        row = cursor.fetchone()
    return read(row) if row else None


def sees_tickets(user: User) -> bool:
    return user.is_active and user.role != Role.COMPANY


def read(row: Sequence[Any]) -> Ticket | None:
    """What `VISIBLE` brought; None where an outer join found nothing."""
    ticket, at = TICKET.read_joined(row, 0), TICKET.width
    if ticket is None:
        return None
    ticket.requester, at = REQUESTER.read(row, at), at + REQUESTER.width
    ticket.inbox, at = INBOX.read(row, at), at + INBOX.width
    ticket.requester.organisation, at = ORGANISATION.read_joined(row, at), at + ORGANISATION.width
    ticket.assignee, at = ASSIGNEE.read_joined(row, at), at + ASSIGNEE.width
    ticket.team = TEAM.read_joined(row, at)
    return ticket
