"""What a person has searched for: the last few searches by themselves, and those that were saved under a name."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from helpdesk.lib.reading import Reader
from tickets.models import SavedSearch
from tickets.search.parsing import MAX_LENGTH, one_line
from tickets.services.errors import Refused

RECENT = 10
MAX_SAVED = 50
REMEMBER = """
INSERT INTO tickets_savedsearch AS s (user_id, query, title, used_at) VALUES (%s, %s, '', %s)
ON CONFLICT (user_id, query) DO UPDATE SET used_at = excluded.used_at
WHERE s.used_at < excluded.used_at - interval '1 min'
"""
KEPT = "SELECT {columns} FROM tickets_savedsearch s WHERE s.user_id = %s ORDER BY s.used_at DESC"
FORGET = """
DELETE FROM tickets_savedsearch WHERE user_id = %s AND saved_at IS NULL AND id NOT IN (
  SELECT id FROM tickets_savedsearch WHERE user_id = %s AND saved_at IS NULL ORDER BY used_at DESC LIMIT %s
)
"""


def remember(query: str, *, user: User, now: datetime | None = None) -> None:
    """One statement, and a second one only where the search is new to this person.

    It need not outlive a crash of the database, so nobody waits for the disk.
    """
    if not query or len(query) > MAX_LENGTH:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute(REMEMBER, [user.pk, query, now or timezone.now()])
        if cursor.rowcount:
            cursor.execute(FORGET, [user.pk, user.pk, RECENT])


def kept(user: User) -> tuple[list[SavedSearch], list[SavedSearch]]:
    """The saved ones by name, and the last few that were not."""
    with connection.cursor() as cursor:
        cursor.execute(KEPT.format(columns=_reader().columns("s")), [user.pk])
        rows = [_reader().read(row) for row in cursor.fetchall()]
    saved = [row for row in rows if row.saved_at]
    return sorted(saved, key=lambda row: (row.title, row.pk)), [row for row in rows if not row.saved_at][:RECENT]


@cache
def _reader() -> Reader[SavedSearch]:
    return Reader(SavedSearch)


def save_search(query: str, title: str, *, user: User, now: datetime | None = None) -> SavedSearch:
    """Keep `query` under `title`, or under another one if it was kept before. Raises `Refused`."""
    query, now = one_line(query), now or timezone.now()
    if not query or len(query) > MAX_LENGTH:
        raise Refused(_("There is nothing to save: search for something first."))
    if SavedSearch.objects.filter(user=user).exclude(saved_at=None).exclude(query=query).count() >= MAX_SAVED:
        raise Refused(_("You have %(count)s saved searches. Delete one first.") % {"count": MAX_SAVED})
    fields = {"title": _title(title) or query[:80], "saved_at": now, "used_at": now}
    found, _created = SavedSearch.objects.update_or_create(user=user, query=query, defaults=fields)
    return found


def rename_search(search: SavedSearch, title: str) -> SavedSearch:
    if not _title(title):
        raise Refused(_("A saved search needs a name."))
    search.title = _title(title)
    search.save(update_fields=["title"])
    return search


def delete_search(search: SavedSearch) -> None:
    search.delete()


def clear_recent(user: User) -> None:
    SavedSearch.objects.filter(user=user, saved_at=None).delete()


def _title(title: str) -> str:
    return one_line(title)[:80]
