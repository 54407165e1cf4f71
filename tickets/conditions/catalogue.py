"""All fields there are, by key and in the order in which they are offered.

A field from elsewhere (a custom field, a metric) is a `Field` like the others, with a source that says where its
values lie: it joins by being put into `FIELDS`.
"""

from __future__ import annotations

from helpdesk.accounts.models import User
from tickets.conditions.field import Field
from tickets.conditions.fields import counts, people, ticket, times, words

FIELDS: dict[str, Field] = {
    field.key: field for field in (*ticket.FIELDS, *people.FIELDS, *words.FIELDS, *times.FIELDS, *counts.FIELDS)
}


def catalogue(user: User | None = None) -> list[Field]:
    """The fields that `user` may ask for: all of them, to everybody who works here."""
    return list(FIELDS.values())
