"""The number of the edition: another one after every change of what readers see. What is kept of pages names it."""

from __future__ import annotations

from django.db import connection


def edition() -> int:
    """0 before the first article."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM knowledge_base_edition")
        row = cursor.fetchone()
    return int(row[0]) if row else 0
