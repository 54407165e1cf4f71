"""Reading what a provider sent without trusting its shape: what is missing or of another kind is simply empty."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from helpdesk.lib.typed import whole_number

AHEAD = timedelta(days=1)  # whose clock goes before ours


def words(value: object) -> str:
    """Texts, and numbers as texts: ids are sent as either."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def thing(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def things(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def at(value: object, *path: str) -> Any:
    """What lies at `path` inside `value`; None where the way ends."""
    for name in path:
        value = thing(value).get(name)
    return value


def texts(value: object) -> Iterator[str]:
    return (text for text in map(words, value if isinstance(value, list) else []) if text)


def count(value: object) -> int:
    """A whole number, also one that was sent as text; 0 for everything else."""
    return whole_number(words(value)) or 0


def moment(value: object, *, now: datetime, milliseconds: bool = False) -> datetime:
    """The time in seconds (or milliseconds) since 1970; `now` where none was sent, or one that cannot be."""
    since = count(value) / (1000 if milliseconds else 1)
    if not 0 < since < (now + AHEAD).timestamp():
        return now
    return datetime.fromtimestamp(since, UTC)
