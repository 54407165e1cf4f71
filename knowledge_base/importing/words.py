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
KINDS: Final = ("article", "picture", "block")
_IN_TAGS = re.compile(r"<(img|a)\b[^<>]*?\s(?:src|href)=(['\"])([^'\"<>]+)\2")
_ELSEWHERE = re.compile(r"(?:https?:)?//", re.IGNORECASE)  # a picture there stays a link to it
_ADDRESSES = MarkdownIt("commonmark").enable("table")


def body_of(words: TranslationIn, named: Named) -> tuple[str, list[str]]:
    """The clean body, and the addresses of pictures that were not found."""
    given: set[str] = set()

    def name_of(address: str) -> str:
        name = named(words.leads_to(address))
        given.add(name.partition("#")[0])
        return name

    body, lost = (_from_markdown if words.is_markdown else _from_html)(words.words, name_of)
    return _without_others(body, given), lost


def _without_others(body: str, given: set[str]) -> str:
    """Numbers of ours that came with the file mean something else here, or nothing: only those that we gave stay."""
    tree = LexborHTMLParser(f"<div>{body}</div>")
    root = tree.css_first("div")
    strange = []
    for node in root.css("[data-article], [data-picture], [data-block]") if root else []:
        kind, number = next(
            (kind, node.attributes.get(f"data-{kind}")) for kind in KINDS if f"data-{kind}" in node.attributes
        )
        if f"{kind}:{(number or '').partition('#')[0]}" not in given:
            strange.append((kind, node))
    for kind, node in strange:
        if kind == "article":
            node.unwrap()
        else:
            node.decompose()
    return (root.inner_html or "") if strange and root else body


def _from_markdown(text: str, name_of: Callable[[str], str]) -> tuple[str, list[str]]:
    """Addresses are told apart by a parser and exchanged in the source, whose reader knows our names for them."""
    lost = []
    for address, is_picture in _addresses_in(text).items():
        if name := name_of(address):
            text = _exchanged(text, re.escape(address), name)
        elif is_picture and not _ELSEWHERE.match(address):
            lost.append(address)
    return from_markdown(text), lost


def _exchanged(text: str, address: str, name: str) -> str:
    kind, _colon, number = name.partition(":")
    in_signs = rf"(\]\(\s*<?|^ {{0,3}}\[[^\]\n]+\]:\s*<?){address}(?=[>\s)])"
    in_tags = rf"(<(?:img|a)\b[^<>]*?\s)(?:src|href)=(['\"]){address}\2"
    text = re.sub(in_signs, lambda found: found[1] + name, text, flags=re.MULTILINE)
    return re.sub(in_tags, lambda found: f'{found[1]}data-{kind}="{number}"', text)


def _addresses_in(text: str) -> dict[str, bool]:
    """Each as it stands there, and whether it is a picture's."""
    found: dict[str, bool] = {}
    for token in _ADDRESSES.parse(text):
        for each in [token, *(token.children or [])]:
            if each.type == "image":
                found[str(each.attrs.get("src", ""))] = True
            elif each.type == "link_open":
                found.setdefault(str(each.attrs.get("href", "")), False)
            elif each.type in ("html_block", "html_inline"):
                found.update((address, tag == "img") for tag, _quote, address in _IN_TAGS.findall(each.content))
    return found


def _from_html(html: str, name_of: Callable[[str], str]) -> tuple[str, list[str]]:
    tree = LexborHTMLParser(f"<div>{tame(html)}</div>")
    root = tree.css_first("div")
    if root is None:
        return "", []
    _lower_headings(root)
    for link in root.css("a[href]"):
        name = name_of(link.attributes.get("href") or "")
        if name.startswith("article:"):
            link.attrs["data-article"] = name.removeprefix("article:")
            del link.attrs["href"]
    lost = _exchange_pictures(root, name_of)
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


def _exchange_pictures(root: LexborNode, name_of: Callable[[str], str]) -> list[str]:
    lost = []
    for picture in root.css("img[src]"):
        address = picture.attributes.get("src") or ""
        name = name_of(address)
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
