"""Model instances from hand-written statements.

For what every page asks, compiling a queryset takes longer than PostgreSQL takes to answer it. A `Reader` knows a
model's columns and builds its instances from them, as a queryset would.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.base import ModelState

M = TypeVar("M", bound=models.Model)

# How a value comes out of JSON where JSON has no word for it. Documents and lists are what they were.
FROM_JSON: dict[str, Callable[[Any], Any]] = {
    "DateTimeField": datetime.fromisoformat,
    "UUIDField": UUID,
    "FloatField": float,
}
PLAIN_IN_JSON = {
    "BigAutoField", "BigIntegerField", "IntegerField", "PositiveIntegerField", "PositiveSmallIntegerField",
    "SmallIntegerField", "ForeignKey", "BooleanField", "CharField", "EmailField", "TextField", "JSONField",
    "ArrayField",
}  # fmt: skip


class Reader(Generic[M]):
    def __init__(self, model: type[M]) -> None:
        fields = model._meta.concrete_fields
        self._model = model
        self._names = [field.attname for field in fields]
        self._columns = [field.column for field in fields]
        self._key = next(at for at, field in enumerate(fields) if field.primary_key)
        self._conversions = [
            (at, field.from_db_value) for at, field in enumerate(fields) if hasattr(field, "from_db_value")
        ]
        self.width = len(fields)

    @cached_property
    def _from_json(self) -> list[tuple[int, Callable[[Any], Any]]]:
        kinds = [field.get_internal_type() for field in self._model._meta.concrete_fields]
        if unknown := set(kinds) - PLAIN_IN_JSON - FROM_JSON.keys():
            raise TypeError(f"nobody has said how {', '.join(unknown)} comes out of JSON")
        return [(at, FROM_JSON[kind]) for at, kind in enumerate(kinds) if kind in FROM_JSON]

    def columns(self, alias: str) -> str:
        """For a SELECT. They are named, because PostgreSQL keeps the plan and a later release may add one."""
        return ", ".join(f'{alias}."{column}"' for column in self._columns)

    def read(self, row: Sequence[Any], at: int = 0) -> M:
        """The instance whose columns begin at `at`, made as `Model.from_db` does but for its signals and checks."""
        values = list(row[at : at + self.width])
        for place, convert in self._conversions:
            values[place] = convert(values[place], None, connection)
        return self._made(values)

    def as_json(self, alias: str) -> str:
        """The columns as one value, for a statement that brings many rows of several tables at once."""
        return f"json_build_array({self.columns(alias)})"

    def read_json(self, values: list[Any]) -> M:
        """The instance out of what `as_json` gave, which it takes over."""
        for place, convert in self._from_json:
            if values[place] is not None:
                values[place] = convert(values[place])
        return self._made(values)

    def _made(self, values: list[Any]) -> M:
        instance = self._model.__new__(self._model)
        vars(instance).update(zip(self._names, values, strict=True), _state=ModelState())
        instance._state.adding, instance._state.db = False, DEFAULT_DB_ALIAS
        return instance

    def read_joined(self, row: Sequence[Any], at: int) -> M | None:
        """As `read`, for an outer join that may have found nothing."""
        return None if row[at + self._key] is None else self.read(row, at)
