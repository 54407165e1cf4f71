"""From what was typed to what is asked: words and phrases, and operators as a tree of tickets/conditions.

Nothing that can be typed is an error of ours. A filter that does not exist is read as words, with a remark; a filter
whose value makes no sense is refused in one sentence, because leaving it out would show too much.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from helpdesk.lib.words import words_of
from tickets.conditions import Invalid, check
from tickets.search.operators import ALIASES, condition_for
from tickets.search.values import BadValue, Condition

MAX_LENGTH = 1_000
MAX_TERMS = 40
SORTS = ("relevance", "newest")
SORT_FIELDS = ("sort", "order_by", "sort_by")
TYPES = {"ticket": "ticket", "tickets": "ticket", "user": "customer", "customer": "customer", "customers": "customer"}

# A term: minus, field and comparison are optional; the value is quoted or goes up to the next blank.
_TERM = re.compile(
    r"""(?P<minus>-)?
        (?:(?P<field>[^\W\d][\w.]*)(?P<comparison>:[<>]=?|[<>]=?|:))?
        (?:["“”„](?P<quoted>[^"“”„]*)(?:["“”„]|$)|(?P<bare>\S+))?""",
    re.VERBOSE,
)


class SearchError(Exception):
    """What was typed can't be searched for; `str()` says why in the user's language."""


@dataclass(frozen=True)
class Term:
    """One word, or several that stand side by side in this order (`is_phrase`: exactly as written)."""

    words: tuple[str, ...]
    written: str
    is_phrase: bool = False
    is_prefix: bool = False
    is_negative: bool = False


@dataclass(frozen=True)
class Query:
    text: str
    terms: tuple[Term, ...] = ()
    tree: dict[str, Any] = field(default_factory=dict)
    number: int | None = None
    sort: str = "relevance"
    kinds: frozenset[str] = frozenset({"ticket", "customer"})
    notes: tuple[str, ...] = ()
    is_any: bool = False  # one of the words is enough
    is_head_only: bool = False  # subject, requester, organisation, tags and number

    @property
    def is_empty(self) -> bool:
        return not (self.terms or self.tree or self.number)

    @property
    def positive(self) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if not term.is_negative)


def one_line(text: str) -> str:
    """What was typed, as it can be stored and shown: blanks folded, and none of what no text may contain."""
    return " ".join(text.replace("\x00", " ").encode("utf-8", "replace").decode().split())


def parse(text: str, user: User | None) -> Query:
    """Raises `SearchError`, and nothing else, whatever `text` is."""
    text = one_line(text)
    if len(text) > MAX_LENGTH:
        raise SearchError(
            _("A search has at most %(limit)s characters; this one has %(length)s.")
            % {"limit": f"{MAX_LENGTH:,}", "length": f"{len(text):,}"}
        )
    reading = _Reading(user)
    for match in _terms(text):
        reading.take(match)
    return reading.query(text)


def _terms(text: str) -> Iterator[re.Match[str]]:
    place = 0
    while place < len(text):
        match = _TERM.match(text, place)
        if match and match.end() > place:
            yield match
            place = match.end()
        else:
            place += 1


class _Reading:
    def __init__(self, user: User | None) -> None:
        self.user = user
        self.terms: list[Term] = []
        self.conditions: dict[tuple[str, bool], list[Condition]] = {}
        self.notes: list[str] = []
        self.sort = "relevance"
        self.kinds: set[str] = set()

    def take(self, match: re.Match[str]) -> None:
        name, comparison = (match["field"] or "").lower(), match["comparison"] or ""
        value = match["quoted"] if match["quoted"] is not None else match["bare"] or ""
        negative = bool(match["minus"])
        if not name:
            self._add_words(value, match, negative=negative)
        elif name in SORT_FIELDS:
            self._sort_by(value)
        elif name == "type" and value.lower() in TYPES:
            self.kinds.add(TYPES[value.lower()])
        elif name in ALIASES:
            self._add_condition(name, comparison, value, negative=negative)
        else:
            self._add_unknown(name, comparison, value, match, negative=negative)

    def _add_words(self, value: str, match: re.Match[str], *, negative: bool) -> None:
        quoted = match["quoted"] is not None
        words = tuple(words_of(value))
        if words:
            prefix = not quoted and value.endswith("*")
            self.terms.append(Term(words, value.strip("*"), quoted, prefix, negative))

    def _add_unknown(self, name: str, comparison: str, value: str, match: re.Match[str], *, negative: bool) -> None:
        """ "note: call back" and "https://…" are words; something that looks like a filter deserves a remark."""
        self._add_words(name, match, negative=negative) if not value else None
        words = tuple(words_of(f"{name} {value}"))
        if value and words:
            self.terms.append(Term(words, f"{name}{comparison}{value}", is_negative=negative))
        if value and not value.startswith("//"):
            self.notes.append(
                _("“%(name)s” is not a filter, so it was searched for as a word.") % {"name": f"{name}{comparison}"}
            )

    def _add_condition(self, name: str, comparison: str, value: str, *, negative: bool) -> None:
        try:
            condition = condition_for(name, comparison, value)
        except BadValue as problem:
            raise SearchError(str(problem)) from None
        field = ALIASES[name]
        if field in ("is", "has"):  # they stand for several fields: is:waiting is:unsolved asks for both
            field = condition["field"]
        self.conditions.setdefault((field + comparison.removeprefix(":"), negative), []).append(condition)

    def _sort_by(self, value: str) -> None:
        wanted = {"updated": "newest", "updated_at": "newest"}.get(value, value)
        if wanted not in SORTS:
            raise SearchError(
                _("Results can't be sorted by “%(value)s”: choose one of %(choices)s.")
                % {"value": value, "choices": ", ".join(SORTS)}
            )
        self.sort = wanted

    def query(self, text: str) -> Query:
        if len(self.terms) > MAX_TERMS:
            raise SearchError(_("A search has at most %(limit)s words.") % {"limit": MAX_TERMS})
        tree: dict[str, Any] = {}
        for (_field, negative), conditions in self.conditions.items():
            if negative:
                tree.setdefault("none", []).extend(conditions)
            else:  # the same field twice: either
                tree.setdefault("all", []).extend(conditions if len(conditions) == 1 else [{"any": conditions}])
        try:
            check(tree)
        except Invalid as invalid:
            raise SearchError(str(invalid)) from None
        return Query(
            text=text,
            terms=tuple(self.terms),
            tree=tree,
            number=self._number(text),
            sort=self.sort,
            kinds=frozenset(self.kinds or {"ticket", "customer"}),
            notes=tuple(dict.fromkeys(self.notes)),
        )

    def _number(self, text: str) -> int | None:
        """The ticket that was meant, where a number is all that was typed."""
        match = re.fullmatch(r"#?([0-9]{1,15})", text)
        return int(match[1]) if match else None
