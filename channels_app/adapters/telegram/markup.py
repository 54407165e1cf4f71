"""Between our HTML and Telegram's text with entities, whose places are counted in UTF-16 units.

Entities rather than their HTML: what cannot be parsed cannot be sent either, and entities always can.
https://core.telegram.org/bots/api#messageentity
"""

from __future__ import annotations

import html as html_entities
import re
from typing import Any

from channels_app.shapes import count, things, words
from helpdesk.lib.html import html_to_text

KINDS = {
    "strong": "bold", "b": "bold", "em": "italic", "i": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "del": "strikethrough", "strike": "strikethrough", "code": "code", "pre": "pre",
}  # fmt: skip
# Marks that survive the way from HTML to text: of Unicode's private use, so that no words of anybody have them.
ENDS, KIND, LINK, LAST = "\ue000", "\ue100", "\ue200", "\uf8ff"
NAMES = sorted(set(KINDS.values()))
MOST_LINKS = ord(LAST) - ord(LINK)
_MARKS = re.compile(f"[\ue000-{LAST}]")
_TAG = re.compile(rf'<(/?)({"|".join(KINDS)}|a)(?=[\s>])(?:\s+href="([^"]*)")?[^>]*>')


def formatted(html: str) -> tuple[str, list[dict[str, Any]]]:
    """The text of sanitised HTML, and its entities."""
    links: list[str] = []

    def marked(tag: re.Match[str]) -> str:
        kept = tag[0] if tag[2] == "pre" else ""  # whose blanks count
        if tag[1]:
            return ENDS + kept
        if tag[2] != "a":
            return kept + chr(ord(KIND) + NAMES.index(KINDS[tag[2]]))
        links.append(html_entities.unescape(tag[3] or ""))
        return chr(ord(LINK) + min(len(links) - 1, MOST_LINKS))

    return _read(html_to_text(_TAG.sub(marked, _MARKS.sub("", html))), links)


def _read(marked: str, links: list[str]) -> tuple[str, list[dict[str, Any]]]:
    """Take the marks out of the text and say where they were."""
    text, place = [], 0
    begun: list[tuple[str, int]] = []
    entities: list[dict[str, Any]] = []
    for letter in marked:
        if letter == ENDS:
            if begun:
                mark, start = begun.pop()
                entities += _entity(mark, start, place, links)
        elif _MARKS.match(letter):
            begun.append((letter, place))
        else:
            text.append(letter)
            place += units(letter)
    return "".join(text), sorted(entities, key=lambda one: (one["offset"], -one["length"]))


def _entity(mark: str, start: int, end: int, links: list[str]) -> list[dict[str, Any]]:
    if start == end:
        return []
    if mark < LINK:
        return [{"type": NAMES[ord(mark) - ord(KIND)], "offset": start, "length": end - start}]
    url = links[ord(mark) - ord(LINK)]
    return [{"type": "text_link", "offset": start, "length": end - start, "url": url}] if url else []


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def with_links(text: str, entities: object) -> str:
    """What came, with the targets of links that only their words show."""
    hidden = [
        (count(one.get("offset")), count(one.get("length")), words(one.get("url")))
        for one in things(entities)
        if one.get("type") == "text_link" and words(one.get("url"))
    ]
    raw = text.encode("utf-16-le", "surrogatepass")
    for offset, length, url in sorted(hidden, reverse=True):
        end = (offset + length) * 2
        if 0 < end <= len(raw):
            raw = raw[:end] + f" ({url})".encode("utf-16-le", "surrogatepass") + raw[end:]
    return raw.decode("utf-16-le", "surrogatepass")
