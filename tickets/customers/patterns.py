"""What the trigram indexes on names and identities can answer: parts of three letters, or the beginning of a word."""

from __future__ import annotations

import re

from django.db.models import Q

from customers.folding import fold_name

TRIGRAM = 3
LETTERS = re.compile(r"[a-z0-9]")
RUN = re.compile(r"[a-z0-9]{3}")


def is_indexed(word: str) -> bool:
    """Whether an index helps: what has no letters that make trigrams under every collation would have all rows read."""
    return bool(RUN.search(word) if len(word) >= TRIGRAM else LETTERS.match(word))


def has(column: str, word: str) -> Q:
    """Rows with the word somewhere, a short one at the beginning of a word."""
    if len(word) >= TRIGRAM:
        return Q(**{f"{column}__contains": word})
    return Q(**{f"{column}__startswith": word}) | Q(**{f"{column}__contains": f" {word}"})


def plain(name: str, words: list[str]) -> bool:
    """The same in Python, of all `words`."""
    folded = fold_name(name)
    parts = folded.split()
    return all(
        word in folded if len(word) >= TRIGRAM else any(part.startswith(word) for part in parts) for word in words
    )
