"""Inline styles of mails: only declarations that are wholly understood survive."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

MAX_STYLE = 4_000

PROPERTIES: Final = frozenset(
    "background background-color background-image background-repeat background-position background-size "
    "border border-bottom border-bottom-color border-bottom-style border-bottom-width border-collapse border-color "
    "border-left border-left-color border-left-style border-left-width border-radius border-right "
    "border-right-color border-right-style border-right-width border-spacing border-style border-top "
    "border-top-color border-top-style border-top-width border-width box-sizing caption-side clear color direction "
    "display empty-cells float font font-family font-size font-style font-variant font-weight height "
    "letter-spacing line-height list-style list-style-position list-style-type margin margin-bottom margin-left "
    "margin-right margin-top max-height max-width min-height min-width overflow overflow-wrap padding "
    "padding-bottom padding-left padding-right padding-top table-layout text-align text-decoration "
    "text-decoration-color text-decoration-line text-indent text-transform unicode-bidi vertical-align "
    "white-space width word-break word-spacing word-wrap".split()
)
_URL_PROPERTIES: Final = frozenset({"background", "background-image"})
_URL = re.compile(
    r"url\(\s*(?:\"([^\"()\\]{0,2000})\"|'([^'()\\]{0,2000})'|([^\"'()\s\\]{0,2000}))\s*\)", re.IGNORECASE
)
_VALUE = re.compile(r"[\w\s#%.,+!/'\"-]*(?:(?:rgb|rgba|hsl|hsla)\([\d\s.,%/]*\)[\w\s#%.,+!/'\"-]*)*", re.IGNORECASE)
_DISPLAY: Final = frozenset(
    "block inline inline-block none table table-cell table-row inline-table list-item table-row-group flex".split()
)

_MEANING = re.compile(r"background|color$|border|float$|display$|width$|height$|text-decoration|table")
_NO_MEANING: Final = frozenset(
    "black|#000|#000000|rgb(0,0,0)|rgb(0, 0, 0)|windowtext|inherit|initial|transparent|none|white|#fff|#ffffff|"
    "rgb(255,255,255)|rgb(255, 255, 255)|0|0px|auto|100%|block|inline|currentcolor|medium none|none windowtext".split(
        "|"
    )
)


def clean_style(style: str, resolve_url: Callable[[str], str]) -> str:
    """The harmless declarations of a style attribute; `resolve_url` gives an allowed address or ""."""
    kept = []
    for declaration in _declarations(style[:MAX_STYLE]):
        name, _, value = declaration.partition(":")
        name, value = name.strip().lower(), value.strip()
        if name not in PROPERTIES or not value:
            continue
        cleaned = _clean_value(name, value, resolve_url)
        if cleaned:
            kept.append(f"{name}:{cleaned}")
    return ";".join(kept)


def _declarations(style: str) -> list[str]:
    """Split at semicolons; those inside url(data:…;…) don't matter because such values are refused or whole."""
    pieces: list[str] = []
    for piece in style.split(";"):
        if pieces and pieces[-1].count("(") > pieces[-1].count(")"):
            pieces[-1] += ";" + piece
        else:
            pieces.append(piece)
    return pieces


def _clean_value(name: str, value: str, resolve_url: Callable[[str], str]) -> str:
    address = ""
    if name in _URL_PROPERTIES and (match := _URL.search(value)):
        address = resolve_url(match[1] or match[2] or match[3] or "")
        value = (value[: match.start()] + " " + value[match.end() :]).strip()
    if not _VALUE.fullmatch(value) or value.count('"') % 2 or value.count("'") % 2:
        return ""
    if name == "display" and value.lower().replace("!important", "").strip() not in _DISPLAY:
        return ""
    if name in ("overflow", "position") or (name.startswith("margin") and "-" in value):
        return ""
    if address:
        return f"{value} url('{address}')".strip()
    return value


def is_plain_style(style: str) -> bool:
    """Whether dropping `style` loses nothing that a reader would miss (fonts, spacing, black on white)."""
    for declaration in style.split(";"):
        name, _, value = declaration.partition(":")
        if _MEANING.match(name.strip().lower()) and value.strip().lower() not in _NO_MEANING:
            return False
    return True
