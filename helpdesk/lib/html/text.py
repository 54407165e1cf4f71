"""Between HTML and plain text, both ways, in linear time."""

from __future__ import annotations

import html as html_entities
import re
from typing import Final

from inscriptis import get_text
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig

from .tame import strip_tags, tame

_CONFIG: Final = ParserConfig(css=CSS_PROFILES["strict"])
_LINK = re.compile(
    r"(?<![\w@/.])(?:https?://|www\.(?=[\w-]+\.))[^\s<>\"\x00-\x1f\u3000-\u303f\uff00-\uffef]{1,2000}+", re.IGNORECASE
)
_ANCHOR = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_TRAILING = ".,;:!?'\"*_~]}»”’"
_VISIBLE_XML = re.compile(r"<\?xml[^>]{0,500}>", re.IGNORECASE)


def html_to_text(html: str) -> str:
    """What a reader sees, as text: paragraphs apart, lists with bullets, tables in columns. Never empties a letter."""
    if not html.strip():
        return ""
    tamed = _VISIBLE_XML.sub("", tame(html))
    text = tidy(get_text(f"<html><body>{tamed}</body></html>", _CONFIG))
    return text or tidy(strip_tags(tamed))


def spell_out_links(html: str) -> str:
    """Sanitised HTML with each link's target behind its words, unless they are the target: text has no other way."""

    def spelt(match: re.Match[str]) -> str:
        target = html_entities.unescape(match[1]).removeprefix("mailto:")
        words = strip_tags(match[2]).strip()
        bare = target.removeprefix("https://").removeprefix("http://").rstrip("/")
        is_said = words.removeprefix("https://").removeprefix("http://").rstrip("/") == bare
        return match[0] if is_said else f"{match[0]} &lt;{html_entities.escape(target)}&gt;"

    return _ANCHOR.sub(spelt, html)


def tidy(text: str) -> str:
    """No trailing blanks, no more than one empty line together, ordinary spaces."""
    lines: list[str] = []
    for line in text.replace("\xa0", " ").replace("\u200b", "").split("\n"):
        stripped = line.rstrip()
        if stripped or (lines and lines[-1]):
            lines.append(stripped)
    while lines and not lines[-1]:
        lines.pop()
    return "\n".join(lines)


def text_to_html(text: str) -> str:
    """Paragraphs and safe links; the text itself is escaped."""
    paragraphs: list[list[str]] = [[]]
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if line.strip():
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    return "".join(f"<p>{_linked(chr(10).join(lines))}</p>" for lines in paragraphs if lines)


def _linked(text: str) -> str:
    out, position = [], 0
    for match in _LINK.finditer(text):
        url = _without_trailing(match[0])
        out.append(_escaped(text[position : match.start()]))
        target = url if "://" in url else f"https://{url}"
        out.append(
            f'<a href="{html_entities.escape(target)}" target="_blank" rel="noopener noreferrer nofollow">'
            f"{html_entities.escape(url, quote=False)}</a>"
        )
        position = match.start() + len(url)
    out.append(_escaped(text[position:]))
    return "".join(out)


def _without_trailing(url: str) -> str:
    """`url` without the punctuation of the sentence round it; a closing bracket stays when one was opened."""
    closing = url.count(")") - url.count("(")
    end = len(url)
    while end and (url[end - 1] in _TRAILING or (url[end - 1] == ")" and closing > 0)):
        closing -= url[end - 1] == ")"
        end -= 1
    return url[:end]


def _escaped(text: str) -> str:
    """Leading blanks of a line stay visible: people lay out tables and code with them."""
    escaped = html_entities.escape(text, quote=False)
    lines = escaped.split("\n")
    return "<br>".join(_indented(line) if index else line for index, line in enumerate(lines))


def _indented(line: str) -> str:
    body = line.lstrip(" ")
    return "\xa0" * min(len(line) - len(body), 80) + body
