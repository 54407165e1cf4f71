"""Fields of text: words in the subject or in a message, addresses, tags.

Both readings compare folded text: letters in lower case one by one, accents as they are, save in subjects, where they
are left out as the search leaves them out. PostgreSQL does that under every collation a Onethread database is made
with; Python's `lower` is held to it here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db.models import F, Lookup, Q
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tickets.conditions.accents import WithoutAccents, strip_accents, write_out
from tickets.conditions.asking import Asking
from tickets.conditions.kind import Kind, read_list, read_text, shown
from tickets.conditions.problems import Wrong
from tickets.conditions.sources import Source

MAX_TAG = 60
WORD_LABELS = {"includes": gettext_lazy("contains one of"), "not_includes": gettext_lazy("contains none of")}


LONG = 500  # characters: a message that many rules look through is folded once


def fold(text: str) -> str:
    """Letter by letter, where `str.lower` would spell İ with two and choose between two small sigmas."""
    return _fold(text) if len(text) < LONG else _fold_once(text)


@lru_cache(maxsize=8)
def _fold_once(text: str) -> str:
    return _fold(text)


def _fold(text: str) -> str:
    return text.replace("\u0130", "i").replace("Σ", "σ").lower()


def fold_accents(text: str) -> str:
    return write_out(fold(strip_accents(text)))


def split_words(value: object) -> list[str]:
    """A text is words with spaces between; in a list each item may be a phrase. In order, each once."""
    items = read_text(value).split() if isinstance(value, str) else read_list(value)
    return list(dict.fromkeys(read_text(item) for item in read_list(items)))


class ContainsAny(Lookup[Any]):
    """One of these texts is in it. What folds it is worked out once, where `OR` would do so for each of them."""

    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        text, params = self.process_lhs(compiler, connection)
        patterns = [f"%{connection.ops.prep_for_like_query(each)}%" for each in self.rhs]
        return f"{text} LIKE ANY(%s)", (*params, patterns)


class Words(Kind):
    """`includes` holds where one of the words stands somewhere in the text, if only as a part of a longer word.

    `is_folded` promises that what is stored is in lower case already, so that an index on it serves. For short texts
    people may write without their accents there is `any_accents`.
    """

    name = "words"
    widgets = {"includes": "words", "not_includes": "words", "is": "text", "is_not": "text"}
    labels = WORD_LABELS

    def __init__(self, *, is_folded: bool = False, any_accents: bool = False) -> None:
        self._stored = WithoutAccents if any_accents else F if is_folded else Lower
        self._fold = fold_accents if any_accents else fold

    def read(self, operator: str, value: object) -> Any:
        return split_words(value) if operator in ("includes", "not_includes") else read_text(value)

    def q(self, source: Source, operator: str, value: Any, asking: Asking) -> Q:
        if operator == "is":
            return source.where(lambda path: Q(Exact(self._stored(path), self._fold(value))))
        return source.where(lambda path: Q(ContainsAny(self._stored(path), list(map(self._fold, value)))))

    def test(self, values: Sequence[Any], operator: str, value: Any, asking: Asking) -> bool:
        if operator == "is":
            return self._fold(value) in map(self._fold, values)
        words = [self._fold(word) for word in value]
        return any(word in text for text in map(self._fold, values) for word in words)


class Code(Kind):
    """Short texts that are compared whole and letter by letter: an address (in lower case), a language."""

    name = "text"
    widgets = {"is": "text", "is_not": "text", "includes": "words", "not_includes": "words"}

    def __init__(self, *, is_folded: bool = False, can_be_empty: bool = False) -> None:
        self._is_folded, self._can_be_empty = is_folded, can_be_empty

    def read(self, operator: str, value: object) -> Any:
        if operator in ("includes", "not_includes"):
            return list(dict.fromkeys(map(self._fold, split_words(value))))
        if self._can_be_empty and value in ("", None):
            return ""
        return self._fold(read_text(value))

    def _fold(self, text: str) -> str:
        return fold(text) if self._is_folded else text

    def q(self, source: Source, operator: str, value: Any, asking: Asking) -> Q:
        return source.some(**{"exact" if operator == "is" else "in": value})

    def test(self, values: Sequence[Any], operator: str, value: Any, asking: Asking) -> bool:
        wanted = [value] if operator == "is" else value
        return any(text in wanted for text in values)


class Tags(Kind):
    """`includes` any of them, `not_includes` none of them. Tags are compared as they are stored: in lower case."""

    name = "tags"
    widgets = {"includes": "tags", "not_includes": "tags", "present": "none", "not_present": "none"}
    labels = WORD_LABELS

    def read(self, operator: str, value: object) -> Any:
        if operator in ("present", "not_present"):
            return None
        words = split_words(value.replace(",", " ") if isinstance(value, str) else value)
        return list(dict.fromkeys(map(_clean_tag, words)))

    def q(self, source: Source, operator: str, value: Any, asking: Asking) -> Q:
        if operator == "present":
            return ~source.some(exact=[])
        return source.some(overlap=value)

    def test(self, values: Sequence[Any], operator: str, value: Any, asking: Asking) -> bool:
        tags = values[0]
        return bool(tags) if operator == "present" else any(tag in tags for tag in value)


def _clean_tag(word: str) -> str:
    """As `tickets.services.set_tags` would store it."""
    tag = "_".join(word.replace(",", " ").lower().split())
    if not 0 < len(tag) <= MAX_TAG:
        raise Wrong(
            _("%(value)s is no tag: they have 1 to %(count)s characters") % {"value": shown(word), "count": MAX_TAG}
        )
    return tag
