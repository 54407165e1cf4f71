"""Rows that point to one customer are pointed to another, and back: for merges and their undo.

Nothing here knows the tables: the columns are asked from the models, so that a table that comes later is moved too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connection, models

from customers.models import Customer


class Reference(NamedTuple):
    """A column that names a customer."""

    model: type[models.Model]
    field: str

    @property
    def label(self) -> str:
        return f"{self.model._meta.label}.{self.field}"


# They say what happened to this record and to no other.
STAYING = frozenset((
    "customers.Customer.merged_into", "customers.CustomerMerge.survivor", "customers.CustomerMerge.merged",
    "customers.DuplicateSuggestion.first", "customers.DuplicateSuggestion.second", "customers.PrivacyJob.customer",
))  # fmt: skip


def references(app_label: str | None = None) -> list[Reference]:
    """All columns that name a customer, of one app or of the whole project."""
    configs = [apps.get_app_config(app_label)] if app_label else apps.get_app_configs()
    return [
        Reference(model, field.name)
        for config in configs
        for model in config.get_models(include_auto_created=True)
        for field in model._meta.local_fields
        if field.remote_field and field.remote_field.model is Customer
    ]


def own_references() -> list[Reference]:
    """Those of this app that follow a customer into another record."""
    return [reference for reference in references("customers") if reference.label not in STAYING]


def move(reference: Reference, old: int, new: int) -> list[Any]:
    """Point all rows of customer `old` to `new`; their ids as JSON keeps them.

    A row that would be there twice (a unique constraint that includes the customer) stays where it is.
    """
    table, column = _names(reference)
    pk = reference.model._meta.pk.column
    held = _held_back(reference, old, new)
    twins = "".join(_without_twin(table, column, others) for others in _unique_with(reference))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS r SET {column} = %s WHERE r.{column} = %s AND NOT r.{pk} = ANY(%s) {twins}"  # noqa: S608 our columns
            f" RETURNING r.{pk}",
            [new, old, held, *([new] * twins.count("%s"))],
        )
        return sorted(_as_kept(row[0]) for row in cursor.fetchall())


def move_back(reference: Reference, ids: Iterable[Any], *, old: int, new: int) -> list[Any]:
    """Point those of these rows to `new` that still point to `old`: whoever moved one since meant it."""
    table, column = _names(reference)
    pk = reference.model._meta.pk.column
    rows = [reference.model._meta.pk.to_python(each) for each in ids]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {column} = %s WHERE {pk} = ANY(%s) AND {column} = %s RETURNING {pk}",  # noqa: S608
            [new, rows, old],
        )
        return sorted(_as_kept(row[0]) for row in cursor.fetchall())


def _as_kept(pk: Any) -> Any:
    return pk if isinstance(pk, int) else str(pk)


def _names(reference: Reference) -> tuple[str, str]:
    meta = reference.model._meta
    column: Any = meta.get_field(reference.field)
    return f'"{meta.db_table}"', f'"{column.column}"'


def _unique_with(reference: Reference) -> list[list[str]]:
    """The other columns of each unique constraint that includes the reference's and holds for all rows."""
    meta = reference.model._meta
    found = [list(c.fields) for c in meta.constraints if isinstance(c, models.UniqueConstraint) and not c.condition]
    found += [list(fields) for fields in meta.unique_together]
    found += [[field.name] for field in meta.local_fields if field.unique]
    together = [fields for fields in found if reference.field in fields]
    return [[meta.get_field(name).column for name in fields if name != reference.field] for fields in together]  # type: ignore[union-attr, misc]


def _held_back(reference: Reference, old: int, new: int) -> list[Any]:
    """Rows that would be there twice by a unique constraint that holds for some rows only."""
    rows, found = reference.model._default_manager.order_by(), set[Any]()
    for each in reference.model._meta.constraints:
        if isinstance(each, models.UniqueConstraint) and each.condition and reference.field in each.fields:
            same = {name: models.OuterRef(name) for name in each.fields if name != reference.field}
            twins = rows.filter(each.condition, **{reference.field: new}, **same)
            mine = rows.filter(each.condition, models.Exists(twins), **{reference.field: old})
            found.update(mine.values_list("pk", flat=True))
    return sorted(found)


def _without_twin(table: str, column: str, others: list[str]) -> str:
    same = "".join(f' AND t."{other}" = r."{other}"' for other in others)
    return f"AND NOT EXISTS (SELECT FROM {table} t WHERE t.{column} = %s{same}) "
