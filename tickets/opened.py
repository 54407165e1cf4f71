"""All that an open ticket's page shows beside the ticket itself, in one statement: each one costs more than it asks."""

from __future__ import annotations

from django.db import connection

from helpdesk.accounts.models import User
from tickets import surroundings, timeline
from tickets.models import Ticket

OPENED = f"{timeline.SHOWN} SELECT {timeline.TALK}, {surroundings.PEOPLE}"


def around(ticket: Ticket, user: User) -> tuple[timeline.Timeline, surroundings.Surroundings]:
    """Its conversation and what stands around it. `ticket` was fetched for `user`, who may see it."""
    with connection.cursor() as cursor:
        cursor.execute(OPENED, {**timeline.asked_of(ticket), **surroundings.asked_of(ticket, user)})
        found, lines, *people = cursor.fetchone() or (None, None)
    return timeline.read(found, lines), surroundings.read(*people)
