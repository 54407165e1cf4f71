"""SQL that several measures and dimensions are told with."""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField, CharField, DateField, Func, IntegerField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Now


class SecondsBetween(Func):
    """Whole seconds from the first moment to the second."""

    template = "FLOOR(EXTRACT(EPOCH FROM (%(expressions)s)))::bigint"
    arg_joiner = " - "
    output_field = BigIntegerField()

    def __init__(self, start: Any, end: Any) -> None:
        super().__init__(end, start)


class UntilNow(Func):
    """Whole seconds since that moment."""

    template = SecondsBetween.template
    arg_joiner = " - "
    output_field = BigIntegerField()

    def __init__(self, since: Any) -> None:
        super().__init__(Now(), since)


def day_of(moment: Combinable, zone: str, unit: str = "day") -> Func:
    """The day that a moment falls on in a time zone; of a `week` its Monday, of a `month` its first."""
    local = Func(moment, Value(zone), template="(%(expressions)s)", arg_joiner=" AT TIME ZONE ")
    template = "(%(expressions)s)::date" if unit == "day" else f"date_trunc('{unit}', %(expressions)s)::date"
    return Func(local, template=template, output_field=DateField())


def part_of(moment: Combinable, zone: str, part: str) -> Func:
    """`hour` or `isodow` of a moment in a time zone."""
    local = Func(moment, Value(zone), template="(%(expressions)s)", arg_joiner=" AT TIME ZONE ")
    return Func(local, template=f"EXTRACT({part} FROM %(expressions)s)::int", output_field=IntegerField())


class Unnested(Func):
    """One row for each of an array's values, one with "" where it is empty."""

    set_returning = True
    template = "unnest(CASE WHEN %(expressions)s = '{}' THEN ARRAY['']::varchar[] ELSE %(expressions)s END)"
    output_field = CharField()
