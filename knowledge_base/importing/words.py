"""Words as they came become words of ours: clean HTML, with links to articles and pictures by their numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser, LexborNode

from helpdesk.lib.html.tame import tame
from knowledge_base.body import clean_body
from knowledge_base.importing.library import Leads, TranslationIn
from knowledge_base.markdown import from_markdown

Named = Callable[[Leads], str]  # "article:12#part", "picture:7"; "" for what is not there
LEVELS: Final = {"h1": "h2", "h2": "h3", "h3": "h4", "h4": "h4", "h5": "h4", "h6": "h4"}
_VIDEO: Final = (
    ("youtube", re.compile(r"^(?:https?:)?//(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]{1,40})")),
    ("vimeo", re.compile(r"^(?:https?:)?//player\.vimeo\.com/video/(\d{1,20})")),
)
_ADDRESSES = MarkdownIt("commonmark").enable("table")


def body_of(words: TranslationIn, named: Named) -> tuple[str, list[str]]:
    """The clean body, and the addresses of pictures that were not found."""
    if words.is_markdown:
        return _from_markdown(words, named)
    return _from_html(words, named)


def _from_markdown(words: TranslationIn, named: Named) -> tuple[str, list[str]]:
    """Addresses are told apart by a parser and exchanged in the source, whose reader knows our names for them."""
    text, lost = words.words, []
    for address, is_picture in _addresses_in(text).items():
        name = named(words.leads_to(address))
        if name:
            place = rf"(\]\(\s*<?|^ {{0,3}}\[[^\]\n]+\]:\s*<?){re.escape(address)}(?=[>\s)])"
            text = re.sub(place, lambda found, name=name: found[1] + name, text, flags=re.MULTILINE)  # type: ignore[misc]
        elif is_picture:
            lost.append(address)
    return from_markdown(text), lost


def _addresses_in(text: str) -> dict[str, bool]:
    """Each as it stands there, and whether it is a picture's."""
    found: dict[str, bool] = {}
    for token in _ADDRESSES.parse(text):
        for child in token.children or []:
            if child.type == "image":
                found[str(child.attrs.get("src", ""))] = True
            elif child.type == "link_open":
                found.setdefault(str(child.attrs.get("href", "")), False)
    return found


def _from_html(words: TranslationIn, named: Named) -> tuple[str, list[str]]:
    tree = LexborHTMLParser(f"<div>{tame(words.words)}</div>")
    root = tree.css_first("div")
    if root is None:
        return "", []
    _lower_headings(root)
    for link in root.css("a[href]"):
        name = named(words.leads_to(link.attributes.get("href") or ""))
        if name.startswith("article:"):
            link.attrs["data-article"] = name.removeprefix("article:")
            del link.attrs["href"]
    lost = _exchange_pictures(root, words, named)
    for frame in root.css("iframe[src]"):
        _exchange_video(frame)
    return clean_body(root.inner_html or ""), lost


def _lower_headings(root: LexborNode) -> None:
    """The first level is the title's. Where an article uses it, all of its headings go one level down."""
    if not root.css("h1"):
        return
    for heading in root.css("h1, h2, h3, h4, h5, h6"):
        _rename(heading, LEVELS[heading.tag or "h4"])


def _rename(node: LexborNode, tag: str) -> None:
    made = LexborHTMLParser(f"<{tag}>{node.inner_html or ''}</{tag}>").css_first(tag)
    if made is not None:
        node.replace_with(made)


def _exchange_pictures(root: LexborNode, words: TranslationIn, named: Named) -> list[str]:
    lost = []
    for picture in root.css("img[src]"):
        address = picture.attributes.get("src") or ""
        name = named(words.leads_to(address))
        if name.startswith("picture:"):
            picture.attrs["data-picture"] = name.removeprefix("picture:")
        else:
            lost.append(address)
            picture.decompose()
    return lost


def _exchange_video(frame: LexborNode) -> None:
    for site, form in _VIDEO:
        if found := form.match(frame.attributes.get("src") or ""):
            made = LexborHTMLParser(f'<div data-video="{site}:{found[1]}"></div>').css_first("div")
            if made is not None:
                frame.replace_with(made)
            return
