"""Reading what strangers send: every value is what it should be, of a bounded size, or refused with its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

Plain = str | int | float | bool | None | list[str]
LARGEST: Final = 2**53  # what JavaScript counts exactly

MOST_ATTRIBUTES, NAME_LENGTH, VALUE_LENGTH = 40, 60, 300


class Nonsense(Exception):
    """No message of this protocol. `of` is its kind and `line` its id, as far as it had them."""

    def __init__(self, reason: str, *, code: str = "unknown", of: str = "", line: str = "") -> None:
        super().__init__(reason)
        self.reason, self.code, self.of, self.line = reason, code, of, line


class Fields:
    """The values of one message. What is missing is empty, unless `needed`."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def text(self, name: str, most: int, *, needed: bool = False, cut: bool = False) -> str:
        """Without NULs, which PostgreSQL does not store. What is longer than `most` is refused, or cut."""
        value = self._values.get(name)
        value = "" if value is None else value
        if not isinstance(value, str) or not is_unicode(value):
            raise Nonsense(f"{name} is no text")
        value = value.replace("\0", "").strip()
        if needed and not value:
            raise Nonsense(f"{name} is missing")
        if len(value) > most and not cut:
            raise Nonsense(f"{name} is longer than {most} characters", code="too_long")
        return value[:most]

    def id(self, name: str = "id") -> UUID:
        try:
            return UUID(self.text(name, 36, needed=True))
        except ValueError as error:
            raise Nonsense(f"{name} is no UUID") from error

    def number(self, name: str) -> int:
        value = self._values.get(name)
        if value is None:
            return 0
        if type(value) is not int or not 0 <= value <= LARGEST:
            raise Nonsense(f"{name} is no number")
        return value

    def amount(self, name: str) -> float | None:
        value = self._values.get(name)
        if value is None:
            return None
        if type(value) not in (int, float) or not abs(value) <= LARGEST:  # nor NaN
            raise Nonsense(f"{name} is no number")
        return float(value)

    def flag(self, name: str) -> bool:
        return self._values.get(name) is True

    def one_of(self, name: str, *allowed: str) -> str:
        value = self._values.get(name)
        if value not in allowed:
            raise Nonsense(f"{name} is none of {', '.join(allowed)}")
        return str(value)

    def numbers(self, name: str, most: int) -> tuple[int, ...]:
        value = self._values.get(name) or []
        if not isinstance(value, list) or not all(type(each) is int and 0 < each <= LARGEST for each in value):
            raise Nonsense(f"{name} is no list of numbers")
        if len(value) > most:
            raise Nonsense(f"{name} are more than {most}", code="files")
        return tuple(dict.fromkeys(value))

    def inner(self, name: str) -> Fields | None:
        value = self._values.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise Nonsense(f"{name} is no object")
        return Fields(value)

    def plain(self, name: str, *, length: int = VALUE_LENGTH) -> dict[str, Plain]:
        """An object of plain values, few and short enough to be kept. What is not stays out; the rest counts."""
        value = self._values.get(name) or {}
        if not isinstance(value, dict):
            raise Nonsense(f"{name} is no object")
        fit = {key.replace("\0", "")[:NAME_LENGTH]: each for key, each in value.items() if is_unicode(key)}
        kept = {key: _plain(each, length) for key, each in fit.items() if _is_plain(each)}
        return dict(list(kept.items())[:MOST_ATTRIBUTES])


def is_unicode(text: str) -> bool:
    """Half of a surrogate pair is none, and could be neither stored nor sent."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return is_unicode(value)
    if type(value) in (int, float):
        return abs(value) <= LARGEST  # type: ignore[arg-type]
    if isinstance(value, list):
        return len(value) <= MOST_ATTRIBUTES and all(isinstance(each, str) and is_unicode(each) for each in value)
    return value is None or isinstance(value, bool)


def _plain(value: Any, length: int) -> Plain:
    if isinstance(value, list):
        return [each.replace("\0", "")[:length] for each in value]
    return value.replace("\0", "")[:length] if isinstance(value, str) else value
