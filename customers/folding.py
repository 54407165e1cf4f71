"""Names compared without case and accents, by the database and from an index."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Func

# One letter for one letter, since the expression of an index must never change its mind.
_ACCENTED = "àáâãäåāăąçćčďđèéêëēęěğìíîïīıłñńňòóôõöøōőřśşšßťùúûüūůűýÿźżž"
_PLAIN = "aaaaaaaaacccddeeeeeeegiiiiiilnnnoooooooorssss" + "tuuuuuuuyyzzz"


def folded_sql(column: str) -> str:
    """For statements by hand: spelled as in the indexes, or they are not used."""
    return f"translate(lower({column}), '{_ACCENTED}', '{_PLAIN}')"


class Folded(Func):
    """The text in lower case without accents."""

    template = folded_sql("%(expressions)s")
    output_field: Any = CharField()


def fold_name(text: str) -> str:
    """In Python what `Folded` is in SQL."""
    return text.lower().translate(str.maketrans(_ACCENTED, _PLAIN))
