"""Fields of customers that are texts: names without accents, texts that may be missing, phone numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.db.models.lookups import Exact
from django.utils.translation import gettext as _

from customers.folding import Folded, fold_name
from tickets.conditions.asking import Asking
from tickets.conditions.choices import OneOf
from tickets.conditions.kind import shown
from tickets.conditions.problems import Wrong
from tickets.conditions.sources import NOTHING, Source
from tickets.conditions.words import WORD_LABELS, ContainsAny, Words

PRESENT = {"present": "none", "not_present": "none"}
LEAST_DIGITS = 3


class Text(Words):
    """A short text that may be empty, which is no value."""

    widgets = {**Words.widgets, **PRESENT}

    def read(self, operator: str, value: object) -> Any:
        return None if operator in PRESENT else super().read(operator, value)

    def q(self, source: Source, operator: str, value: Any, asking: Asking) -> Q:
        if operator == "present":
            return source.where(lambda path: ~Q(Exact(self._stored(path), "")))
        return super().q(source, operator, value, asking)

    def test(self, values: Sequence[Any], operator: str, value: Any, asking: Asking) -> bool:
        return any(values) if operator == "present" else super().test(values, operator, value, asking)


class Name(Text):
    """Without case and accents, as the index on names has them."""

    def __init__(self) -> None:
        super().__init__()
        self._stored = Folded  # type: ignore[assignment]  # another Func of one text
        self._fold = fold_name


class Digits(Words):
    """Phone numbers as they are stored (E.164), found by their digits however somebody writes them."""

    name = "words"
    widgets = {"includes": "words", "not_includes": "words", **PRESENT}
    labels = WORD_LABELS

    def read(self, operator: str, value: object) -> Any:
        if operator in PRESENT:
            return None
        items = value if isinstance(value, list) else [value]
        return list(dict.fromkeys(_digits(item) for item in items))

    def q(self, source: Source, operator: str, value: Any, asking: Asking) -> Q:
        if operator == "present":
            return source.present()
        return source.where(lambda path: Q(ContainsAny(self._stored(path), value)))

    def test(self, values: Sequence[Any], operator: str, value: Any, asking: Asking) -> bool:
        return bool(values) if operator == "present" else any(part in text for text in values for part in value)


def digits_of(text: str) -> str:
    """What a number has in common however it is written: 0049 (0)170 1, +49 170 1 and 0170 1 are known by 170 1.

    Leading zeros are a country's or the world's way to dial, never part of an E.164 number.
    """
    return re.sub(r"\D", "", text.replace("(0)", "")).lstrip("0")


def _digits(value: object) -> str:
    digits = digits_of(value) if isinstance(value, str) and len(value) < 60 else ""
    if len(digits) < LEAST_DIGITS:
        raise Wrong(_("%(value)s is no part of a phone number") % {"value": shown(value)})
    return digits


class HasOneOf(OneOf):
    """Where there may be several, “is not” means that none of them is."""

    def opposite(self, source: Source, operator: str, value: Any, asking: Asking) -> Q:
        return ~self.q(source, operator, value, asking)

    def _among(self, source: Source, allowed: list[str]) -> Q:
        """Any of all there are is still something: who has none is not among them."""
        return source.some(**{"in": allowed}) if allowed else NOTHING
