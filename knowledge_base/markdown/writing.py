"""From the HTML of articles to Markdown. What Markdown can't say stays HTML, which Markdown allows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from knowledge_base.body import clean_body
from knowledge_base.markdown.inline import Inline

ALERTS: Final = {"info": "NOTE", "tip": "TIP", "warning": "WARNING", "danger": "CAUTION"}
BLOCKS: Final = frozenset("p h2 h3 h4 ul ol li blockquote div pre hr table figure".split())
_RULE = "___"  # three dashes or stars behind a list's own would be a rule without a list
_BACKTICKS = re.compile("`{3,}")
_LINE_START = re.compile(r"^(?:([#>+=|:-])|(\d{1,9})([.)](?:\s|$)))", re.MULTILINE)


def to_markdown(body: str) -> str:
    """What `from_markdown` reads as the same article. `body` is cleaned first, so any HTML may come."""
    root = LexborHTMLParser(f"<body>{clean_body(body)}</body>").body
    return "" if root is None else _blocks(root).strip("\n") + "\n"


def _blocks(node: LexborNode) -> str:
    """Each block with an empty line between; words that stand in none make a paragraph."""
    parts: list[str] = []
    last_list: tuple[str, int] | None = None
    for group in _groups(node):
        if isinstance(group, list):
            text, is_list = _paragraph(group), None
        elif group.tag in ("ul", "ol"):
            turn = 1 - last_list[1] if last_list and last_list[0] == group.tag else 0
            text, is_list = _list(group, turn), (group.tag, turn)
        else:
            text, is_list = _block(group), None
        if text:
            parts.append(text)
            last_list = is_list
    return "\n\n".join(parts)


def _groups(node: LexborNode) -> Iterator[LexborNode | list[LexborNode]]:
    words: list[LexborNode] = []
    for child in node.iter(include_text=True):
        if child.tag in BLOCKS or (child.tag == "img" and not words and _stands_alone(child)):
            if words:
                yield words
                words = []
            yield child
        else:
            words.append(child)
    if words:
        yield words


def _stands_alone(image: LexborNode) -> bool:
    after = image.next
    return after is None or after.tag in BLOCKS or after.tag == "img"


def _block(node: LexborNode) -> str:
    attributes = node.attributes
    match node.tag:
        case "h2" | "h3" | "h4":
            return f"{'#' * int(node.tag[1])} {_heading(node)}"
        case "blockquote":
            return _prefixed(_blocks(node), "> ", "> ") or ">"
        case "pre":
            return _code(node)
        case "hr":
            return _RULE
        case "table":
            return _table(node) or _raw(node)
        case "figure":
            return _raw(node)
        case "img":
            return str(Inline([node]))
        case "div" if kind := attributes.get("data-callout"):
            return _callout(node, kind)
        case "div" if number := attributes.get("data-block"):
            return f"{{{{block:{number}}}}}"
        case "div" if video := attributes.get("data-video"):
            return f"{{{{video:{video}}}}}"
        case "div" | "li":
            return _blocks(node)
    return _paragraph(list(node.iter(include_text=True)))


def _paragraph(nodes: list[LexborNode]) -> str:
    return _LINE_START.sub(_disarm, str(Inline(nodes, may_break=True)).strip(" \n"))


def _disarm(found: re.Match[str]) -> str:
    return f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}"


def _heading(node: LexborNode) -> str:
    words = str(Inline(node.iter(include_text=True))).strip()
    return re.sub(r"(#+)$", r"\\\1", words)


def _callout(node: LexborNode, kind: str) -> str:
    inner = _blocks(node)
    first = node.child
    begins_with_words = first is not None and (first.tag == "p" or first.tag not in BLOCKS)
    gap = "\n" if begins_with_words or not inner else "\n\n"
    return _prefixed(f"[!{ALERTS[kind]}]{gap if inner else ''}{inner}", "> ", "> ")


def _list(node: LexborNode, turn: int) -> str:
    """`turn` is another sign than the list before has, which would else go on."""
    items = [child for child in node.iter() if child.tag == "li"]
    number = int(node.attributes.get("start") or 1)
    lines = []
    for at, item in enumerate(items):
        sign = f"{number + at}{'.)'[turn]} " if node.tag == "ol" else f"{'-*'[turn]} "
        lines.append(_prefixed(_blocks(item), sign, " " * len(sign)) or sign.rstrip())
    is_loose = any("\n\n" in line for line in lines)
    return ("\n\n" if is_loose else "\n").join(lines)


def _prefixed(text: str, first: str, others: str) -> str:
    """Empty lines keep no spaces at their end, but the sign of a quotation."""
    if not text:
        return ""
    begin, *lines = text.split("\n")
    return "\n".join([first + begin, *(others + line if line else others.rstrip() for line in lines)])


def _code(node: LexborNode) -> str:
    code = node.text(deep=True)
    longest = max((len(run) for run in _BACKTICKS.findall(code)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{node.attributes.get('data-language') or ''}\n{code}\n{fence}"


def _table(table: LexborNode) -> str:
    """GitHub's: a head of one row, then cells with nothing but words. "" for all other tables."""
    rows = [[cell for cell in row.iter() if cell.tag in ("td", "th")] for row in table.css("tr")]
    width = len(rows[0]) if rows else 0
    if not width or any(len(row) != width for row in rows):
        return ""
    if any(cell.tag != ("td" if at else "th") for at, row in enumerate(rows) for cell in row):
        return ""
    cells = [[_cell(cell) for cell in row] for row in rows]
    if any(words is None for row in cells for words in row):
        return ""
    lines = [f"| {' | '.join(words or '' for words in row)} |" for row in cells]
    return "\n".join([lines[0], f"| {' | '.join(['---'] * width)} |", *lines[1:]])


def _cell(cell: LexborNode) -> str | None:
    """Its words; None where it spans others, or holds more than a paragraph."""
    if "colspan" in cell.attributes or "rowspan" in cell.attributes or "scope" in cell.attributes:
        return None
    inside = list(cell.iter(include_text=True))
    said = [child for child in inside if child.tag != "-text" or child.text(deep=False).strip()]
    if len(said) == 1 and said[0].tag == "p":
        inside = said = list(said[0].iter(include_text=True))
    if any(child.tag in BLOCKS for child in said):
        return None
    return str(Inline(inside)).strip().replace("|", "\\|")


def _raw(node: LexborNode) -> str:
    """HTML on one line: an empty one would end it."""
    return (node.html or "").replace("\n", "&#10;")
