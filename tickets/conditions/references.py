"""Fields that name a row of another table: assignee, team, requester, organisation, inbox, followers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tickets.conditions.asking import Asking
from tickets.conditions.kind import MAX_ID, Kind, read_list, read_number
from tickets.conditions.sources import NOTHING, Source

CURRENT_USER = "current_user"
EMPTY = ""


class Reference(Kind):
    """Ids of a model; `""` stands for nobody, `current_user` for the one who asks (where `of_users`).

    Without an asking user `current_user` is nobody's id: `is` holds for no ticket, not for those of nobody.
    `lookup` names what a builder searches in where there are too many to choose from. `words` are further values that
    stand for no row: the source has them among its own.
    """

    name = "reference"

    def __init__(
        self,
        model: type[Model],
        gone: str | Promise,
        *,
        offered: Callable[[], QuerySet[Any]] | None = None,
        of_users: bool = False,
        can_be_empty: bool = True,
        lookup: str = "",
        words: Mapping[str, str | Promise] | None = None,
    ) -> None:
        self._model, self._gone, self._offered = model, gone, offered
        self._words = words or {}
        self._of_users, self._can_be_empty = of_users, can_be_empty
        one = f"lookup:{lookup}" if lookup else "choice"
        many = f"lookups:{lookup}" if lookup else "choices"
        self.widgets = {"is": one, "is_not": one, "includes": many, "not_includes": many}
        if can_be_empty:
            self.widgets |= {"present": "none", "not_present": "none"}

    def choices(self) -> list[tuple[str, str]]:
        found = [(word, str(label)) for word, label in self._words.items()]
        found += [(CURRENT_USER, _("the current user"))] if self._of_users else []
        found += [(EMPTY, _("nobody") if self._of_users else _("none"))] if self._can_be_empty else []
        return [*found, *((str(row.pk), str(row)) for row in self._offered())] if self._offered else found

    def missing(self, values: Sequence[Any]) -> dict[Any, str]:
        ids = {item for value in values for item in _as_list(value) if isinstance(item, int)}
        known = self._model._default_manager.filter(pk__in=ids).values_list("pk", flat=True) if ids else ()
        return {pk: str(self._gone) % {"id": pk} for pk in sorted(ids.difference(known))}

    def names(self, ids: Sequence[int]) -> dict[int, str]:
        return {pk: str(row) for pk, row in self._model._default_manager.in_bulk(list(ids)).items()}

    def read(self, operator: str, value: object) -> Any:
        match operator:
            case "present" | "not_present":
                return None
            case "includes" | "not_includes":
                return list(dict.fromkeys(self._one(item) for item in read_list(value)))
        return self._one(value)

    def _one(self, value: object) -> int | str:
        if value is None:
            value = EMPTY
        named = (value == EMPTY and self._can_be_empty) or (value == CURRENT_USER and self._of_users)
        if named or (isinstance(value, str) and value in self._words):
            return str(value)
        return read_number(value, 1, MAX_ID)

    def q(self, source: Source, operator: str, value: Any, asking: Asking) -> Q:
        if operator == "present":
            return source.present()
        ids, or_empty = _resolve(value, asking)
        if not ids:
            return ~source.present() if or_empty else NOTHING
        found = source.some(exact=ids[0]) if len(ids) == 1 else source.some(**{"in": ids})
        return found | ~source.present() if or_empty else found

    def test(self, values: Sequence[Any], operator: str, value: Any, asking: Asking) -> bool:
        if operator == "present":
            return bool(values)
        ids, or_empty = _resolve(value, asking)
        if any(pk in ids for pk in values) or (or_empty and not values):
            return True
        return bool(self._words) and any(word in values for word in _as_list(value))

    def names_user(self, value: Any) -> bool:
        return CURRENT_USER in _as_list(value)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _resolve(value: Any, asking: Asking) -> tuple[list[int], bool]:
    """The ids meant, and whether tickets without any are meant too."""
    meant = [asking.user_id if item == CURRENT_USER else item for item in _as_list(value)]
    return [pk for pk in meant if isinstance(pk, int)], EMPTY in meant
