"""Words of strangers, as they may be stored."""

from __future__ import annotations

from typing import Any

DEEPEST = 12  # levels of what an adapter tells besides the words


def storable(text: object, length: int | None = None) -> str:
    """`text` without what PostgreSQL refuses: NUL, and halves of characters that JSON can spell and UTF-8 can't."""
    kept = str(text).replace("\0", "").encode("utf-8", "ignore").decode()
    return kept[:length]


def storable_json(value: Any, *, depth: int = DEEPEST) -> Any:
    """The same for what goes into a JSON column; what lies deeper than anything of use is left out."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        below = {storable(name): storable_json(each, depth=depth - 1) for name, each in value.items()}
        return below if depth else {}
    if isinstance(value, list | tuple):
        return [storable_json(each, depth=depth - 1) for each in value] if depth else []
    return value if isinstance(value, int | float | bool | None) else storable(value)
