"""Looking for a person in every table: first to take their addresses away, at the end to report what is left.

Tables and columns are asked of the database itself, so that a table that is added tomorrow is looked through as well.
Rows that came after the erasure was begun are left alone: the same person may have written again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from psycopg import sql

from customers.models import PrivacyJob
from customers.person import Person, person_in
from helpdesk.lib.masking import Mask

CHUNK = 500
# What an admin has set up by hand is not changed behind their back: what is found there is reported.
SET_UP = frozenset((
    "tickets_rule", "tickets_revision", "tickets_macro", "tickets_savedview", "tickets_slapolicy", "tickets_inbox",
    "customers_segment", "customers_organisation", "channels_app_channelaccount", "channels_app_provideraccount",
    "channels_app_messagetemplate", "integrations_webhookendpoint",
    "accounts_calendar", "accounts_calendarversion", "accounts_holiday", "accounts_team",
))  # fmt: skip
# Staff are no customers, even where one of them has written under the same address; and what is only noise.
STAFF = frozenset(
    ("accounts_user", "account_emailaddress", "django_session", "django_migrations", "tickets_searchentry")
)
# Asked for every table of every job: of the catalogue itself, as the standard views over it take much longer.
COLUMNS = """
SELECT c.relname, a.attname, t.typname, NOT a.attnotnull
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
  AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND t.typname = ANY(%s)
ORDER BY c.relname, a.attnum
"""
TEXTS, LISTS, JSONS, BYTES = ("varchar", "text", "bpchar"), ("_varchar", "_text"), ("json", "jsonb"), ("bytea",)
KEYS = """
SELECT c.relname, a.attname
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] JOIN pg_type t ON t.oid = a.atttypid
WHERE i.indisprimary AND i.indnkeyatts = 1 AND c.relnamespace = 'public'::regnamespace AND t.typname IN ('int4', 'int8')
"""


@dataclass(frozen=True)
class Column:
    table: str
    name: str
    type: str
    is_null: bool


@dataclass(frozen=True)
class Left:
    """`of` is "address" or "name": a name may be another person's."""

    table: str
    column: str
    of: str
    rows: int
    is_set_up: bool


def tables() -> dict[str, list[Column]]:
    """Every table that has columns with words, in order."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [[*TEXTS, *LISTS, *JSONS, *BYTES]])
        found: dict[str, list[Column]] = {}
        for row in cursor.fetchall():
            if row[0] not in STAFF:
                found.setdefault(row[0], []).append(Column(*row))
    return found


def keys() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(KEYS)
        return dict(cursor.fetchall())


def is_everywhere(job: PrivacyJob) -> bool:
    """Whether the whole database is looked through for the person; not for those who only grew too old."""
    return bool(job.options.get("everywhere", True))


def sweep(job: PrivacyJob) -> int | None:
    """Step: a chunk of one table after the other; the cursor counts tables, the plan knows how far in this one."""
    if not is_everywhere(job):
        return None
    person, all_tables, all_keys = person_in(job), tables(), keys()
    names = [name for name in all_tables if name in all_keys and name not in SET_UP]
    if not person.telling or job.cursor >= len(names):
        return None
    table = names[job.cursor]
    last = _mask_rows(job, person, all_tables[table], all_keys[table])
    job.plan["swept_up_to"] = last or 0
    return job.cursor if last else job.cursor + 1


def _mask_rows(job: PrivacyJob, person: Person, columns: Sequence[Column], key: str) -> int:
    """The next rows that hold an address, without it; the largest key among them, or 0 when there are none."""
    table = columns[0].table
    question = sql.SQL(
        "SELECT {key}, {columns} FROM {table} WHERE {key} > %s AND {key} <= %s AND ({found}) ORDER BY 1 LIMIT %s"
    )
    found, values = _found(columns, person.telling)
    composed = question.format(
        key=sql.Identifier(key),
        columns=sql.SQL(", ").join(sql.Identifier(column.name) for column in columns),
        table=sql.Identifier(table),
        found=found,
    )
    limits = [job.plan.get("swept_up_to", 0), job.plan["barriers"].get(table, 2**62)]
    with connection.cursor() as cursor:
        cursor.execute(composed, [*limits, *values, CHUNK])
        rows = cursor.fetchall()
        for row in rows:
            changed = dict(_changes(columns, row[1:], person))
            if changed:
                _write(cursor, table, key, row[0], changed)
    return int(rows[-1][0]) if rows else 0


def _found(columns: Sequence[Column], words: Sequence[str]) -> tuple[sql.Composed, list[Any]]:
    tests: list[sql.Composed] = []
    values: list[Any] = []
    for column in columns:
        name = sql.Identifier(column.name)
        if column.type in BYTES:
            for word in words:
                tests.append(sql.SQL("position(%s::bytea in {}) > 0").format(name))
                values.append(word.encode())
        else:
            tests.append(sql.SQL("{}::text ILIKE ANY(%s)").format(name))
            values.append([_pattern(word, column) for word in words])
    return sql.SQL(" OR ").join(tests), values


def _pattern(word: str, column: Column) -> str:
    if column.type in JSONS:
        word = json.dumps(word, ensure_ascii=False)[1:-1]
    return "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def _changes(columns: Sequence[Column], values: Sequence[Any], person: Person) -> Iterator[tuple[Column, Any]]:
    for column, value in zip(columns, values, strict=True):
        if value is None:
            continue
        masked = _masked(column, value, person.address_mask)
        if masked != value:
            yield column, masked


def _masked(column: Column, value: Any, mask: Mask) -> Any:
    """A list loses the item, bytes that nobody could mask are let go of."""
    if column.type in TEXTS:
        return mask.html(value) if "html" in column.name else mask.text(value)
    if column.type in LISTS:
        return [each for each in value if not mask.found_in(each)]
    if column.type in JSONS:
        return json.dumps(mask.json(json.loads(value) if isinstance(value, str) else value))
    found = any(word.encode() in bytes(value) for word in mask.words)
    return (None if column.is_null else b"") if found else value


def _write(cursor: Any, table: str, key: str, pk: int, changed: dict[Column, Any]) -> None:
    sets = sql.SQL(", ").join(
        sql.SQL("{} = %s::jsonb" if column.type in JSONS else "{} = %s").format(sql.Identifier(column.name))
        for column in changed
    )
    statement = sql.SQL("UPDATE {} SET {} WHERE {} = %s").format(sql.Identifier(table), sets, sql.Identifier(key))
    cursor.execute(statement, [*changed.values(), pk])


def check(job: PrivacyJob) -> None:
    """Step: what is left of the person's addresses and names, by table and column, for the report."""
    if not is_everywhere(job):
        return
    person, barriers = person_in(job), job.plan["barriers"]
    job.report = [vars(left) for left in left_over(person, barriers)]


def left_over(person: Person, barriers: dict[str, int] | None = None) -> Iterator[Left]:
    """Every column that still holds an address or a name of the person, up to the rows that `barriers` names."""
    all_keys = keys()
    for table, columns in tables().items():
        for of, words in (("address", person.telling), ("name", person.names)):
            if words:
                yield from _left_in(table, columns, all_keys.get(table), of, words, (barriers or {}).get(table))


def _left_in(
    table: str, columns: Sequence[Column], key: str | None, of: str, words: Sequence[str], barrier: int | None
) -> Iterator[Left]:
    """One pass over the table for all its columns."""
    tests = [_found([column], words) for column in columns]
    counts = sql.SQL(", ").join(sql.SQL("count(*) FILTER (WHERE {})").format(test) for test, _values in tests)
    values = [value for _test, of_one in tests for value in of_one]
    question = sql.SQL("SELECT {} FROM {}").format(counts, sql.Identifier(table))
    if key and barrier is not None:
        question += sql.SQL(" WHERE {} <= %s").format(sql.Identifier(key))
        values.append(barrier)
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        for column, rows in zip(columns, cursor.fetchone(), strict=True):
            if rows:
                yield Left(table, column.name, of, rows, table in SET_UP)
