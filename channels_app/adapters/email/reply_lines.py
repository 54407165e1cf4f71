"""Where in a letter's lines the new words begin and end. One pass over lines, each looked at in bounded windows.

The same reading serves plain text and HTML: `reply_html` gives the HTML's lines, quoted ones with ">" before them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .history_marks import (
    HISTORY_LINE,
    QUOTED,
    WINDOW,
    WROTE_AND_QUOTED,
    attribution_length,
    is_header_block,
    quote_follows,
)
from .reply_words import FORWARDED, MOBILE_SIGNATURE, ORIGINAL_MESSAGE, REPLY_ABOVE

SIGNATURE_LINE = "\x02signature"

MAX_SIGNATURE_LINES = 25

_SEPARATOR = re.compile(r"^\s*(?:_{5,}|-{5,}|={5,}|\*{5,})\s*$")
_LIST_FOOTER = re.compile(
    r"mailing list|listinfo|unsubscribe|google groups|verteiler|liste de diffusion", re.IGNORECASE
)
_DISCLAIMER = re.compile(
    r"confidential|privileged|disclaimer|vertraulich|confidentiel|confidencial|riservat|vertrouwelijk|virus-free"
    r"|virenfrei|checked for viruses|auf viren|avast|konfidentiell|конфиденциальн",
    re.IGNORECASE,
)
_DASHES = re.compile(r"^\s*(?:--|-- |— ?|--\xa0)\s*$")


@dataclass(frozen=True, slots=True)
class Cut:
    """Lines `start` up to `stop` are new; all others are history or signature."""

    start: int
    stop: int


def find_reply(lines: list[str]) -> Cut:
    """The span of new words in `lines`. Inline answers keep everything; a letter of nothing but history too."""
    end = _history_start(lines)
    if not _has_words(lines, 0, end):
        return Cut(0, len(lines))
    start, stop = _between_quotes(lines, end)
    stop = _signature_start(lines, start, stop)
    if not _has_words(lines, start, stop):
        return Cut(0, len(lines))
    while start < stop and not lines[start].strip("\x02 \t\r\n"):
        start += 1
    return Cut(start, stop)


def _history_start(lines: list[str]) -> int:
    """The first line from which all is history, whatever follows; `len(lines)` when there is none."""
    for index, line in enumerate(lines):
        if line == HISTORY_LINE:
            return index
        if not line.strip():
            continue
        head = line[:WINDOW]
        if REPLY_ABOVE.search(head):
            return _without_attribution(lines, index)
        if FORWARDED.match(head):
            return len(lines)
        if ORIGINAL_MESSAGE.match(head) and not QUOTED.match(head):
            return index
        if WROTE_AND_QUOTED.match(head) and _has_words(lines, 0, index):
            return index
        if is_header_block(lines, index):
            return index - 1 if index and _SEPARATOR.match(lines[index - 1][:WINDOW]) else index
        length = attribution_length(lines, index)
        if length and not quote_follows(lines, index + length) and _has_words(lines, 0, index):
            return index
    return len(lines)


def _without_attribution(lines: list[str], index: int) -> int:
    """Step back from our own marker over the quote and the attribution that stand above it."""
    while index and (not lines[index - 1].strip() or QUOTED.match(lines[index - 1])):
        index -= 1
    for length in (3, 2, 1):
        if index >= length and attribution_length(lines, index - length) == length:
            return index - length
    return index


def _between_quotes(lines: list[str], end: int) -> tuple[int, int]:
    """The own words in `lines[:end]`: above a quote, below it, or everything when they alternate."""
    spans = _own_spans(lines, end)
    if len(spans) > 1 and _is_footer(lines, *spans[-1]):
        spans.pop()
    if len(spans) != 1:
        return 0, end
    return spans[0]


def _own_spans(lines: list[str], end: int) -> list[tuple[int, int]]:
    """Stretches with words that are neither quoted nor the attribution of a quote."""
    spans: list[tuple[int, int]] = []
    begin, index = 0, 0
    while index < end:
        if QUOTED.match(lines[index]):
            stop = index + 1
            while stop < end and (QUOTED.match(lines[stop]) or _is_wrapped(lines, stop, end)):
                stop += 1
            begin = _close_span(spans, lines, begin, _attribution_before(lines, begin, index), stop)
            index = stop
        else:
            index += 1
    _close_span(spans, lines, begin, end, end)
    return spans


def _close_span(spans: list[tuple[int, int]], lines: list[str], begin: int, stop: int, next_begin: int) -> int:
    if _has_words(lines, begin, stop):
        spans.append((begin, stop))
    return next_begin


def _attribution_before(lines: list[str], begin: int, index: int) -> int:
    """Where the attribution of the quote at `index` begins (`index` itself when it has none)."""
    above = index
    while above > begin and not lines[above - 1].strip():
        above -= 1
    for length in (3, 2, 1):
        if above - length >= begin and attribution_length(lines, above - length) == length:
            return above - length
    return index


def _is_wrapped(lines: list[str], index: int, end: int) -> bool:
    """The torn-off end of a long quoted line: short, lower case, between quoted lines."""
    line, before = lines[index], lines[index - 1]
    return (
        index + 1 < end
        and len(before) >= 65
        and 0 < len(line) <= 40
        and line[0].islower()
        and bool(QUOTED.match(before) and QUOTED.match(lines[index + 1]))
    )


def _is_footer(lines: list[str], start: int, stop: int) -> bool:
    """What stands below a quote and is not an answer: a signature, a list's or a program's footer."""
    words = [line for line in lines[start:stop] if line.strip()]
    first = words[0]
    if first == SIGNATURE_LINE or _DASHES.match(first) or all(MOBILE_SIGNATURE.match(w[:WINDOW]) for w in words[:3]):
        return True
    if len(words) <= MAX_SIGNATURE_LINES and any(_DISCLAIMER.search(word[:WINDOW]) for word in words[:2]):
        return True
    return bool(_SEPARATOR.match(first)) and any(_LIST_FOOTER.search(word[:WINDOW]) for word in words[:8])


def _signature_start(lines: list[str], start: int, stop: int) -> int:
    """Cut a signature off the end of `lines[start:stop]`: after "-- ", or a phone's line."""
    stop = _without_phone(lines, start, stop)
    words = 0
    is_divided = sum(1 for line in lines[start:stop] if _DASHES.match(line)) > 1  # by dashes, as some people do
    for index in range(stop - 1, start, -1):
        line = lines[index]
        words += bool(line.strip())
        if words > MAX_SIGNATURE_LINES:
            break
        is_delimiter = line == SIGNATURE_LINE or line == "-- " or (_DASHES.match(line) and not is_divided)
        is_list_footer = _SEPARATOR.match(line) and any(
            _LIST_FOOTER.search(w[:WINDOW]) for w in lines[index : index + 4]
        )
        if (is_delimiter or is_list_footer) and _has_words(lines, start, index):
            return _without_phone(lines, start, _signature_start(lines, start, index) if is_list_footer else index)
    return stop


def _without_phone(lines: list[str], start: int, stop: int) -> int:
    while stop > start:
        last = lines[stop - 1][:WINDOW]
        if not last.strip() or _SEPARATOR.match(last) or MOBILE_SIGNATURE.match(last):
            stop -= 1
        else:
            break
    return stop


def _has_words(lines: list[str], start: int, stop: int) -> bool:
    return any(line.strip() and not line.startswith("\x02") for line in lines[start:stop])
