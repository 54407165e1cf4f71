"""The lines between two `---` at the beginning of a Markdown file: what it says about itself."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any, Final

import yaml

LONGEST: Final = 16_384
_BLOCK = re.compile(r"\A---[ \t]*\n(.*?)(?:\n|\A)---[ \t]*(?:\n|\Z)", re.DOTALL)


class BadFrontMatter(ValueError):
    """Lines that can't be read; says where."""


class _Loader(yaml.SafeLoader):
    """Without references: a few lines of them would stand for gigabytes."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise BadFrontMatter("*")
        return super().compose_node(parent, index)


def split(text: str) -> tuple[dict[str, Any], str]:
    """What is said about the file, and the rest. Raises `BadFrontMatter`."""
    found = _BLOCK.match(text)
    if not found:
        return {}, text
    if len(found[1]) > LONGEST:
        raise BadFrontMatter(f"> {LONGEST}")
    try:
        said = yaml.load(found[1], _Loader)  # noqa: S506  a safe loader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise BadFrontMatter(str(mark.line + 2) if mark else "1") from error
    return (said if isinstance(said, dict) else {}), text[found.end() :]


def words(said: dict[str, Any], *names: str) -> str:
    """The first of these that says something, on one line."""
    for name in names:
        value = said.get(name)
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return " ".join(str(value).split())
    return ""


def listed(said: dict[str, Any], *names: str) -> list[str]:
    """A list, or words with commas between."""
    for name in names:
        value = said.get(name)
        if isinstance(value, str):
            value = value.split(",")
        if isinstance(value, list):
            return [" ".join(str(item).split())[:80] for item in value if str(item).strip()][:50]
    return []


def flag(said: dict[str, Any], name: str) -> bool:
    return said.get(name) is True


def number(said: dict[str, Any], *names: str) -> int | None:
    for name in names:
        value = said.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1_000_000:
            return value
    return None


def moment(said: dict[str, Any], *names: str) -> datetime | None:
    """A date or a moment; one without a zone is in UTC."""
    for name in names:
        value = said.get(name)
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=UTC)
        if isinstance(value, date):
            return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return None
