"""What the readers of filters have in common."""

from __future__ import annotations

from typing import Any

Condition = dict[str, Any]


class BadValue(Exception):
    """A filter with a value that means nothing; `str()` says so in the user's language."""


def condition(field: str, operator: str, value: Any) -> Condition:
    return {"field": field, "operator": operator, "value": value}
