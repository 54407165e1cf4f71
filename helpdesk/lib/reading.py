"""Model instances from hand-written statements.

For what every page asks, compiling a queryset takes longer than PostgreSQL takes to answer it. A `Reader` knows a
model's columns and builds its instances from them, as a queryset would.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models.base import ModelState

M = TypeVar("M", bound=models.Model)


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

    def columns(self, alias: str) -> str:
        """For a SELECT. They are named, because PostgreSQL keeps the plan and a later release may add one."""
        return ", ".join(f'{alias}."{column}"' for column in self._columns)

    def read(self, row: Sequence[Any], at: int = 0) -> M:
        """The instance whose columns begin at `at`, made as `Model.from_db` does but for its signals and checks."""
        values = list(row[at : at + self.width])
        for place, convert in self._conversions:
            values[place] = convert(values[place], None, connection)
        instance = self._model.__new__(self._model)
        vars(instance).update(zip(self._names, values, strict=True), _state=ModelState())
        instance._state.adding, instance._state.db = False, connection.alias
        return instance

    def read_joined(self, row: Sequence[Any], at: int) -> M | None:
        """As `read`, for an outer join that may have found nothing."""
        return None if row[at + self._key] is None else self.read(row, at)
