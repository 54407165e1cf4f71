"""`value; name=…` headers: RFC 2231 continuations and charsets, RFC 2047 words where they don't belong, and both."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from .charset import decode
from .encoded_words import decode_words, raw_text, unfold

_LIMIT = 64 * 1024
_PARAM = re.compile(
    r";[\s;]*+(?:(?P<name>[^\s=;\"]++)\s*+=\s*+(?:\"(?P<quoted>(?:[^\"\\]|\\.)*+)\"|(?P<plain>[^;]*+)))?+[^;]*+",
    re.DOTALL,
)
_SECTION = re.compile(r"(?P<name>[^*]+)(?:\*(?P<number>\d{1,4}))?(?P<encoded>\*)?$")
_SLASH = re.compile(r"\s*/\s*")
_ESCAPED = re.compile(r"\\([\"\\])")


@dataclass(frozen=True, slots=True)
class Params:
    """The value in lower case and its parameters by lower-case name."""

    value: str = ""
    params: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """Parameter `name`, "" when absent."""
        return self.params.get(name, "")


def parse_params(raw: bytes) -> Params:
    """Read a Content-Type or Content-Disposition value. Anything unreadable is left out."""
    text = raw_text(raw[:_LIMIT])
    head, _, rest = text.partition(";")
    kind, _, missing_semicolon = unfold(_SLASH.sub("/", head)).partition(" ")
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    plain: dict[str, str] = {}
    for match in _PARAM.finditer(f";{missing_semicolon};{rest}"):
        if not match["name"]:
            continue
        quoted = match["quoted"]
        value = _ESCAPED.sub(r"\1", quoted) if quoted is not None else (match["plain"] or "").strip().strip("\"'")
        section = _SECTION.match(match["name"].lower())
        if section is None or not (section["number"] or section["encoded"]):
            plain.setdefault(match["name"].lower(), unfold(decode_words(value)))
        else:
            number = int(section["number"] or 0)
            pieces.setdefault(section["name"], {}).setdefault(number, (value, bool(section["encoded"])))
    for name, sections in pieces.items():
        plain[name] = _join_sections(sections) or plain.get(name, "")
    return Params(kind.lower(), plain)


def _join_sections(sections: dict[int, tuple[str, bool]]) -> str:
    """RFC 2231 §3–4: numbered pieces in order, the first encoded one names the charset."""
    charset, data = "", b""
    for index, (_, (value, is_encoded)) in enumerate(sorted(sections.items())):
        if is_encoded and index == 0 and value.count("'") >= 2:
            charset, _, value = value.split("'", 2)
        piece = value.encode("utf-8")
        data += unquote_to_bytes(piece) if is_encoded else piece
    return unfold(decode_words(decode(data, charset)))
