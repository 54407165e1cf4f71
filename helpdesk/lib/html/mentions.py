"""Names of colleagues in a note: `<span data-mention="user:5">@Grace Hopper</span>`, and nothing else on any span.

What the editor's menu put there is believed only as far as the reference goes: the name shown is the one of today.
What somebody typed (`@grace`) counts where it can mean one person or team only.
"""

from __future__ import annotations

import html as html_entities
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

REFERENCE: Final = re.compile(r"(?:user|team):[1-9]\d{0,17}")
_TOKEN = re.compile(r"""(<(?:[^"'>]|"[^"]*"|'[^']*')*>)""")
_MENTION = re.compile(rf'<span data-mention="({REFERENCE.pattern})">')
_TYPED = re.compile(r"(?<![\w.@/+-])@(?=\w)")
_WORD = re.compile(r"[\w.'’-]+")
_GAP = re.compile(r"\s?&?\s?")
_MAX_WORDS = 6
_VERBATIM = {"a", "code", "pre"}


@dataclass(frozen=True)
class Nameable:
    """Somebody, or a team, whom a note can name; `shortcuts` are names that others may share."""

    reference: str
    name: str
    shortcuts: tuple[str, ...] = ()


@dataclass
class Named:
    """A note with its names, and the references of those it names, in order, each once."""

    html: str
    references: list[str] = field(default_factory=list)


def keep_mentions(html: str) -> str:
    """Cleaned `html` without spans that are no mention; a mention inside a mention is text."""
    out, kept = [], list[bool]()
    for piece in _TOKEN.split(html):
        if piece.startswith("<span"):
            kept.append(bool(_MENTION.fullmatch(piece)) and True not in kept)
            out.append(piece if kept[-1] else "")
        elif piece == "</span>":
            out.append(piece if kept and kept.pop() else "")
        else:
            out.append(piece)
    return "".join(out)


def name_people(html: str, people: Iterable[Nameable]) -> Named:
    """`html` (cleaned, with its mentions) as it is stored: picked names verified, typed ones found."""
    names = {person.reference: person.name for person in people}
    handles = _handles(people)
    named = Named("")
    out, inside, verbatim = [], "", 0
    for piece in _TOKEN.split(html):
        if picked := _MENTION.fullmatch(piece):
            inside = picked[1]
            if inside in names:
                out.append(_mention(inside, names[inside], named))
        elif piece == "</span>":
            inside = ""
        elif inside in names:
            continue  # whatever words stood in it, the name of today does
        elif piece.startswith("<"):
            verbatim += _depth(piece)
            out.append(piece)
        else:
            out.append(piece if verbatim or "@" not in piece else "".join(_resolved(piece, handles, names, named)))
    named.html = "".join(out)
    return named


def _mention(reference: str, name: str, named: Named) -> str:
    if reference not in named.references:
        named.references.append(reference)
    return f'<span data-mention="{reference}">@{html_entities.escape(name, quote=False)}</span>'


def _depth(tag: str) -> int:
    name = tag.strip("</>").partition(" ")[0]
    return 0 if name not in _VERBATIM else -1 if tag.startswith("</") else 1


def _resolved(text: str, handles: Mapping[str, str], names: Mapping[str, str], named: Named) -> Iterator[str]:
    """Words with the names found in them; entities are read, so that a team may be called “R&D”."""
    words, position = html_entities.unescape(text), 0
    for at in _TYPED.finditer(words):
        if at.start() < position:
            continue
        for end in _ends(words, at.end()):
            if reference := handles.get(_folded(words[at.end() : end])):
                yield html_entities.escape(words[position : at.start()], quote=False)
                yield _mention(reference, names[reference], named)
                position = end
                break
    yield html_entities.escape(words[position:], quote=False)


def _ends(words: str, start: int) -> list[int]:
    """Where a name that begins at `start` may end, the longest first."""
    ends, position = list[int](), start
    for _ in range(_MAX_WORDS):
        gap = _GAP.match(words, position) if ends else None
        found = _WORD.match(words, gap.end() if gap else position)
        if not found:
            break
        position = found.end()
        bare = found[0].rstrip(".'’-")
        ends += [found.start() + len(bare), position] if len(bare) < len(found[0]) else [position]
    return ends[::-1]


def _handles(people: Iterable[Nameable]) -> dict[str, str]:
    """What may be typed → whom it means; what could mean two means nobody, but a whole name beats a shortcut."""
    found: dict[str, str] = {}
    for names in ([(p.reference, p.shortcuts) for p in people], [(p.reference, (p.name,)) for p in people]):
        level: dict[str, set[str]] = {}
        for reference, spellings in names:
            for spelling in spellings:
                level.setdefault(_folded(spelling), set()).add(reference)
        found |= {spelling: refs.pop() if len(refs) == 1 else "" for spelling, refs in level.items()}
    return found


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
