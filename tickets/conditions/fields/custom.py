"""Fields of customers that an admin made: `custom_fields.<key>`, compared as their kind says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, DecimalField, Func, Q, Value
from django.db.models.fields.json import HasAnyKeys, KeyTextTransform, KeyTransform
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, In, LessThan, LessThanOrEqual
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import CustomField, FieldKind, FieldOf
from tickets.conditions.asking import Asking
from tickets.conditions.choices import Flag
from tickets.conditions.field import Field
from tickets.conditions.fields.ticket import YES_NO
from tickets.conditions.kind import Kind, read_list, shown
from tickets.conditions.numbers import Number
from tickets.conditions.people_words import PRESENT, Text
from tickets.conditions.problems import Wrong
from tickets.conditions.scopes import CUSTOMER
from tickets.conditions.sources import Build, Source
from tickets.conditions.times import DAYS, Date

PREFIX = "custom_fields."
LOOKUPS: dict[str, Any] = {
    "exact": Exact, "in": In, "lt": LessThan, "lte": LessThanOrEqual, "gt": GreaterThan, "gte": GreaterThanOrEqual,
}  # fmt: skip
NUMBER = r"^-?\d{1,30}(\.\d{1,30})?$"


def is_custom(key: str) -> bool:
    return key.startswith(PREFIX)


class InRecord(Source):
    """The value under `key` of the record's JSON, as text. Where there is none, no comparison holds."""

    def __init__(self, key: str) -> None:
        self.key = key

    def value(self) -> Any:
        return KeyTextTransform(self.key, "custom_fields")

    def where(self, build: Build) -> Q:
        return _certain(build(self.value()))

    def some(self, **lookups: Any) -> Q:
        return _certain(*(LOOKUPS[lookup](self.value(), value) for lookup, value in lookups.items()))

    def present(self) -> Q:
        return ~Q(Exact(Coalesce(self.value(), Value("")), ""))


class Numbered(InRecord):
    """Read as a number; a text that is none has no value."""

    def value(self) -> Any:
        text = super().value()
        return Func(
            text,
            text,
            template="CASE WHEN %(expressions)s::numeric END",
            arg_joiner=rf" ~ '{NUMBER}' THEN ",
            output_field=DecimalField(max_digits=60, decimal_places=30),
        )


class Chosen(InRecord):
    """Several of a list."""

    def some(self, **lookups: Any) -> Q:
        return _certain(HasAnyKeys(KeyTransform(self.key, "custom_fields"), lookups["in"]))

    def present(self) -> Q:
        return ~Q(In(Coalesce(self.value(), Value("[]")), ["[]", ""]))


class Ticked(InRecord):
    def present(self) -> Q:
        return self.some(exact="true")


def _certain(*conditions: Any) -> Q:
    """False where SQL would not know: a missing value must not spoil the opposite of a condition."""
    return Q(*(Coalesce(condition, Value(False), output_field=BooleanField()) for condition in conditions))


class Option(Kind):
    """One or several of a list that an admin wrote."""

    name = "choice"
    widgets = {"is": "choice", "is_not": "choice", "includes": "choices", "not_includes": "choices", **PRESENT}

    def __init__(self, options: Sequence[str]) -> None:
        self._options = list(options)

    def choices(self) -> list[tuple[str, str]]:
        return [(option, option) for option in self._options]

    def read(self, operator: str, value: object) -> Any:
        if operator in PRESENT:
            return None
        if operator in ("includes", "not_includes"):
            return list(dict.fromkeys(self._one(item) for item in read_list(value)))
        return self._one(value)

    def _one(self, value: object) -> str:
        if isinstance(value, str) and value in self._options:
            return value
        raise Wrong(_("%(value)s is none of %(known)s") % {"value": shown(value), "known": ", ".join(self._options)})

    def q(self, source: Source, operator: str, value: Any, asking: Asking) -> Q:
        if operator == "present":
            return source.present()
        return source.some(**{"in": value if isinstance(value, list) else [value]})


class Day(Date):
    """A day without an hour, kept as `2026-11-22`: days in that shape compare as their letters do."""

    def read(self, operator: str, value: object) -> Any:
        read = super().read(operator, value)
        if isinstance(read, str) and read not in DAYS and len(read) != len("2026-11-22"):
            raise Wrong(_("%(value)s is no day such as 2026-11-22") % {"value": shown(value)})
        return read

    def q(self, source: Source, operator: str, value: Any, asking: Asking) -> Q:
        if operator == "present":
            return source.present()
        bounds: dict[str, datetime] = self.bounds(operator, value, asking)
        return source.some(**{it: moment.astimezone(asking.zone).date().isoformat() for it, moment in bounds.items()})


def custom_fields() -> list[Field]:
    """Of customers, those in use."""
    rows = CustomField.objects.filter(of=FieldOf.CUSTOMER, is_active=True)
    return [Field(f"{PREFIX}{row.key}", row.title, OWN, *_read_as(row), scopes=ONLY) for row in rows]


def _read_as(row: CustomField) -> tuple[Kind, Source]:
    match row.kind:
        case FieldKind.CHECKBOX:
            return Flag(*YES_NO), Ticked(row.key)
        case FieldKind.DATE:
            return Day(can_be_empty=True), InRecord(row.key)
        case FieldKind.INTEGER | FieldKind.DECIMAL:
            return Number(), Numbered(row.key)
        case FieldKind.DROPDOWN:
            return Option(row.options), InRecord(row.key)
        case FieldKind.MULTISELECT:
            return Option(row.options), Chosen(row.key)
    return Text(), InRecord(row.key)


OWN = gettext_lazy("Your own fields")
ONLY = frozenset({CUSTOMER})
