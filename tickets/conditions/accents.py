"""Texts without their accents, in Python and in SQL alike: "Crème" is "creme", "Größe" is "grosse".

As tickets/search folds words, but for marks of scripts in which they are more than accents. Unicode's decomposition
does the work, which PostgreSQL and Python share; what `unaccent` does is said in a file that each server may edit.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.db.models import Func, TextField

# Of Latin, Greek and Cyrillic letters, of Hebrew ones, of Arabic ones.
_MARKS = r"[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]"
_ACCENTS = re.compile(_MARKS)
# Letters that have no accent to strip, but that people write without.
_PLAIN = {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "ŋ": "n"}
_IN_PYTHON = str.maketrans(_PLAIN)


def _in_sql(text: str) -> str:
    sql = f"lower(regexp_replace(normalize({text}, NFKD), '{_MARKS}', '', 'g'))"
    for letter, plain in _PLAIN.items():  # one by one takes a third of what `translate` takes
        sql = f"replace({sql}, '{letter}', '{plain}')"
    # Most texts are ASCII, which is told by their length and saves nine tenths of the time.
    return f"CASE octet_length({text}) WHEN length({text}) THEN lower({text}) ELSE {sql} END"


class WithoutAccents(Func):
    """The text in lower case without accents. Of a column: what is given stands in the statement several times."""

    template = _in_sql("%(expressions)s")
    output_field: Any = TextField()


def strip_accents(text: str) -> str:
    """`text` without accents, lower case as it is."""
    return text if text.isascii() else _ACCENTS.sub("", unicodedata.normalize("NFKD", text))


def write_out(text: str) -> str:
    """A text in lower case with the letters that people write without a bar, or as two."""
    return text if text.isascii() else text.translate(_IN_PYTHON)
