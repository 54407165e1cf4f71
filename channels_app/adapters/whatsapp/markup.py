"""Our HTML in WhatsApp's own signs: *bold*, _italic_, ~struck~ and code."""

from __future__ import annotations

import re

from helpdesk.lib.html import html_to_text, spell_out_links

SIGNS = {"strong": "*", "b": "*", "em": "_", "i": "_", "s": "~", "del": "~", "strike": "~", "code": "`"}
_ELEMENT = re.compile(rf"<({'|'.join(SIGNS)})(?:\s[^>]*)?>(.*?)</\1>", re.DOTALL)
_LINES = re.compile(r"(<br\s*/?>)")
_INSIDE = re.compile(r"^(\s*)(.*?)(\s*)$", re.DOTALL)


def whatsapp_text(html: str) -> str:
    return html_to_text(spell_out_links(_signed(html)))


def _signed(html: str) -> str:
    def signed(match: re.Match[str]) -> str:
        pieces = _LINES.split(_signed(match[2]))
        return "".join(piece if _LINES.fullmatch(piece) else _between(SIGNS[match[1]], piece) for piece in pieces)

    return _ELEMENT.sub(signed, html)


def _between(sign: str, words: str) -> str:
    """A sign touches the words, and never reaches beyond its line."""
    before, inside, after = _INSIDE.fullmatch(words).groups()  # type: ignore[union-attr]
    return f"{before}{sign}{inside}{sign}{after}" if inside else words
