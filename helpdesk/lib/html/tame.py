"""Guard before every HTML parser.

HTML5 parsing is quadratic in open elements, and re-opens unclosed formatting (`<b>`, `<font>`) in every later
paragraph: 250 kB of `<div>` cost a parser seconds, a crafted mail costs minutes. `tame` measures a document with one
linear pass of the tag syntax and turns what no honest sender writes into bare text. It also disarms foreign
content (svg, math) and raw-text tricks, so that all later parsers read the same tree: no mutation XSS.
"""

from __future__ import annotations

import html as html_entities
import re
from collections import Counter

MAX_CHARACTERS = 4 * 1024 * 1024
MAX_TAGS = 50_000
MAX_DEPTH = 200
MAX_OPEN_FORMATTING = 60
MAX_REOPENED = 200_000
MAX_ATTRIBUTES = 150
FREE_TAGS = 60  # so few tags in so few characters can't reach a limit: don't measure
FREE_CHARACTERS = 50_000

_CONFUSING = re.compile(
    r"<(/?)(svg|math|select|noscript|template|frameset|noframes|noembed|plaintext|listing|xmp|body)(?=[\s/>])",
    re.IGNORECASE,
)
_CDATA = re.compile(r"<!\[CDATA\[", re.IGNORECASE)
_BARE_AMPERSAND = re.compile(r"&(?![#a-zA-Z])")
_S = r" \t\n\r\f"
_TAG = re.compile(
    rf"<(?:!--(?:-?>|(?P<comment>))|[!?](?P<bogus>)|(?P<close>/?)(?P<name>[a-zA-Z][^{_S}/>]*+)"
    rf"(?P<attributes>(?:[{_S}/]++|[^{_S}/>][^{_S}/>=]*+"
    rf"(?:[{_S}]*+=[{_S}]*+(?:\"[^\"]*+\"|'[^']*+'|[^{_S}>\"'][^{_S}>]*+|(?=>)))?+)*+)(?P<end>>?)|/(?P<wrong>))"
)
_COMMENT_END = re.compile(r"--!?>")
_ATTRIBUTE = re.compile(rf"[{_S}/]+[^{_S}/>=]")
_RAW_TEXT = frozenset({"script", "style", "textarea", "title", "iframe"})
_SILENT = frozenset({"script", "style", "title", "head", "textarea", "xml"})
_BREAKING = frozenset("p div br tr li h1 h2 h3 h4 h5 h6 blockquote table ul ol hr pre".split())
_TAG_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9:]*)")
_VOID = frozenset("area base br col embed hr img input keygen link meta param source track wbr".split())
_SELF_CLOSING = frozenset("p li td th tr dd dt option thead tbody tfoot colgroup caption rp rt html head".split())
_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())


def tame(html: str) -> str:
    """`html` fit for any parser: unchanged in meaning when honest, its bare text when not."""
    if len(html) > MAX_CHARACTERS or html.count("<") > MAX_TAGS:
        return _bare(html)
    ready = _BARE_AMPERSAND.sub("&amp;", html.replace("\x00", ""))
    ready = _CDATA.sub("", _CONFUSING.sub(_rename, ready))
    is_small = ready.count("<") <= FREE_TAGS and len(ready) <= FREE_CHARACTERS
    if not is_small and not is_bounded(ready):
        return _bare(ready)
    return ready


def _bare(html: str) -> str:
    """The text of hopeless markup in one element."""
    return f"<pre>{html_entities.escape(strip_tags(html[:MAX_CHARACTERS]), quote=False)}</pre>"


def _rename(match: re.Match[str]) -> str:
    name = match[2].lower()
    return f"<{match[1]}{'div' if name == 'body' else 'x-' + name}"


def is_bounded(html: str) -> bool:
    """Whether a parser reads `html` in linear time: depth, open formatting and attributes within limits."""
    open_tags: Counter[str] = Counter()
    depth = formatting = reopened = 0
    position = 0
    while (position := html.find("<", position)) >= 0:
        match = _TAG.match(html, position)
        if match is None:
            position += 1
            continue
        name = (match["name"] or "").lower()
        position = _after(html, match, name)
        if not name or name in _VOID or name in _SELF_CLOSING:
            reopened += formatting
        elif match["close"]:
            if open_tags[name]:
                open_tags[name] -= 1
                depth -= 1
                formatting -= name in _FORMATTING
        else:
            open_tags[name] += 1
            depth += 1
            formatting += name in _FORMATTING
            reopened += formatting
        if depth > MAX_DEPTH or formatting > MAX_OPEN_FORMATTING or reopened > MAX_REOPENED:
            return False
        if match["attributes"] and len(match["attributes"]) > MAX_ATTRIBUTES and _has_many_attributes(match):
            return False
    return True


def _has_many_attributes(match: re.Match[str]) -> bool:
    return len(_ATTRIBUTE.findall(match["attributes"])) > MAX_ATTRIBUTES


def _after(html: str, match: re.Match[str], name: str) -> int:
    """Where the tokenizer goes on after `match`: raw-text elements and comments swallow their content."""
    if match["comment"] is not None:
        end = _COMMENT_END.search(html, match.end())
        return end.end() if end else len(html)
    if match["bogus"] is not None or match["wrong"] is not None:
        end_of_bogus = html.find(">", match.end())
        return end_of_bogus + 1 if end_of_bogus >= 0 else len(html)
    if name in _RAW_TEXT and not match["close"]:
        closing = re.compile(rf"</{name}(?=[{_S}/>])", re.IGNORECASE).search(html, match.end())
        return closing.start() if closing else len(html)
    return match.end()


def strip_tags(html: str) -> str:
    """Bare text of any markup, however broken, without building a tree."""
    out: list[str] = []
    silent = ""
    head, *chunks = html.split("<")
    out.append(head)
    for chunk in chunks:
        match = _TAG_NAME.match(chunk)
        if match is None and not chunk.startswith(("!", "?", "/")):
            out.append("" if silent else "<" + chunk)
            continue
        name = match[1].lower() if match else ""
        if silent:
            if not (chunk.startswith("/") and name == silent):
                continue
            silent = ""
        elif name in _SILENT and not chunk.startswith("/"):
            silent = name
            continue
        if name in _BREAKING:
            out.append("\n")
        out.append(chunk.partition(">")[2])
    return html_entities.unescape("".join(out))
