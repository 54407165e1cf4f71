"""Fields with a fixed set of values: status, priority, type, channel; and yes-or-no questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.db.models.enums import Choices
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tickets.conditions.asking import Asking
from tickets.conditions.kind import Kind, Labels, read_list, shown
from tickets.conditions.operators import ORDER
from tickets.conditions.problems import Wrong
from tickets.conditions.sources import EVERYTHING, NOTHING, Source


class Choice(Kind):
    """Every comparison comes down to the set of values it lets through, and so does its opposite.

    That is why unsolved comes out as `status IN (…)` however it was asked: partial indexes apply. `is_ordered` values
    come in their order, least first. The column is never NULL.
    """

    name = "choice"

    def __init__(self, values: type[Choices], *, is_ordered: bool = False) -> None:
        self._labels = dict(values.choices)
        self._values = list(values.values)
        self.widgets = {
            "is": "choice",
            "is_not": "choice",
            "includes": "choices",
            "not_includes": "choices",
            **(dict.fromkeys(ORDER, "choice") if is_ordered else {}),
        }

    def choices(self) -> list[tuple[str, str]]:
        return [(value, str(label)) for value, label in self._labels.items()]

    def read(self, operator: str, value: object) -> Any:
        if operator in ("includes", "not_includes"):
            return list(dict.fromkeys(self._one(item) for item in read_list(value)))
        return self._one(value)

    def _one(self, value: object) -> str:
        if value is None:
            value = ""
        if isinstance(value, str) and value in self._labels:
            return value
        known = ", ".join(value or "“”" for value in self._values)
        raise Wrong(_("%(value)s is none of %(known)s") % {"value": shown(value), "known": known})

    def q(self, source: Source, operator: str, value: Any, asking: Asking) -> Q:
        return self._among(source, self._allowed(operator, value))

    def opposite(self, source: Source, operator: str, value: Any, asking: Asking) -> Q:
        allowed = self._allowed(operator, value)
        return self._among(source, [value for value in self._values if value not in allowed])

    def test(self, values: Sequence[Any], operator: str, value: Any, asking: Asking) -> bool:
        return bool(values) and values[0] in self._allowed(operator, value)

    def _among(self, source: Source, allowed: list[str]) -> Q:
        if len(allowed) == len(self._values):
            return EVERYTHING
        return source.some(**{"in": allowed}) if allowed else NOTHING

    def _allowed(self, operator: str, value: Any) -> list[str]:
        if operator == "includes":
            return [known for known in self._values if known in value]
        place = self._values.index(value)
        match operator:
            case "less_than":
                return self._values[:place]
            case "less_than_equal":
                return self._values[: place + 1]
            case "greater_than":
                return self._values[place + 1 :]
            case "greater_than_equal":
                return self._values[place:]
        return [value]


class OneOf(Choice):
    """The source may have several of the values at once, or none."""

    def test(self, values: Sequence[Any], operator: str, value: Any, asking: Asking) -> bool:
        allowed = self._allowed(operator, value)
        return any(one in allowed for one in values)


class Flag(Kind):
    """A question with two answers: is there something in the source or not."""

    name = "choice"
    widgets = {"is": "choice", "is_not": "choice"}

    def __init__(self, yes: tuple[str, str | Promise], no: tuple[str, str | Promise]) -> None:
        self._yes = yes[0]
        self._answers = (yes, no)

    def choices(self) -> list[tuple[str, str]]:
        return [(value, str(label)) for value, label in self._answers]

    def read(self, operator: str, value: object) -> str:
        if isinstance(value, bool):
            value = "true" if value else "false"
        known = [answer for answer, _label in self._answers]
        if not (isinstance(value, str) and value in known):
            raise Wrong(_("%(value)s is none of %(known)s") % {"value": shown(value), "known": ", ".join(known)})
        return value

    def q(self, source: Source, operator: str, value: Any, asking: Asking) -> Q:
        found = self.found(source, asking)
        return found if value == self._yes else ~found

    def test(self, values: Sequence[Any], operator: str, value: Any, asking: Asking) -> bool:
        return self.holds(values, asking) is (value == self._yes)

    def found(self, source: Source, asking: Asking) -> Q:
        return source.present()

    def holds(self, values: Sequence[Any], asking: Asking) -> bool:
        return bool(values)


class FlagOfMine(Flag):
    """Whether the one who asks is among the users in the source."""

    def found(self, source: Source, asking: Asking) -> Q:
        return source.some(exact=asking.user_id) if asking.user_id else NOTHING

    def holds(self, values: Sequence[Any], asking: Asking) -> bool:
        return asking.user_id in values

    def names_user(self, value: Any) -> bool:
        return True


class Presence(Kind):
    """Only whether there is any."""

    name = "presence"
    widgets = {"present": "none", "not_present": "none"}

    def __init__(self, labels: Labels | None = None) -> None:
        self.labels = labels or {}

    def read(self, operator: str, value: object) -> None:
        return None

    def q(self, source: Source, operator: str, value: Any, asking: Asking) -> Q:
        return source.present()

    def test(self, values: Sequence[Any], operator: str, value: Any, asking: Asking) -> bool:
        return bool(values)
