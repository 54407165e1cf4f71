"""Drawn pages, kept in Valkey: the second reader gets what was drawn for the first.

What a page depends on is all in its key: the edition (another one after every change of what readers see), the help
centre, the language, the path, this release's templates, and which articles its reader may read (`Reader.key`). Staff's
pages are never kept. What differs between two readers of one key is a slot, filled in when the page goes out.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Final, NamedTuple

import redis
from django.conf import settings

from helpdesk.lib.assets import manifest
from helpdesk.lib.valkey import valkey
from knowledge_base.audience import Reader

logger = logging.getLogger(__name__)

LASTS: Final = 600  # seconds: what is read most, and what time it is, change without an edition
WITHOUT_VALKEY: Final = 5.0  # seconds until it is tried again: a page must not wait for it each time
OURS: Final = (Path(__file__).parent, Path(settings.BASE_DIR) / "templates" / "help")

_away_until = 0.0


@dataclass(frozen=True)
class Page:
    """`article` is what was read by opening it, in `language`."""

    html: str
    language: str
    article: int | None = None

    def pack(self) -> str:
        return f"{self.language} {self.article or ''}\n{self.html}"

    @classmethod
    def unpack(cls, text: str) -> Page:
        head, _line, html = text.partition("\n")
        language, _space, article = head.partition(" ")
        return cls(html, language, int(article) if article else None)


class Key(NamedTuple):
    edition: int
    centre: int
    language: str
    reader: str
    path: str


def kept(key: Key, reader: Reader, make: Callable[[], Page]) -> Page:
    """The page kept under the key; else what `make` draws. What it raises (a 404, a redirect) is not kept."""
    assert key.reader == reader.key
    if reader.is_staff or time.monotonic() < _away_until:
        return make()
    name = _name(key)
    try:
        found = valkey().get(name)
        if found is not None:
            return Page.unpack(str(found))
        page = make()
        valkey().set(name, page.pack(), ex=LASTS)
    except redis.RedisError as error:
        _note_away(error)
        return make()
    return page


def fill(html: str, slots: Mapping[str, Callable[[], str]]) -> str:
    """Each `<!--name-->` gives way to what its function says; words of articles hold no such marks (body.py)."""
    for name, say in slots.items():
        mark = f"<!--{name}-->"
        if mark in html:
            html = html.replace(mark, say())
    return html


def _name(key: Key) -> str:
    digest = blake2b("\0".join(map(str, key)).encode(), digest_size=20).hexdigest()
    return f"{settings.VALKEY_PREFIX}:help:{_release()}:{digest}"


@cache
def _release() -> str:
    """Another one whenever the pages would be drawn otherwise, as after an upgrade."""
    digest = blake2b(repr(sorted(manifest().items())).encode(), digest_size=8)
    for folder in OURS:
        for file in sorted(folder.rglob("*")):
            if file.suffix in (".py", ".html"):
                digest.update(file.read_bytes())
    return digest.hexdigest()


def _note_away(error: Exception) -> None:
    global _away_until
    _away_until = time.monotonic() + WITHOUT_VALKEY
    logger.warning("Pages of the help centre are not kept, Valkey does not answer: %s", error)
