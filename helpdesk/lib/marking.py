"""Words that were searched for, marked in a text, and the piece of a long text that says most of them.

Done here rather than by `ts_headline`: it is ten times faster on a page of results, takes the same words as the index,
and what it gives back is text with places, so that nothing somebody wrote is ever taken for markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from html import escape
from typing import Final

from django.utils.safestring import SafeString, mark_safe

from helpdesk.lib.words import fold_in_place

LENGTH: Final = 220  # characters of an excerpt
LEAD: Final = 60  # of them before the first match
WORD_BEGINS, WORD_ENDS = r"(?<![^\W_])", r"(?![^\W_])"


class Marker:
    """Finds and marks what patterns say. They are regular expressions over folded text (helpdesk.lib.words)."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = list(patterns)
        self.number = len(self._patterns)
        self._any = re.compile(_any_of(self._patterns)) if self._patterns else None

    @cached_property
    def _each(self) -> list[re.Pattern[str]]:
        return [re.compile(pattern) for pattern in self._patterns]

    def score(self, folded: str) -> int:
        """How many of the patterns the text has."""
        return sum(1 for pattern in self._each if pattern.search(folded))

    def places(self, folded: str) -> list[tuple[int, int]]:
        return [match.span() for match in self._any.finditer(folded)] if self._any else []

    def mark(self, text: str) -> SafeString:
        """All of `text`, escaped, matches marked."""
        return _marked(text, self.places(fold_in_place(text)))

    def cut(self, text: str) -> SafeString:
        """As much of `text` as a row shows, from a little before the place where most of the matches are."""
        text = " ".join(text.split())
        places = self.places(fold_in_place(text))
        start = _start(text, places)
        end = _word_end(text, start + LENGTH)
        inside = [(max(a, start) - start, b - start) for a, b in places if a >= start and b <= end]
        cut = _marked(text[start:end], inside)
        return mark_safe(f"{'… ' if start else ''}{cut}{' …' if end < len(text) else ''}")  # noqa: S308 escaped above


def letters(word: str) -> str:
    """A pattern of folded letters. Ligatures and ß are folded to one letter in place, hence the `?`."""
    return re.sub("ss|ae|oe|th", lambda pair: f"{pair[0]}?", re.escape(word))


def side_by_side(words: Iterable[str], *, is_prefix: bool = False) -> str:
    """A pattern of words that stand next to each other."""
    return WORD_BEGINS + r"[\W_]+".join(letters(word) for word in words) + ("" if is_prefix else WORD_ENDS)


def _any_of(patterns: Sequence[str]) -> str:
    """All in one. Whether a word begins is asked once at each letter, not once for each: three times as quick."""
    at_words = [pattern.removeprefix(WORD_BEGINS) for pattern in patterns if pattern.startswith(WORD_BEGINS)]
    others = [pattern for pattern in patterns if not pattern.startswith(WORD_BEGINS)]
    return "|".join([f"{WORD_BEGINS}(?:{'|'.join(at_words)})", *others] if at_words else others)


def _start(text: str, places: Sequence[tuple[int, int]]) -> int:
    if not places:
        return 0
    best = max(places, key=lambda place: sum(1 for a, _b in places if place[0] <= a < place[0] + LENGTH - LEAD))
    if best[1] <= LENGTH - LEAD:
        return 0
    return text.rfind(" ", 0, max(best[0] - LEAD, 0)) + 1


def _word_end(text: str, end: int) -> int:
    if end >= len(text):
        return len(text)
    blank = text.rfind(" ", end - 30, end)
    return blank if blank > 0 else end


def _marked(text: str, places: Iterable[tuple[int, int]]) -> SafeString:
    parts, done = [], 0
    for start, end in places:
        parts += [escape(text[done:start]), "<mark>", escape(text[start:end]), "</mark>"]
        done = end
    parts.append(escape(text[done:]))
    return mark_safe("".join(parts))  # noqa: S308 every piece of text is escaped
