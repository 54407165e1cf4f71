"""Taking words out of texts: ▇▇▇ in their place, in plain text, in HTML across its tags, and inside JSON.

Words are found however they are spaced or broken into lines (a quoted mail breaks them anew and puts `>` before each),
and without regard to case. Pure, and linear in the length of the text for a given set of words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any
from urllib.parse import unquote

MARK = "▇▇▇"
GAP = r"(?:[\s>\u200b]|&nbsp;)+"
SPACES = re.compile(r"[\s>\u200b]+")
PIECES = re.compile(r"(<[^>]*>)")
LETTERS = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|\w+);|.", re.DOTALL)
INLINE = frozenset(
    "a abbr b bdi bdo cite code del em font i ins kbd mark q s samp small span strong sub sup u var".split()
)


class Mask:
    """`whole`: only where no letter or digit stands right beside, as names and addresses are meant."""

    def __init__(self, words: Iterable[str], *, whole: bool = False) -> None:
        distinct = {folded: word.strip() for word in words if (folded := fold(word))}
        self.words = sorted(distinct.values(), key=len, reverse=True)
        self._folded = [(fold(word), _pattern(word, whole)) for word in self.words]

    def __bool__(self) -> bool:
        return bool(self.words)

    def found_in(self, text: str) -> bool:
        return bool(self.spans(text))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where the words stand, as (start, end), in order; spans that overlap are one."""
        folded = fold(text)
        found = [
            match.span()
            for word, pattern in self._folded
            if word in folded
            for match in re.finditer(pattern, text, re.IGNORECASE)
        ]
        return list(_joined(sorted(found)))

    def text(self, text: str) -> str:
        pieces, end = [], 0
        for start, stop in self.spans(text):
            pieces += [text[end:start], MARK]
            end = stop
        return "".join([*pieces, text[end:]])

    def html(self, html: str) -> str:
        """Also where the words run across tags, are written with entities, or stand in an address or a title."""
        if not self or not html:
            return html
        letters = list(_letters(html))
        spans = self.spans("".join(shown for shown, _source, _is_tag in letters))
        inside, begins = _places(letters, spans)
        drawn = []
        for place, (_shown, source, is_tag) in enumerate(letters):
            if place in begins:
                drawn.append(MARK)
            if is_tag:
                drawn.append(self._tag(source))
            elif place not in inside:
                drawn.append(source)
        return "".join(drawn)

    def json(self, value: Any) -> Any:
        """The same value with its texts masked, keys included."""
        match value:
            case str():
                return self.text(value)
            case list():
                return [self.json(each) for each in value]
            case dict():
                return {self.text(key): self.json(each) for key, each in value.items()}
        return value

    def _tag(self, tag: str) -> str:
        """A tag whose attributes hold the words loses those attributes."""
        if not self.found_in(unescape(tag)) and not self.found_in(unquote(unescape(tag))):
            return tag
        name = re.match(r"</?\w*", tag)
        return f"{name[0]}>" if name else ""


def fold(text: str) -> str:
    """As texts are compared: without case, each run of spaces as one."""
    return SPACES.sub(" ", text.replace("\xa0", " ")).strip(" >").casefold()


def _pattern(word: str, whole: bool) -> str:
    parts = [re.escape(part) for part in SPACES.split(word.strip()) if part]
    body = GAP.join(parts)
    return rf"(?<!\w){body}(?!\w)" if whole else body


def _joined(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    current: tuple[int, int] | None = None
    for start, end in spans:
        if current and start <= current[1]:
            current = current[0], max(current[1], end)
            continue
        if current:
            yield current
        current = start, end
    if current:
        yield current


def _letters(html: str) -> Iterator[tuple[str, str, bool]]:
    """What each piece of the source shows: letters themselves, entities what they stand for, blocks a space."""
    for number, piece in enumerate(PIECES.split(html)):
        if number % 2:
            name = piece.strip("</> ").split()[0].lower() if piece.strip("</> ") else ""
            yield ("" if name in INLINE else " "), piece, True
        else:
            for letter in LETTERS.findall(piece):
                yield unescape(letter), letter, False


def _places(letters: list[tuple[str, str, bool]], spans: list[tuple[int, int]]) -> tuple[set[int], set[int]]:
    """Which letters are within a span, and before which of them one begins."""
    inside: set[int] = set()
    begins: set[int] = set()
    offset, which, begun = 0, 0, -1
    for place, (shown, _source, is_tag) in enumerate(letters):
        while which < len(spans) and spans[which][1] <= offset:
            which += 1
        if not is_tag and which < len(spans) and spans[which][0] < offset + len(shown):
            inside.add(place)
            if begun != which:
                begins.add(place)
                begun = which
        offset += len(shown)
    return inside, begins
