"""Moments come out of PostgreSQL as Django would read them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 22, 8, 30, tzinfo=UTC),
        datetime(2026, 11, 22, 8, 30, 1, 250_000, tzinfo=UTC),
        datetime(1, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        None,
    ],
)
def test_what_was_written_is_read(moment: datetime | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [moment])
        row = cursor.fetchone()
    assert row is not None and row[0] == moment
    assert moment is None or row[0].tzinfo is UTC
