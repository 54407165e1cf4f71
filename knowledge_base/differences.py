"""What changed between two versions of an article, as a page that shows it: new words in <ins>, old ones in <del>.

Not the HTML is compared but what it shows. Blocks (paragraphs, headings, items, rows) are matched first, by how alike
their words are; inside two that match, words are compared with the marks they carry, so that making one bold shows as
a change, and no <ins> ever crosses a tag. Both bodies must be clean (body.clean_body).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import escape
from html.parser import HTMLParser
from typing import Final

BLOCKS: Final = frozenset(
    "blockquote div figcaption figure h2 h3 h4 hr li ol p pre table tbody td th thead tr ul".split()
)
VOID: Final = frozenset(("br", "hr", "img"))
ALIKE: Final = 0.45  # two blocks that share less of their words are an old and a new one
MOST_BLOCKS: Final = 100_000  # pairs of blocks that are compared: all of 300 paragraphs written anew
MOST: Final = 4_000_000  # pairs of words that are compared; beyond, the block counts as written anew
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True)
class Word:
    """What is shown, and the marks around it: `("<b>", '<a href="…">')`. A picture or a line break is a tag itself."""

    text: str
    marks: tuple[str, ...] = ()
    is_tag: bool = False

    @property
    def html(self) -> str:
        return self.text if self.is_tag else escape(self.text, quote=False)


@dataclass
class Block:
    """A tag as it is written, with blocks or words in it, never both."""

    opening: str
    tag: str
    children: list[Block]
    words: list[Word]

    @property
    def text(self) -> str:
        own = "".join(word.text for word in self.words)
        return f"{own}{' '.join(child.text for child in self.children)}"

    @property
    def key(self) -> str:
        """Equal for blocks between which nothing changed."""
        inside = "".join(f"{''.join(word.marks)}{word.text}" for word in self.words)
        return f"{self.opening}{inside}{''.join(child.key for child in self.children)}"


def compare(old: str, new: str) -> str:
    """The new body with what came marked, and what went where it stood."""
    return "".join(_blocks(_read(old), _read(new)))


def compare_line(old: str, new: str) -> str:
    """The same for a text without tags: a title."""
    return _words(_split(old, ()), _split(new, ()))


def is_changed(compared: str) -> bool:
    return "<ins" in compared or "<del" in compared


def _blocks(old: Sequence[Block], new: Sequence[Block]) -> Iterator[str]:
    matcher = SequenceMatcher(None, [block.key for block in old], [block.key for block in new], autojunk=False)
    for what, i, j, k, m in matcher.get_opcodes():
        if what == "equal":
            yield from (_whole(block) for block in new[k:m])
        else:
            yield from _replaced(old[i:j], new[k:m])


def _replaced(old: Sequence[Block], new: Sequence[Block]) -> Iterator[str]:
    """Each new block beside the first old one that it is like; between two pairs what went, then what came."""
    if len(old) * len(new) > MOST_BLOCKS:
        yield from _went_and_came(old, new)
        return
    at_old = at_new = 0
    for at, block in enumerate(new):
        found = next((i for i in range(at_old, len(old)) if _alike(old[i], block)), None)
        if found is not None:
            yield from _went_and_came(old[at_old:found], new[at_new:at])
            yield _changed(old[found], block)
            at_old, at_new = found + 1, at + 1
    yield from _went_and_came(old[at_old:], new[at_new:])


def _went_and_came(old: Sequence[Block], new: Sequence[Block]) -> Iterator[str]:
    yield from (_whole(block, "del") for block in old)
    yield from (_whole(block, "ins") for block in new)


def _alike(old: Block, new: Block) -> bool:
    if old.tag != new.tag or (old.tag == "div" and old.opening != new.opening):
        return False
    if not old.text.strip() or not new.text.strip():
        return False
    matcher = SequenceMatcher(None, _WORDS.findall(old.text), _WORDS.findall(new.text), autojunk=False)
    return matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE


def _changed(old: Block, new: Block) -> str:
    if old.children or new.children:
        inside = "".join(_blocks(_as_blocks(old), _as_blocks(new)))
    else:
        inside = _words(old.words, new.words)
    return f"{new.opening}{inside}</{new.tag}>"


def _as_blocks(block: Block) -> list[Block]:
    """An item that was one line and is several now: its line is compared with theirs."""
    return block.children or [Block("<p>", "p", [], block.words)]


def _whole(block: Block, mark: str = "") -> str:
    """All of it, its words marked as having come or gone."""
    if block.tag == "hr":
        return f"<{mark}><hr></{mark}>" if mark else "<hr>"
    inside = "".join(_whole(child, mark) for child in block.children) + _marked(block.words, mark)
    if mark and not inside:  # a video, a reusable block: named by an attribute, empty inside
        return f'<{mark} class="block">{block.opening}</{block.tag}></{mark}>'
    return f"{block.opening}{inside}</{block.tag}>"


def _words(old: Sequence[Word], new: Sequence[Word]) -> str:
    if len(old) * len(new) > MOST:
        return _marked(old, "del") + _marked(new, "ins")
    shown = []
    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            shown.append(_marked(new[k:m], ""))
        else:
            shown += [_marked(old[i:j], "del"), _marked(new[k:m], "ins")]
    return "".join(shown)


def _marked(words: Sequence[Word], mark: str) -> str:
    """Words that follow one another, each run of the same marks in its tags once."""
    shown: list[str] = []
    open_marks: tuple[str, ...] = ()
    for word in words:
        if word.marks != open_marks:
            shown += [_closing(open_marks), "".join(word.marks)]
            open_marks = word.marks
        shown.append(word.html)
    shown.append(_closing(open_marks))
    inside = "".join(shown)
    return f"<{mark}>{inside}</{mark}>" if mark and inside else inside


def _closing(marks: Sequence[str]) -> str:
    return "".join(f"</{mark.strip('<>').partition(' ')[0]}>" for mark in reversed(marks))


def _split(text: str, marks: tuple[str, ...]) -> list[Word]:
    return [Word(part, marks) for part in _WORDS.findall(text)]


class _Reader(HTMLParser):
    """From clean HTML to blocks. Text beside blocks becomes a paragraph, as it is drawn."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Block("", "", [], [])
        self.open = [self.root]
        self.marks: list[tuple[str, str]] = []
        self.loose: Block | None = None  # a paragraph made for text that stands beside blocks

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        written = "".join(f' {name}="{escape(value or "")}"' for name, value in attrs)
        opening = f"<{tag}{written}>"
        if tag in BLOCKS:
            self._begin(Block(opening, tag, [], []))
        elif tag in VOID:
            self._place().words.append(Word(opening, self._worn, is_tag=True))
        else:
            self.marks.append((tag, opening))

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self.marks.clear()
            self.loose = None
            while len(self.open) > 1 and self.open.pop().tag != tag:
                pass
        elif self.marks and self.marks[-1][0] == tag:
            self.marks.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() or not (self.open[-1].children or self.open[-1] is self.root):
            self._place().words.extend(_split(data, self._worn))

    @property
    def _worn(self) -> tuple[str, ...]:
        return tuple(opening for _tag, opening in self.marks)

    def _begin(self, block: Block) -> None:
        above, self.loose = self.open[-1], None
        if any(word.is_tag or word.text.strip() for word in above.words):  # "<li>text<ul>…": its text is a block too
            above.children.append(Block("<p>", "p", [], above.words))
        above.words = []
        above.children.append(block)
        if block.tag != "hr":
            self.open.append(block)

    def _place(self) -> Block:
        """Where words go: the open block, or a paragraph of their own beside the blocks in it."""
        above = self.open[-1]
        if not above.children and above is not self.root:
            return above
        if self.loose is None:
            self.loose = Block("<p>", "p", [], [])
            above.children.append(self.loose)
        return self.loose


def _read(body: str) -> list[Block]:
    reader = _Reader()
    reader.feed(body)
    reader.close()
    return reader.root.children
