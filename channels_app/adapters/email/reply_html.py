"""The HTML letter as lines that know their place in the tree, so that it can be cut where its lines say."""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from helpdesk.lib.html import tame

from .history_marks import HISTORY_LINE
from .reply_lines import SIGNATURE_LINE, Cut, find_reply

_CUT = "\ue000cut\ue000"
_SKIPPED = frozenset({"script", "style", "title", "head", "meta", "link", "template"})
_BLOCKS = frozenset(
    "p div br tr li h1 h2 h3 h4 h5 h6 blockquote table ul ol dl dt dd hr pre section article header footer "
    "center".split()
)
_ATTRIBUTIONS = ("gmail_attr", "moz-cite-prefix", "reply-intro", "gmail_default_attr")
_HISTORY_CLASSES = (
    "yahoo_quoted", "protonmail_quote", "tutanota_quote", "zmail_extra", "outlookmessageheader",
    "ms-outlook-mobile-reference-message", "wm_reply", "replied-message",
)  # fmt: skip
_HISTORY_IDS = (
    "divrplyfwdmsg", "olk_src_body_section", "yahoo_quoted", "isreplycontent", "stopspelling", "zwchr",
    "mail-editor-reference-message-container", "reply-above-this-line", "originalmessage",
)  # fmt: skip
_SIGNATURES = (
    "gmail_signature", "moz-signature", "ms-outlook-mobile-signature", "applemailsignature",
    "protonmail_signature_block", "tutanota_signature",
)  # fmt: skip
_SPACES = re.compile(r"[ \t\r\n\f\xa0\u200b]+")


@dataclass(slots=True)
class _Line:
    text: str
    node: LexborNode | None


def split_html(html: str) -> tuple[str, str]:
    """(new words, history and signature) of an HTML letter; the second is "" when nothing can be told apart."""
    tree = LexborHTMLParser(tame(html.replace("\ue000", "")))
    body = tree.body
    if body is None:
        return html, ""
    lines = _lines_of(body)
    cut = find_reply([line.text for line in lines])
    if cut == Cut(0, len(lines)):
        return html, ""
    before = _mark(lines, cut.start) if cut.start else False
    after = _mark(lines, cut.stop) if cut.stop < len(lines) else False
    pieces = (body.inner_html or "").split(_CUT)
    if len(pieces) != 1 + before + after:
        return html, ""
    head = pieces.pop(0) if before else ""
    return pieces[0], head + (pieces[1] if after else "")


def _mark(lines: list[_Line], index: int) -> bool:
    """Put a mark into the tree before the line, outside the boxes that begin with it (no empty frames stay behind)."""
    node = next((line.node for line in lines[index:] if line.node is not None), None)
    if node is None:
        return False
    while (parent := node.parent) is not None and parent.tag not in ("body", "td", "th", "tr", "tbody", "table"):
        previous = node.prev
        while previous is not None and (
            previous.is_comment_node or previous.is_empty_text_node or previous.tag == "hr"
        ):
            node, previous = (previous if previous.tag == "hr" else node), previous.prev
        if previous is not None:
            break
        node = parent
    node.insert_before(_CUT)
    return True


def _lines_of(body: LexborNode) -> list[_Line]:
    """Depth-first walk without recursion; quoted lines get ">", markers of mail programs their own lines."""
    reader = _Reader()
    node, depth_closed = body.child, False
    while node is not None:
        if not depth_closed:
            reader.enter(node)
            child = None if node.tag in _SKIPPED else node.child
            if child is not None:
                node = child
                continue
        reader.leave(node)
        following = node.next
        if following is not None:
            node, depth_closed = following, False
            continue
        node, depth_closed = node.parent, True
        if node is None or node.mem_id == body.mem_id:
            break
    reader.end_line()
    return reader.lines


class _Reader:
    """Collects lines while the walk enters and leaves nodes."""

    def __init__(self) -> None:
        self.lines: list[_Line] = []
        self._words: list[str] = []
        self._node: LexborNode | None = None
        self._quotes: list[int] = []

    def enter(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag == "-text":
            self._add(node, _SPACES.sub(" ", node.text_content or ""))
            return
        if tag in _BLOCKS:
            self.end_line()
        if tag == "img":
            self._add(node, "[image]")
        names = _names(node)
        if not names and tag != "blockquote":
            return
        if tag == "blockquote" or names.intersection(_ATTRIBUTIONS):
            self.end_line()
            self._quotes.append(node.mem_id)
        elif names.intersection(_HISTORY_IDS) or names.intersection(_HISTORY_CLASSES):
            self._special(node, HISTORY_LINE)
        elif names.intersection(_SIGNATURES) or "signature" in names:
            self._special(node, SIGNATURE_LINE)

    def leave(self, node: LexborNode) -> None:
        if node.tag in _BLOCKS or (self._quotes and self._quotes[-1] == node.mem_id):
            self.end_line()
        if self._quotes and self._quotes[-1] == node.mem_id:
            self._quotes.pop()

    def end_line(self) -> None:
        text = "".join(self._words).strip()
        if text:
            prefix = ">" * len(self._quotes)
            self.lines.append(_Line(f"{prefix} {text}" if prefix else text, self._node))
        self._words, self._node = [], None

    def _add(self, node: LexborNode, text: str) -> None:
        if text.strip() and self._node is None:
            self._node = node
        self._words.append(text)

    def _special(self, node: LexborNode, text: str) -> None:
        if not self._quotes:
            self.end_line()
            self.lines.append(_Line(text, node))


def _names(node: LexborNode) -> set[str]:
    """Classes, id and name of an element, lower case, Outlook's "x_" prefixes removed."""
    attributes = node.attributes
    if not attributes:
        return set()
    words = f"{attributes.get('class') or ''} {attributes.get('id') or ''} {attributes.get('name') or ''}"
    return {_without_prefix(word) for word in words.lower().split()[:20]}


def _without_prefix(word: str) -> str:
    while word.startswith("x_"):
        word = word[2:]
    return word
