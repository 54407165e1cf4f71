"""Which tickets a bulk edit means, written down as its items: at once, or by the worker where the list is very long."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Max
from django.http import QueryDict

from helpdesk.accounts.models import User
from tickets.lists import read_list
from tickets.models import BulkJob, BulkOutcome, Ticket
from tickets.models.ticket import TicketQuerySet

LONG = 10_000  # tickets of a list that no request writes down
BATCH = 20_000  # written down in one transaction


def tickets_of_list(query: str, user: User) -> TicketQuerySet:
    """All tickets of the list that an address such as `view=open&filter={…}` asks for.

    A page shows the usual list where it knows no view of that name; here that would be the wrong tickets.
    """
    params = QueryDict(query)
    listed = read_list(params, user)
    is_meant = listed is not None and params.get("view", listed.view.slug) == listed.view.slug
    return listed.tickets if listed and is_meant else Ticket.objects.none()


def fix_tickets(job: BulkJob, tickets: TicketQuerySet | Collection[int]) -> int:
    """Write down the tickets of `job`, in the order of their ids; how many there are."""
    if isinstance(tickets, TicketQuerySet):
        try:
            chosen, params = tickets.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:  # conditions that nothing can meet
            return 0
    else:
        chosen, params = "SELECT DISTINCT unnest(%s::bigint[])", (list(tickets),)
    sql = (
        "INSERT INTO tickets_bulkitem (job_id, ticket_id, outcome, reason) "  # noqa: S608 our own SQL, values stay parameters
        f"SELECT %s, picked.pk, %s, '' FROM ({chosen}) AS picked (pk) ORDER BY picked.pk"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [job.pk, BulkOutcome.PENDING, *params])
        return int(cursor.rowcount)


def write_down_more(job: BulkJob) -> None:
    """The next tickets of the job's list; with the last of them `list_query` is empty and `total` what there is.

    In batches by id, each a transaction of its own: a worker that is killed goes on behind the last one.
    """
    last = job.items.aggregate(last=Max("ticket_id"))["last"] or 0
    numbers = tickets_of_list(job.list_query, job.user).filter(pk__gt=last).order_by("pk")
    picked = list(numbers.values_list("pk", flat=True)[:BATCH])
    fix_tickets(job, picked)
    if len(picked) < BATCH:
        job.list_query, job.total = "", job.items.count()
