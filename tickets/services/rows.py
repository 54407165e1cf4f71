"""Writing many rows of one table in one statement.

`QuerySet.bulk_update` would do, but builds a CASE of as many branches as there are rows for each column: for a hundred
tickets that takes longer than the tickets themselves.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, Model

LENGTH = re.compile(r"\(\d+\)")


def write_rows(rows: Sequence[Model], names: Collection[str]) -> None:
    """Store the fields called `names` of all `rows`, which are of one model and have been locked."""
    if len(rows) == 1:
        rows[0].save(update_fields=names)
        return
    meta = type(rows[0])._meta
    assert meta.pk
    fields: list[Field[Any, Any]] = [meta.pk, *(meta.get_field(name) for name in sorted(names))]  # type: ignore[list-item]
    columns = [connection.ops.quote_name(str(field.column)) for field in fields]
    first = ", ".join(f"%s::{_bare_type(field)}" for field in fields)
    others = ", ".join(["%s"] * len(fields))
    values = "), (".join([first, *[others] * (len(rows) - 1)])
    changes = ", ".join(f"{column} = new.{column}" for column in columns[1:])
    sql = (
        f"UPDATE {connection.ops.quote_name(meta.db_table)} AS old SET {changes} "  # noqa: S608 names of our own
        f"FROM (VALUES ({values})) AS new ({', '.join(columns)}) WHERE old.{columns[0]} = new.{columns[0]}"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            sql, [field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows for field in fields]
        )


def _bare_type(field: Field[Any, Any]) -> str:
    """Without its length: a cast to varchar(8) would cut silently what the column then refuses."""
    return LENGTH.sub("", field.db_type(connection) or "")
