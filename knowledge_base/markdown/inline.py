"""Words within a block as Markdown: marks, links, pictures, and signs that must not be read as such."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from selectolax.lexbor import LexborNode

MARKS: Final = {"strong": "**", "b": "**", "em": "*", "i": "*", "s": "~~"}
TAGS: Final = {"**": "strong", "*": "em", "~~": "s"}
KEPT: Final = frozenset("u mark kbd sub sup".split())  # Markdown has no sign for them
_SPACES = re.compile(r"[ \t\n\r\f]+")
_SIGNS = re.compile(r"[\\`*\[\]<~]|\{(?=\{)|&(?=[#a-zA-Z])|!$|(?<![^\W_])_|_(?![^\W_])")
_PLAIN_ADDRESS = re.compile(r"[\w\-./:?=#%+,@!$'&]+", re.ASCII)


class Inline:
    """Written piece by piece, because what a sign means depends on what stands before it."""

    def __init__(self, nodes: Iterable[LexborNode], *, may_break: bool = False) -> None:
        self._may_break = may_break
        self._out = ""
        self._within: list[str] = []
        self._write(list(nodes))

    def __str__(self) -> str:
        return self._out

    def _write(self, nodes: Iterable[LexborNode]) -> None:
        for node in nodes:
            self._write_one(node)

    def _write_one(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag == "-text":
            self._text(node.text(deep=False))
        elif tag in MARKS:
            self._marked(node, MARKS[tag])
        elif tag == "code":
            self._code(node.text(deep=True))
        elif tag == "br":
            self._break(node)
        elif tag == "a":
            self._link(node)
        elif tag == "img":
            alt = escape(as_text(node.attributes.get("alt") or ""))
            self._out += f"![{alt}](picture:{node.attributes.get('data-picture') or 0})"
        elif tag in KEPT:
            self._out += f"<{tag}>"
            self._write(_inside(node))
            self._out += f"</{tag}>"
        elif not tag.startswith(("-", "_", "!")):
            self._write(_inside(node))

    def _text(self, text: str) -> None:
        words = as_text(text)
        if self._out.endswith(("\\\n", "<br>")) or not self._out:
            words = words.lstrip(" ")
        self._out += escape(words)

    def _marked(self, node: LexborNode, sign: str) -> None:
        """Signs only where they can't be misread: at letters and figures. HTML where they could."""
        if sign in self._within:
            return self._write(_inside(node))
        before = self._out
        self._within.append(sign)
        inner = self._inner(node)
        self._within.pop()
        words = inner.strip(" ")
        if not words:
            self._out += inner
            return None
        lead, tail = inner[: len(inner) - len(inner.lstrip(" "))], inner[len(inner.rstrip(" ")) :]
        is_clear = words[0].isalnum() and words[-1].isalnum() and not before.endswith(sign[0]) and "\n" not in words
        if is_clear:
            self._out += f"{lead}{sign}{words}{sign}{tail}"
        else:
            self._out += f"<{TAGS[sign]}>{inner}</{TAGS[sign]}>"
        return None

    def _code(self, code: str) -> None:
        code = code.replace("\n", " ")
        if not code or self._out.endswith("`"):
            self._out += f"<code>{escape(code)}</code>"
            return
        longest = max((len(run) for run in re.findall("`+", code)), default=0)
        fence = "`" * (longest + 1)
        is_bare = code.strip(" ") and not code.startswith(("`", " ")) and not code.endswith(("`", " "))
        pad = "" if is_bare or not code.strip(" ") else " "
        self._out += f"{fence}{pad}{code}{pad}{fence}"

    def _break(self, node: LexborNode) -> None:
        at_edge = not self._out or node.next is None or self._within or node.next.tag == "br"
        self._out = self._out.rstrip(" ")
        self._out += "<br>" if at_edge or not self._may_break or self._out.endswith("\n") else "\\\n"

    def _inner(self, node: LexborNode) -> str:
        """What stands in `node`, taken back out: it may need signs around it."""
        before = self._out
        self._write(_inside(node))
        inner, self._out = self._out[len(before) :], before
        return inner

    def _link(self, node: LexborNode) -> None:
        article, address = node.attributes.get("data-article"), node.attributes.get("href")
        target = f"article:{article}" if article else address
        inner = self._inner(node)
        if not target or not inner.strip():
            self._out += inner
            return
        self._out += f"[{inner}]({_address(target)})"


def _inside(node: LexborNode) -> list[LexborNode]:
    return list(node.iter(include_text=True))


def _address(url: str) -> str:
    if _PLAIN_ADDRESS.fullmatch(url) and not re.search(r"&\w+;", url):
        return url
    url = _SPACES.sub("%20", url.strip()).replace("\\", "\\\\").replace("<", "\\<").replace(">", "\\>")
    return f"<{url.replace('&', '&amp;')}>"


def as_text(text: str) -> str:
    """White space as HTML counts it; other kinds of space by their number, because Markdown would drop them."""
    text = _SPACES.sub(" ", text)
    return "".join(char if char == " " or not char.isspace() else f"\ue000{ord(char):x};" for char in text)


def escape(text: str) -> str:
    """What is a sign of Markdown, told to be none."""
    return re.sub(r"\ue000([0-9a-f]+);", r"&#x\1;", _SIGNS.sub(lambda sign: f"\\{sign[0]}", text))
