"""Text as people type it, made fit to be kept: no control characters, no more than a column takes."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.utils.translation import gettext as _

from customers.errors import Refused

MAX_TAGS, LONGEST_TAG = 50, 80


def line(value: Any, limit: int) -> str:
    """One line, its spaces single. `Refused` when it is longer than `limit` characters."""
    return _within(" ".join(_printable(_told(value)).split()), limit)


def block(value: Any, limit: int) -> str:
    """Several lines, with the line ends of one kind."""
    text = _told(value).replace("\r\n", "\n").replace("\r", "\n")
    return _within("\n".join(_printable(one).rstrip() for one in text.split("\n")).strip("\n"), limit)


def tags(value: Any) -> list[str]:
    """From a list, or words with commas between them; in lower case, with _ for spaces, as tickets have them."""
    given = value if isinstance(value, list | tuple) else str(value or "").split(",")
    cleaned = list(dict.fromkeys(filter(None, (_tag(str(one)) for one in given))))
    if len(cleaned) > MAX_TAGS:
        raise Refused(_("At most %(count)s tags.") % {"count": MAX_TAGS})
    return cleaned


def _told(value: Any) -> str:
    return "" if value is None else str(value)


def _tag(text: str) -> str:
    tag = "_".join(_printable(text).lower().split())
    if len(tag) > LONGEST_TAG:
        raise Refused(_("A tag has at most %(count)s characters.") % {"count": LONGEST_TAG})
    return tag


def _printable(text: str) -> str:
    """Without control characters, which PostgreSQL does not take or nobody sees; what they divided stays divided."""
    kept = (" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in text)
    return unicodedata.normalize("NFC", "".join(kept))


def _within(text: str, limit: int) -> str:
    if len(text) > limit:
        raise Refused(_("At most %(limit)s characters; these are %(count)s.") % {"limit": limit, "count": len(text)})
    return text
