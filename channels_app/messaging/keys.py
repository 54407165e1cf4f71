"""Our own key of a part, where a provider gives it back."""

from __future__ import annotations

from uuid import UUID


def as_key(text: str) -> UUID | None:
    """None for what is none of ours."""
    try:
        return UUID(text)
    except ValueError:
        return None
