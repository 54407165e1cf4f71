"""All fields there are, by scope and key, in the order in which they are offered.

A field from elsewhere (a custom field, a metric) is a `Field` like the others, with a source that says where its
values lie: it joins by being put into `ALL`. One key may stand for two fields when their scopes are different: the
words of *any* message for lists, the words of *this* message for triggers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from helpdesk.accounts.models import User
from tickets.conditions.field import Field
from tickets.conditions.fields import clocks, counts, hours, people, speech, ticket, times, update, words
from tickets.conditions.scopes import AUTOMATION, LIST, SCOPES, TRIGGER
from tickets.conditions.times import HoursSince, HoursUntil
from tickets.conditions.working import Counted, WorkingHoursSince, WorkingHoursUntil

ALL: tuple[Field, ...] = (
    *update.FIELDS, *clocks.FIELDS, *ticket.FIELDS, *speech.FIELDS, *people.FIELDS, *words.FIELDS, *times.FIELDS,
    *hours.FIELDS, *counts.FIELDS,
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


def fields_in(scope: str) -> dict[str, Field]:
    return _BY_SCOPE[scope]


def catalogue(user: User | None = None, *, scope: str = LIST) -> list[Field]:
    """The fields that `user` may ask for in `scope`: all of them, to everybody who works here."""
    return list(_BY_SCOPE[scope].values())
