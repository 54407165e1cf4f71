"""What a word is: the one reading of text that the index, the question and the highlighting share.

PostgreSQL's own parser is not used. What it takes for a letter depends on how the database was created, it hides the
parts of an address from whoever searches for one of them, and it can't tell where in a text a match stands without
parsing it again. See docs/decisions/search.md.
"""

from __future__ import annotations

import re
import unicodedata

MAX_WORD = 60

# Letters that have no accent to strip, but that people write without.
_PLAIN = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i", "ŋ": "n"}
# Scripts without blanks between words: each character counts as one, and a word of several is a phrase.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")
_ASCII_WORD = re.compile(r"[a-z0-9]+")


class _Folds(dict[int, str]):
    """Character → what it counts as: lower case, without accents. Filled as characters turn up."""

    def __init__(self, *, keep_length: bool) -> None:
        super().__init__()
        self._keep_length = keep_length

    def __missing__(self, code: int) -> str:
        char = chr(code).casefold()
        char = _PLAIN.get(char, char)
        plain = "".join(part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))
        if self._keep_length:
            plain = (plain or " ")[0]
        self[code] = plain
        return plain


_folds = _Folds(keep_length=False)
_folds_in_place = _Folds(keep_length=True)


def fold(text: str) -> str:
    """`text` as it is compared: "Größe" and "GROSSE" are "grosse"."""
    return text.lower() if text.isascii() else text.translate(_folds)


def fold_in_place(text: str) -> str:
    """As `fold`, but each character stays where it is: "Größe" is "grose". For finding places in a text."""
    return text.lower() if text.isascii() else text.translate(_folds_in_place)


def words_of(text: str) -> list[str]:
    """The words of `text` in their order, folded; one that is absurdly long is cut."""
    folded = fold(text)
    words = _ASCII_WORD.findall(folded) if folded.isascii() else _WORD.findall(folded)
    if len(folded) <= MAX_WORD:
        return words
    return [word[:MAX_WORD] for word in words]
