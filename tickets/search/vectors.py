"""Words as PostgreSQL stores them: `tsvector` literals with two kinds of marks among the words.

- `^refund`: the word stands in the ticket's head (number, subject, requester, organisation, tags). So "in the subject
  first" is a question to the index, however many tickets have the word in their messages.
- `~a731`, `~b45`, `~c2`: the row's newest message is in that range of ids, at three sizes. A search for common words
  asks "these words, and recent" and the index skips what is older without reading it.

Neither can be typed: words are letters and digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from helpdesk.lib.words import words_of

HEAD = "^"
RANGES = {"a": 12, "b": 16, "c": 20}  # mark → how many ids it covers, as a power of two
GAP = 10  # between the texts of one row, so that no phrase reaches from one into the next
MAX_PART = 12_000  # words; PostgreSQL counts positions up to 16,383 and refuses a vector of 1 MB
OVERLAP = 1_000  # words of a message that two rows share: no phrase that can be typed has more
MAX_POSITIONS = 100  # of one word: PostgreSQL keeps 255


def range_marks(newest: int) -> list[str]:
    return [f"~{mark}{newest >> bits}" for mark, bits in RANGES.items()]


def head_words(number: int, texts: Iterable[str]) -> list[str]:
    return [str(number), *(word for text in texts for word in words_of(text))][:1_000]


def literal(words: Sequence[str], *, marks: Iterable[str] = ()) -> str:
    """`words` with their positions, an empty one leaving its place free; and the bare `marks`."""
    places: dict[str, list[str]] = {}
    for position, word in enumerate(words, 1):
        if word:
            places.setdefault(word, []).append(str(position))
    parts = [f"{word}:{','.join(at[:MAX_POSITIONS])}" for word, at in places.items()]
    return " ".join([*parts, *marks])


def marks_in_sql(newest: str) -> str:
    """An SQL array of the marks that belong to the SQL expression `newest`."""
    return "ARRAY[" + ", ".join(f"'~{mark}' || ({newest} >> {bits})" for mark, bits in RANGES.items()) + "]"


def head_marks(head: Iterable[str]) -> list[str]:
    return [HEAD + word for word in dict.fromkeys(head)]
