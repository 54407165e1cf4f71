"""All fields there are, by scope and key, in the order in which they are offered.

A field from elsewhere (a custom field, a metric) is a `Field` like the others, with a source that says where its
values lie: it joins by being put into `ALL`. One key may stand for two fields when their scopes are different: the
words of *any* message for lists, the words of *this* message for triggers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from helpdesk.accounts.models import User
from tickets.conditions.field import Field
from tickets.conditions.fields import (
    clocks,
    counts,
    customers,
    hours,
    people,
    ratings,
    speech,
    ticket,
    times,
    update,
    words,
)
from tickets.conditions.fields.custom import custom_fields, is_custom
from tickets.conditions.scopes import AUTOMATION, CUSTOMER, LIST, SCOPES, TRIGGER
from tickets.conditions.times import HoursSince, HoursUntil
from tickets.conditions.working import Counted, WorkingHoursSince, WorkingHoursUntil

Fields = Mapping[str, Field]
ALL: tuple[Field, ...] = (
    *update.FIELDS, *clocks.FIELDS, *ticket.FIELDS, *ratings.FIELDS, *speech.FIELDS, *people.FIELDS, *words.FIELDS,
    *times.FIELDS, *hours.FIELDS, *counts.FIELDS, *customers.FIELDS,
)  # fmt: skip


def _in(scope: str) -> dict[str, Field]:
    found = [field for field in ALL if scope in field.scopes]
    assert len({field.key for field in found}) == len(found), f"two fields of one key in {scope}"
    return {field.key: _as_asked_in(scope, field) for field in found}


def _as_asked_in(scope: str, field: Field) -> Field:
    """Triggers compare with what was before, automations count working hours, too."""
    if scope == TRIGGER and field.past:
        return replace(field, asks_changes=True)
    if scope == AUTOMATION and isinstance(field.compared_as, HoursSince):
        working = WorkingHoursUntil if isinstance(field.compared_as, HoursUntil) else WorkingHoursSince
        return replace(field, compared_as=working(), source=Counted(field.source))
    return field


_BY_SCOPE: Mapping[str, dict[str, Field]] = {scope: _in(scope) for scope in SCOPES}
FIELDS = _BY_SCOPE[LIST]


class _WithCustom(Mapping[str, Field]):
    """Those of customers. Fields that an admin made are looked up when somebody asks for one, and once."""

    def __init__(self) -> None:
        self._fixed = _BY_SCOPE[CUSTOMER]

    def __getitem__(self, key: str) -> Field:
        return self._custom[key] if is_custom(key) else self._fixed[key]

    def __iter__(self) -> Iterator[str]:
        return iter((*self._fixed, *self._custom))

    def __len__(self) -> int:
        return len(self._fixed) + len(self._custom)

    @cached_property
    def _custom(self) -> dict[str, Field]:
        return {field.key: field for field in custom_fields()}


def fields_in(scope: str) -> Fields:
    return _WithCustom() if scope == CUSTOMER else _BY_SCOPE[scope]


def catalogue(user: User | None = None, *, scope: str = LIST) -> list[Field]:
    """The fields that `user` may ask for in `scope`: all of them, to everybody who works here."""
    return list(fields_in(scope).values())
