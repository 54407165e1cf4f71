"""A search goes back through the messages in ranges; what it finds is in one order all the same."""

from __future__ import annotations

from django.db import connection

from customers.models import Customer
from helpdesk.accounts.models import User
from tests.cast import open_for
from tests.tickets.search.test_finding import found
from tickets.models import Inbox
from tickets.search.vectors import range_marks

SAID = """
UPDATE tickets_searchentry SET newest = %s, vector = (%s || ' ' || %s)::tsvector WHERE ticket_id = %s
"""


def test_the_newest_come_first_from_whichever_range_of_messages(ada: Customer, support: Inbox, grace: User) -> None:
    tickets = [open_for(ada, support, "A pump") for _ in range(60)]
    with connection.cursor() as cursor:
        for place, ticket in enumerate(tickets):
            newest = int(1.31**place)  # up to eight million, more closely the fewer there are
            words = "archived ^archived" if place % 3 == 0 else "archived"
            cursor.execute(SAID, [newest, words, " ".join(range_marks(newest)), ticket.pk])
    newest_first = [ticket.pk for ticket in reversed(tickets)]
    in_heads = [ticket.pk for ticket in reversed(tickets[::3])]
    assert found("archived", grace) == [*in_heads, *(number for number in newest_first if number not in in_heads)]
    assert found("archived sort:newest", grace) == newest_first
