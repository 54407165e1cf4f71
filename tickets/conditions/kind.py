"""What all kinds of fields have in common. The kinds: choices, references, words, numbers, times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tickets.conditions.asking import Asking
from tickets.conditions.operators import LABELS, Operator
from tickets.conditions.problems import Wrong
from tickets.conditions.sources import Source

Labels = Mapping[str, str | Promise]
MAX_VALUES = 100
MAX_TEXT = 500
MAX_ID = 2**63 - 1


class Kind:
    """How values are checked, and how they are compared: as a `Q`, and with values in memory, with one meaning.

    `q` and `test` are asked for positive operators only (see `operators.OPPOSITES`).
    """

    name: ClassVar[str]
    widgets: Mapping[str, str] = {}  # operator → widget
    labels: Labels = {}  # where an operator's usual label would read badly

    def operators(self) -> list[Operator]:
        return [Operator(key, self.labels.get(key, LABELS[key]), widget) for key, widget in self.widgets.items()]

    def read(self, operator: str, value: object) -> Any:
        """`value` as it is stored, in JSON. Raises `Wrong`."""
        raise NotImplementedError

    def q(self, source: Source, operator: str, value: Any, asking: Asking) -> Q:
        raise NotImplementedError

    def opposite(self, source: Source, operator: str, value: Any, asking: Asking) -> Q:
        """Where `q` does not hold, tickets without any value included."""
        return ~self.q(source, operator, value, asking)

    def test(self, values: Sequence[Any], operator: str, value: Any, asking: Asking) -> bool:
        raise NotImplementedError

    def choices(self) -> list[tuple[str, str]]:
        """(value, label) of what can be chosen; empty where the value is typed or looked up."""
        return []

    def missing(self, values: Sequence[Any]) -> dict[Any, str]:
        """Which of these stored values name something that no longer exists, and what to say of each."""
        return {}

    def names_user(self, value: Any) -> bool:
        """Whether it means another person's tickets when another person asks."""
        return False

    def names_day(self, value: Any) -> bool:
        """Whether it means other hours where the clocks are set otherwise."""
        return False

    def moves(self, operator: str, value: Any) -> bool:
        """Whether the answer may change while nothing happens, only because time passes."""
        return False

    def turns(self, values: Sequence[Any], operator: str, value: Any, asking: Asking) -> list[datetime]:
        """The moments, past and to come, at which an answer that moves changes: then, or one microsecond later.

        There may be some at which it does not. Where they have no end, those of some weeks from `asking.now` on.
        """
        return []


def read_text(value: object) -> str:
    if not isinstance(value, str):
        raise Wrong(_("must be a text"))
    if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise Wrong(_("has characters that no text can have"))
    text = value.strip()
    if not text:
        raise Wrong(_("needs a value"))
    if len(text) > MAX_TEXT:
        raise Wrong(_("is longer than %(count)s characters") % {"count": MAX_TEXT})
    return text


def read_number(value: object, least: int, most: int) -> int:
    """A whole number in JSON, or written in digits as forms send it."""
    if isinstance(value, str) and len(value) <= 20:
        digits = value.strip()
        value = int(digits) if digits.isascii() and digits.isdecimal() else value
    if isinstance(value, bool) or not isinstance(value, int):
        raise Wrong(_("must be a whole number"))
    if not least <= value <= most:
        raise Wrong(_("must be between %(least)s and %(most)s") % {"least": least, "most": most})
    return value


def read_list(value: object) -> list[object]:
    """One value counts as a list of one."""
    values = value if isinstance(value, list) else [value]
    if not values:
        raise Wrong(_("needs a value"))
    if len(values) > MAX_VALUES:
        raise Wrong(_("has more than %(count)s values") % {"count": MAX_VALUES})
    return values


def shown(value: object) -> str:
    """A stranger's value as an error can quote it: short, printable, and never taken apart."""
    match value:
        case str():
            text = "".join(char if char.isprintable() else "\ufffd" for char in value[:41])
        case bool() | float() | None:
            text = str(value).lower()
        case int() if abs(value) < 10**20:
            text = str(value)
        case int():
            return _("a huge number")
        case _:
            return _("a list or an object")
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"
