"""Names compared without case and accents, by the database and from an index."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Func

# One letter for one letter, since the expression of an index must never change its mind.
_ACCENTED = "àáâãäåāăąçćčďđèéêëēęěğìíîïīıłñńňòóôõöøōőřśşšßťùúûüūůűýÿźżž"
_PLAIN = "aaaaaaaaacccddeeeeeeegiiiiiilnnnoooooooorssss" + "tuuuuuuuyyzzz"


class Folded(Func):
    """The text in lower case without accents."""

    template = f"translate(lower(%(expressions)s), '{_ACCENTED}', '{_PLAIN}')"
    output_field: Any = CharField()


def fold_name(text: str) -> str:
    """In Python what `Folded` is in SQL."""
    return text.lower().translate(str.maketrans(_ACCENTED, _PLAIN))
