"""What a service of records answers when the rules forbid what was asked. The text is for the person who asked."""

from __future__ import annotations


class Refused(Exception):
    """`str()` says why, in the language of who asked; `field` names the place in the form."""

    def __init__(self, reason: str, *, field: str = "") -> None:
        super().__init__(reason)
        self.field = field


class Problems(Refused):
    """Several fields were refused at once, and nothing was changed: `by_field` has a sentence for each."""

    def __init__(self, by_field: dict[str, str]) -> None:
        field, reason = next(iter(by_field.items()))
        super().__init__(reason if len(by_field) == 1 else " ".join(by_field.values()), field=field)
        self.by_field = by_field
