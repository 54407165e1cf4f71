"""From Markdown to the HTML of articles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from knowledge_base.body import VIDEOS, clean_body

ALERTS: Final = {"NOTE": "info", "IMPORTANT": "info", "TIP": "tip", "WARNING": "warning", "CAUTION": "danger"}
_ALERT = re.compile(rf"\[!({'|'.join(ALERTS)})\][ \t]*(?:\n|$)", re.IGNORECASE)
_INSERTED = re.compile(rf"\{{\{{(block:\d{{1,18}}|video:(?:{'|'.join(VIDEOS)}):[\w-]{{1,40}})\}}\}}")
_PICTURE = re.compile(r"picture:(\d{1,18})")
_ARTICLE = re.compile(r"article:(\d{1,18}(?:#[\w-]{1,80})?)")
_BLOCK_TAGS = "p|ul|ol|li|blockquote|div|h[2-4]|hr|pre|table|thead|tbody|tr|th|td|figure|figcaption"
_TAG = rf"</?(?:{_BLOCK_TAGS})(?: [^<>]*)?>"
_LINE_ENDS = re.compile(rf"(?:(?<=[^\n])\n+(?={_TAG})|({_TAG})\n+)")
_LEVELS: Final = {"h1": "h2", "h5": "h4", "h6": "h4"}


class _Renderer(RendererHTML):
    """As our own editor would write it, so that reading again what was written changes nothing."""

    def softbreak(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return " "

    def hardbreak(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "<br>"

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f"<pre><code>{escapeHtml(tokens[idx].content.removesuffix(chr(10)))}</code></pre>\n"

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        language = tokens[idx].info.strip().split(" ", 1)[0].lower()
        named = f' data-language="{escapeHtml(language)}"' if language else ""
        return f"<pre{named}><code>{escapeHtml(tokens[idx].content.removesuffix(chr(10)))}</code></pre>\n"

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A picture of ours; one from elsewhere becomes a link, because a page shows none that it does not keep."""
        token = tokens[idx]
        alt = escapeHtml(self.renderInlineAsText(token.children, options, env)) if token.children else ""
        source = str(token.attrs.get("src", ""))
        if ours := _PICTURE.fullmatch(source):
            return f'<img data-picture="{ours[1]}" alt="{alt}">'
        return f'<a href="{escapeHtml(source)}">{alt or escapeHtml(source)}</a>'

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        address = str(tokens[idx].attrs.get("href", ""))
        if ours := _ARTICLE.fullmatch(address):
            return f'<a data-article="{ours[1]}">'
        return f'<a href="{escapeHtml(address)}">'


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": True}, renderer_cls=_Renderer).enable(["table", "strikethrough"])
    reader.normalizeLink = lambda url: url  # type: ignore[method-assign]
    reader.validateLink = lambda url: True  # type: ignore[method-assign]  # clean_body decides, for every way in
    reader.core.ruler.after("block", "ours", _recognise)
    reader.core.ruler.push("shape", _shape)
    return reader


def _recognise(state: StateCore) -> None:
    """Alerts become callouts; a line that names a block or a video becomes it."""
    kept: list[Token] = []
    open_quotes: list[Token] = []
    skip = 0
    for at, token in enumerate(state.tokens):
        if skip:
            skip -= 1
            continue
        if token.type == "blockquote_open":
            open_quotes.append(token)
            if kind := _alert_at(state.tokens, at):
                token.tag, token.attrs = "div", {"data-callout": ALERTS[kind.upper()]}
                skip = 3 if not state.tokens[at + 2].content else 0
        elif token.type == "blockquote_close":
            token.tag = open_quotes.pop().tag
        elif token.type == "paragraph_open" and (found := _INSERTED.fullmatch(state.tokens[at + 1].content.strip())):
            kind, _, value = found[1].partition(":")
            token = Token("html_block", "", 0, content=f'<div data-{kind}="{value}"></div>')
            skip = 2
        kept.append(token)
    state.tokens = kept


def _alert_at(tokens: list[Token], at: int) -> str:
    """The kind of alert that begins with the quotation there, whose first line is taken away; "" for none."""
    if at + 2 >= len(tokens) or tokens[at + 1].type != "paragraph_open":
        return ""
    first = tokens[at + 2]
    found = _ALERT.match(first.content)
    if not found:
        return ""
    first.content = first.content[found.end() :]
    return found[1]


def _shape(state: StateCore) -> None:
    """As the editor has it: paragraphs in every list item, pictures on their own, strike-through as <s>."""
    tokens = state.tokens
    for at, token in enumerate(tokens):
        if token.tag in _LEVELS:
            token.tag = _LEVELS[token.tag]
        if token.type == "paragraph_open":
            is_picture = _is_pictures(tokens[at + 1].children or [])
            token.hidden = tokens[at + 2].hidden = is_picture


def _is_pictures(children: list[Token]) -> bool:
    ours = [child for child in children if child.type == "image" and _PICTURE.fullmatch(str(child.attrs.get("src")))]
    return bool(ours) and all(child in ours or child.type == "softbreak" for child in children)


_READER: Final = _reader()


def from_markdown(text: str) -> str:
    """Clean HTML of an article, as `clean_body` leaves it. A first-level heading becomes one of the second."""
    html = _READER.render(text.replace("\0", ""))
    return clean_body(_LINE_ENDS.sub(lambda found: found[1] or "", html))
