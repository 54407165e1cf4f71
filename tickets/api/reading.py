"""Tickets as payloads need them, each list or ticket by one hand-written statement (helpdesk.lib.reading)."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db import connection
from django.http import Http404

from helpdesk.accounts.models import User
from helpdesk.lib.reading import Reader
from tickets.models import Ticket
from tickets.one_ticket import sees_tickets
from tickets.paging import NEWEST, Page

TICKET = Reader(Ticket)
# Those that `Ticket.objects.visible_to(user)` lets through: a test holds the two together.
SHOWN = f"""
SELECT {TICKET.columns("t")}, i.address, r.organisation_id,
  ARRAY(SELECT c.customer_id FROM tickets_ticketcc c WHERE c.ticket_id = t.id AND c.state = 'cc' ORDER BY c.id),
  ARRAY(SELECT f.user_id FROM tickets_follower f WHERE f.ticket_id = t.id ORDER BY f.id),
  ARRAY(SELECT u.id FROM tickets_ticket u WHERE u.follow_up_of_id = t.id ORDER BY u.id)
FROM tickets_ticket t JOIN tickets_inbox i ON i.id = t.inbox_id JOIN customers_customer r ON r.id = t.requester_id
WHERE (t.team_id IS NULL OR NOT t.team_id = ANY(%(hidden)s))
"""  # noqa: S608 names of our own columns
ONE = f"{SHOWN} AND t.id = %(number)s"
FIRST = f"{SHOWN} ORDER BY t.updated_at DESC, t.id DESC LIMIT %(most)s"
FOLLOWING = f"""
{SHOWN} AND (t.updated_at, t.id) < (%(moment)s, %(number)s) ORDER BY t.updated_at DESC, t.id DESC LIMIT %(most)s
"""


class Shown(NamedTuple):
    """A ticket with what its payload says beside it: of people and other tickets that is the id alone."""

    ticket: Ticket
    address: str
    organisation_id: int | None
    cc_ids: list[int]
    follower_ids: list[int]
    follow_up_ids: list[int]


def shown_ticket(user: User, number: int) -> Shown:
    found = _read(ONE, user, number=number)
    if not found:
        raise Http404
    return found[0]


def shown_tickets(user: User, after: str, size: int) -> Page[Shown]:
    """The first `size` that come after the cursor, newest change first; a cursor we did not make counts as none."""
    place = NEWEST.place_of(after)
    asked = dict(zip(("moment", "number"), place or (), strict=False))
    rows = _read(FOLLOWING if place else FIRST, user, most=size + 1, **asked)
    shown = rows[:size]
    return Page(shown, NEWEST.cursor_of(shown[-1].ticket) if len(rows) > size else "")


def _read(statement: str, user: User, **asked: Any) -> list[Shown]:
    if not sees_tickets(user):
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, {"hidden": user.hidden_team_ids, **asked})
        return [Shown(TICKET.read(row), *row[TICKET.width :]) for row in cursor.fetchall()]
