"""Which parts are the letter and which are files: one walk over the part tree."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from helpdesk.lib.html import html_to_text, strip_tags, text_to_html

from .attachments import attachments_of, content_id_of, has_name
from .charset import decode
from .flowed import unflow
from .parsed import ParsedAttachment
from .structure import Part

MAX_TEXT_BYTES = 4 * 1024 * 1024  # of one text part that are read as letter; the raw mail keeps all

_TEXT_TYPES = ("text/plain", "text/html", "text/enriched", "text/markdown", "text")
_LOOKS_LIKE_HTML = re.compile(r"\s*(?:<!doctype html|<html|<head|<body|<div|<p>|<table)", re.IGNORECASE)
_ANY_TAG = re.compile(r"<(?:/?[a-zA-Z][a-zA-Z0-9:]*(?:\s|/?>)|!--|!doctype)", re.IGNORECASE)
_ENRICHED_TAG = re.compile(r"<(?:param>[^<]*</param|/?[a-zA-Z]{1,60})>")
_DELIMITER = re.compile(r"^--\S{1,200}$\n?", re.MULTILINE)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_IMAGE = re.compile(r"<img\b", re.IGNORECASE)


@dataclass(slots=True)
class Segment:
    """A stretch of the letter in one or both forms."""

    text: str = ""
    html: str = ""


@dataclass(slots=True)
class Body:
    """The letter in both forms ("" where the sender gave none), its files, and how it is protected."""

    text: str = ""
    html: str = ""
    attachments: list[ParsedAttachment] = field(default_factory=list)
    protection: str = ""
    defects: list[str] = field(default_factory=list)


def read_body(top: Part, defects: list[str]) -> Body:
    """Walk the tree below `top`; depth is bounded by `read_structure`."""
    walk = _Walk(top, defects)
    segments = walk.segments(top, is_first=True)
    body = Body(attachments=walk.attachments, protection=walk.protection, defects=defects)
    if any(segment.html for segment in segments):
        body.html = "".join(segment.html or text_to_html(segment.text) for segment in segments)
    if any(segment.text.strip() for segment in segments):
        body.text = "\n".join(segment.text or html_to_text(segment.html) for segment in segments)
    return body


class _Walk:
    """Collects files on the way; `segments` returns the letter in order."""

    def __init__(self, top: Part, defects: list[str]) -> None:
        self.defects = defects
        self.attachments: list[ParsedAttachment] = []
        self.protection = ""
        labels = [leaf.charset for leaf in top.leaves() if leaf.content_type.startswith("text/")]
        self.sibling = next((label for label in labels if label and label.lower() not in ("us-ascii", "ascii")), "")

    def segments(self, part: Part, *, is_first: bool = False, in_related: bool = False) -> list[Segment]:
        kind = part.content_type
        if not part.children:
            return self._leaf(part, is_first=is_first, in_related=in_related)
        if kind == "multipart/alternative":
            return self._alternative(part, is_first=is_first)
        if kind == "multipart/encrypted":
            self.protection = "pgp-encrypted"
            for child in part.leaves():
                self._attach(child)
            return []
        if kind == "multipart/signed":
            protocol = part.headers.content_type.get("protocol").lower()
            self.protection = self.protection or ("pgp-signed" if "pgp" in protocol else "smime-signed")
        found: list[Segment] = []
        related = in_related or kind == "multipart/related"
        for index, child in enumerate(part.children):
            first = is_first and index == 0
            found += self.segments(child, is_first=first or not found, in_related=related and index > 0)
        return found

    def _alternative(self, part: Part, *, is_first: bool) -> list[Segment]:
        """The last alternative with HTML and the first with text are one segment (Apple nests files in here)."""
        options = [self.segments(child, is_first=is_first) for child in part.children]
        texts = [
            option for option in options if any(s.text.strip() for s in option) and not any(s.html for s in option)
        ]
        htmls = [option for option in options if any(_says_something(s.html) for s in option)]
        segment = Segment()
        if texts:
            segment.text = "\n".join(s.text for s in texts[0])
        if htmls:
            segment.html = "".join(s.html or text_to_html(s.text) for s in htmls[-1])
            if not segment.text:
                segment.text = "\n".join(s.text for s in htmls[-1] if s.text)
        return [segment] if segment.text or segment.html else []

    def _leaf(self, part: Part, *, is_first: bool, in_related: bool) -> list[Segment]:
        if not self._is_letter(part, is_first=is_first, in_related=in_related):
            self._attach(part, inline=in_related)
            return []
        text = self._text_of(part)
        if part.content_type.startswith("multipart/"):
            text = _DELIMITER.sub("", text).strip("\n")
        if part.content_type == "text/html" or _LOOKS_LIKE_HTML.match(text[:500]):
            return [Segment(html=text)] if _ANY_TAG.search(text) else [Segment(text=text)]
        if part.content_type == "text/enriched":
            text = _ENRICHED_TAG.sub("", text)
        return [Segment(text=text)]

    def _is_letter(self, part: Part, *, is_first: bool, in_related: bool) -> bool:
        kind, disposition = part.content_type, part.headers.disposition.value
        if kind.startswith("multipart/"):  # no parts could be found in it: what there is, is shown
            return is_first and part.body_start < part.end
        if kind not in _TEXT_TYPES:
            return False
        if has_name(part):
            return is_first and disposition != "attachment" and kind in ("text/plain", "text/html")
        return (disposition != "attachment" or is_first) and not (in_related and content_id_of(part))

    def _attach(self, part: Part, *, inline: bool = False) -> None:
        kind = part.content_type
        if kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
            is_signed = "signed" in part.headers.content_type.get("smime-type")
            self.protection = self.protection or ("smime-signed" if is_signed else "smime-encrypted")
        if kind.startswith("multipart/") and part.body_start >= part.end:
            return
        inline = inline or part.headers.disposition.value == "inline"
        self.attachments.extend(attachments_of(part, self.defects, inline=inline and bool(content_id_of(part))))

    def _text_of(self, part: Part) -> str:
        content = part.content[:MAX_TEXT_BYTES]
        declared = part.charset
        if part.content_type == "text/html" and not declared and (meta := _META_CHARSET.search(content[:4096])):
            declared = meta[1].decode("ascii")
        text = decode(content, declared, self.sibling).replace("\r\n", "\n").replace("\r", "\n")
        flowed = part.headers.content_type
        if part.content_type == "text/plain" and flowed.get("format").lower() == "flowed":
            text = unflow(text, delsp=flowed.get("delsp").lower() == "yes")
        if "-----BEGIN PGP " in text[:5000]:
            self.protection = self.protection or (
                "pgp-encrypted" if "-----BEGIN PGP MESSAGE" in text[:5000] else "pgp-signed"
            )
        return text


def _says_something(html: str) -> bool:
    return bool(html) and (bool(_IMAGE.search(html)) or bool(strip_tags(html).strip()))
