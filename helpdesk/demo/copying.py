"""Copies of whole tickets inside PostgreSQL: every row that belongs to one, under new ids, at another time.

What a service wrote for the pattern stays true of the copy, since nothing is computed anew except ids, times, names and
what follows from the names. Columns are read from the models, so a column added tomorrow is copied too.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction

from channels_app.adapters.email.tokens import issue_message_id
from channels_app.models import Delivery, DeliveryAttempt
from tickets.models import Attachment, Follower, Message, Rating, SurveyInvitation, Ticket, TicketEvent

Copy = tuple[int, timedelta, int]  # the pattern's number, how much earlier, the customer's id

# The copies of this batch: which ticket is the pattern, and who stands in for its customer.
COPY = """
CREATE TEMP TABLE copy (
    id bigint PRIMARY KEY, pattern_id bigint, earlier interval, customer_id bigint, name text, first text,
    address text, old_name text, old_first text
) ON COMMIT DROP
"""
WITH_NAMES = r"""
UPDATE copy SET
    name = new.name, first = split_part(new.name, ' ', 1), address = i.value,
    old_name = old.name, old_first = split_part(old.name, ' ', 1)
FROM customers_customer new, customers_identity i, tickets_ticket t, customers_customer old
WHERE new.id = copy.customer_id AND i.customer_id = new.id AND t.id = copy.pattern_id AND old.id = t.requester_id
"""


def renamed(column: str) -> str:
    """SQL for a text in which the pattern's customer is called by the copy's name."""
    return rf"regexp_replace(replace({column}, c.old_name, c.name), '\m' || c.old_first || '\M', c.first, 'g')"


CUSTOMERS_OWN = "p.author_customer_id IS NOT NULL"
MESSAGE = {
    "ticket_id": "c.id",
    "author_customer_id": f"CASE WHEN {CUSTOMERS_OWN} THEN c.customer_id END",
    "author_name": f"CASE WHEN {CUSTOMERS_OWN} THEN c.name ELSE p.author_name END",
    "text": renamed("p.text"),
    "html": renamed("p.html"),
    "quoted_text": renamed("p.quoted_text"),
    "quoted_html": renamed("p.quoted_html"),
    "from_address": f"CASE WHEN {CUSTOMERS_OWN} THEN c.address ELSE p.from_address END",
    "to": "CASE WHEN p.delivery_state <> '' THEN ARRAY[c.address] ELSE p.to END",
    "message_id": "CASE WHEN p.message_id <> ''"
    " THEN t.new_id || '.' || md5(p.message_id) || '@mail.example' ELSE '' END",
    "match_evidence": "CASE WHEN p.match_evidence ? 'sender'"
    " THEN p.match_evidence || jsonb_build_object('sender', c.address) ELSE p.match_evidence END",
}
EVENT = {
    "ticket_id": "c.id",
    "message_id": "m.new_id",
    "actor_customer_id": "CASE WHEN p.actor_customer_id IS NOT NULL THEN c.customer_id END",
    "actor_name": "CASE WHEN p.actor_customer_id IS NOT NULL THEN c.name ELSE p.actor_name END",
    "gesture_id": "md5(p.gesture_id::text || c.id)::uuid",
    "payload": """CASE
        WHEN p.payload ? 'message_id' THEN p.payload || jsonb_build_object('message_id', m.new_id)
        WHEN p.kind = 'rating.given' THEN p.payload || jsonb_build_object('rating_id', (
          SELECT r.new_id FROM rating_twin r
          WHERE r.ticket_id = c.id AND r.old_id = (p.payload ->> 'rating_id')::bigint))
        WHEN p.kind IN ('survey.sent', 'survey.skipped') THEN p.payload || jsonb_build_object('invitation_id', (
          SELECT i.new_id FROM invitation_twin i
          WHERE i.ticket_id = c.id AND i.old_id = (p.payload ->> 'invitation_id')::bigint))
          || CASE WHEN p.payload ->> 'to' <> '' THEN jsonb_build_object('to', c.address) ELSE '{}' END
        ELSE p.payload END""",
}
INVITATION = {
    "ticket_id": "c.id",
    "customer_id": "c.customer_id",
    "mailed_to": "CASE WHEN p.mailed_to <> '' THEN c.address ELSE '' END",
}
RATING = {
    "ticket_id": "c.id",
    "customer_id": "c.customer_id",
    "invitation_id": "(SELECT i.new_id FROM invitation_twin i WHERE i.ticket_id = c.id AND i.old_id = p.invitation_id)",
    "replaced_by_id": "(SELECT r.new_id FROM rating_twin r WHERE r.ticket_id = c.id AND r.old_id = p.replaced_by_id)",
}
TICKET = {
    "id": "c.id",
    "requester_id": "c.customer_id",
    "sla_due_at": "NULL",
    "sla_metric": "''",
    "sla_state": "''",
    "sla_calendar_id": "NULL",
    "last_event_id": "(SELECT max(new_id) FROM event_twin e WHERE e.ticket_id = c.id)",
    # as tickets.services.sending.count_message: the first 140 characters of the newest public message, blanks folded
    "preview": """(SELECT left(btrim(regexp_replace(left(m.text, 400), '\\s+', ' ', 'g')), 140) FROM tickets_message m
        WHERE m.ticket_id = c.id AND m.kind = 'public' ORDER BY m.id DESC LIMIT 1)""",
}


@transaction.atomic
def copy_tickets(copies: Iterable[Copy]) -> int:
    """Write the copies, in the order given; how many."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute(COPY)
        number = _plan(cursor, copies)
        _twins(cursor, "message", Message, "p.ticket_id = c.pattern_id")
        # Working hours don't move with a copy's times: what was promised for the pattern is not promised for it.
        _twins(cursor, "event", TicketEvent, "p.ticket_id = c.pattern_id AND p.kind NOT LIKE 'sla.%'")
        _twins(cursor, "delivery", Delivery, "", via="JOIN message_twin m ON m.old_id = p.message_id")
        _twins(cursor, "invitation", SurveyInvitation, "p.ticket_id = c.pattern_id")
        _twins(cursor, "rating", Rating, "p.ticket_id = c.pattern_id")
        _fill(cursor, Message, MESSAGE, "message_twin t")
        _fill(cursor, TicketEvent, EVENT, "event_twin t", with_message=True)
        _fill(cursor, Ticket, TICKET, None)
        _fill(cursor, SurveyInvitation, INVITATION, "invitation_twin t")
        _fill(cursor, Rating, RATING, "rating_twin t")
        _name_deliveries(cursor)
        _fill(
            cursor, Delivery, with_message=True, twin="delivery_twin t",
            overrides={"message_id": "m.new_id", "mail_id": "n.mail_id", "envelope_to": "ARRAY[c.address]"},
            extra="JOIN mail_name n ON n.message_id = m.new_id",
        )  # fmt: skip
        _fill(cursor, DeliveryAttempt, {"delivery_id": "t.new_id"}, "delivery_twin t", parent="delivery_id")
        _fill(cursor, Attachment, {"message_id": "t.new_id"}, "message_twin t", parent="message_id")
        _fill(cursor, Follower, {"ticket_id": "c.id"}, None, parent="ticket_id")
    return number


def _plan(cursor: Any, copies: Iterable[Copy]) -> int:
    number = _next_id(cursor, Ticket)
    first = number
    with cursor.copy("COPY copy (id, pattern_id, earlier, customer_id) FROM STDIN") as out:
        for pattern, earlier, customer in copies:
            out.write_row((number, pattern, earlier, customer))
            number += 1
    cursor.execute(WITH_NAMES)
    _continue_after(cursor, Ticket, number - 1)
    cursor.execute("ANALYZE copy")
    return number - first


def _twins(cursor: Any, name: str, model: type[models.Model], match: str, via: str = "") -> None:
    """A table `<name>_twin`: which new row copies which old one. New ids rise with the ticket, then with the old id."""
    first = _next_id(cursor, model)
    join = f"JOIN copy c ON {match}" if match else f"{via} JOIN copy c ON c.id = m.ticket_id"
    cursor.execute(
        f"CREATE TEMP TABLE {name}_twin ON COMMIT DROP AS"  # noqa: S608  names of our own tables
        f" SELECT c.id AS ticket_id, p.id AS old_id, {first} - 1 + row_number() OVER (ORDER BY c.id, p.id) AS new_id"
        f" FROM {model._meta.db_table} p {join}"
    )
    cursor.execute(f"CREATE INDEX ON {name}_twin (ticket_id, old_id)")
    cursor.execute(f"ANALYZE {name}_twin")
    cursor.execute(f"SELECT max(new_id) FROM {name}_twin")  # noqa: S608
    _continue_after(cursor, model, cursor.fetchone()[0])


def _fill(
    cursor: Any,
    model: type[models.Model],
    overrides: dict[str, str],
    twin: str | None,
    *,
    parent: str = "",
    with_message: bool = False,
    extra: str = "",
) -> None:
    """INSERT … SELECT of the pattern's rows. With `parent` rows are found by that column and numbered by default."""
    table = model._meta.db_table
    columns, expressions = [], []
    for field in model._meta.concrete_fields:
        column = str(field.column)
        if parent and field.primary_key:
            continue
        columns.append(f'"{column}"')
        expressions.append(overrides.get(column) or _expression(field, column))
    if parent:
        rows = f"{table} p JOIN {twin} ON t.old_id = p.{parent} JOIN copy c ON c.id = t.ticket_id" if twin else ""
        rows = rows or f"{table} p JOIN copy c ON c.pattern_id = p.{parent}"
    elif twin:
        rows = f"{table} p JOIN {twin} ON t.old_id = p.id JOIN copy c ON c.id = t.ticket_id"
    else:
        rows = f"{table} p JOIN copy c ON c.pattern_id = p.id"
    if with_message:
        rows += " LEFT JOIN message_twin m ON m.ticket_id = c.id AND m.old_id = p.message_id"
    order = "t.new_id" if twin else "c.id"
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(columns)})"  # noqa: S608  names of our own tables and columns
        f" SELECT {', '.join(expressions)} FROM {rows} {extra} ORDER BY {order}"
    )


def _expression(field: Any, column: str) -> str:
    if field.primary_key:
        return "t.new_id"
    if isinstance(field, models.DateTimeField):
        return f'p."{column}" - c.earlier'
    return f'p."{column}"'


def _name_deliveries(cursor: Any) -> None:
    """Message-IDs carry a signature, which only Python can make."""
    cursor.execute(
        "SELECT m.new_id FROM delivery_twin t JOIN channels_app_delivery p ON p.id = t.old_id"
        " JOIN message_twin m ON m.ticket_id = t.ticket_id AND m.old_id = p.message_id"
    )
    ids = [row[0] for row in cursor.fetchall()]
    cursor.execute("CREATE TEMP TABLE mail_name (message_id bigint PRIMARY KEY, mail_id text) ON COMMIT DROP")
    with cursor.copy("COPY mail_name FROM STDIN") as out:
        for pk in ids:
            out.write_row((pk, issue_message_id(pk, settings.INSTANCE_DOMAIN)))


def _next_id(cursor: Any, model: type[models.Model]) -> int:
    """The next id that is free. Nobody else may write meanwhile: a seeding has the database to itself."""
    cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
    return int(cursor.fetchone()[0])


def _continue_after(cursor: Any, model: type[models.Model], last: int | None) -> None:
    if last is not None:
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [model._meta.db_table, last])
