"""All that an open ticket's page asks of the database, in two statements: each one costs more than what it asks for.

The first finds the ticket, if its reader may see it, and what the sidebar shows of saved views; the second what stands
on the ticket and around it.
"""

from __future__ import annotations

from django.db import connection

from helpdesk.accounts.models import User
from tickets import one_ticket, shelf, surroundings, timeline
from tickets.models import Ticket

FOUND = f"""
SELECT {shelf.SHELF}, found.* FROM (VALUES (true)) AS one LEFT JOIN ({one_ticket.VISIBLE}) AS found ON true
"""  # noqa: S608 statements of ours
OPENED = f"{timeline.SHOWN} SELECT {timeline.TALK}, {surroundings.PEOPLE}"


def ticket_with_shelf(user: User, number: int) -> Ticket | None:
    """As `one_ticket.visible_ticket`; the shelf of `user` is known afterwards."""
    if not one_ticket.sees_tickets(user):
        return None
    with connection.cursor() as cursor:
        cursor.execute(FOUND, {"user": user.pk, "number": number, "hidden": user.hidden_team_ids})
        drafts, views, has_chats, *row = cursor.fetchone() or (0, None, False)
    shelf.stock(user, drafts, views, has_chats)
    return one_ticket.read(row)


def around(ticket: Ticket, user: User) -> tuple[timeline.Timeline, surroundings.Surroundings]:
    """Its conversation and what stands around it. `ticket` was fetched for `user`, who may see it."""
    with connection.cursor() as cursor:
        cursor.execute(OPENED, {**timeline.asked_of(ticket), **surroundings.asked_of(ticket, user)})
        found, lines, *people = cursor.fetchone() or (None, None)
    return timeline.read(found, lines), surroundings.read(*people)
