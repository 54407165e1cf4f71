"""Terms as a `tsquery`. What is put into it are folded words, letters and digits only: nothing needs quoting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from django.db import connection

from tickets.search.parsing import Term
from tickets.search.vectors import HEAD
from tickets.search.words import words_of

MIN_STEM = 4  # a shorter beginning would find anything
CUT = 4  # how much of a word its stem may leave out: "organisation" is not "organ"
_UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"))


def question(terms: Iterable[Term], *, any_of_them: bool = False) -> str:
    """All terms, wherever in the ticket they stand; with `any_of_them` one of the positive ones is enough."""
    positive = [_term(term) for term in terms if not term.is_negative]
    negative = [f"!({_term(term)})" for term in terms if term.is_negative]
    found = " | ".join(positive) if any_of_them else " & ".join(positive)
    return " & ".join([*([f"({found})"] if found else []), *negative])


def in_head(terms: Iterable[Term]) -> str:
    """Each positive term stands in the ticket's head: its subject, requester, organisation, tags or number."""
    return " & ".join(_any(HEAD, term, word) for term in terms if not term.is_negative for word in term.words)


def _term(term: Term) -> str:
    *first, last = term.words
    if not first:
        return _any("", term, last)
    end = f"{last}:*" if term.is_prefix else last
    return f"({' <-> '.join([*first, end])})"


def _any(mark: str, term: Term, word: str) -> str:
    """`word` in any of its forms; as it is written where it is quoted or one of several."""
    if term.is_prefix:
        return f"{mark}{word}:*"
    if term.is_phrase or len(term.words) > 1:
        return mark + word
    return "(" + " | ".join(mark + form for form in forms(word, _umlauts_written_out(term.written))) + ")"


def _umlauts_written_out(written: str) -> str:
    """ "München" is found where somebody wrote "Muenchen"."""
    written = written.lower()
    for umlaut, two in (("ä", "ae"), ("ö", "oe"), ("ü", "ue")):
        written = written.replace(umlaut, two)
    return "".join(words_of(written)[:1])


def forms(word: str, other_spelling: str = "") -> list[str]:
    """What to look for: the word, and beginnings that its inflected forms share, in English and in German."""
    spellings = {word, other_spelling or word}
    for two, one in _UMLAUTS:
        spellings |= {spelling.replace(two, one) for spelling in list(spellings) if two in spelling}
    found: set[str] = set()
    for spelling in spellings:
        found |= {spelling, *(_beginnings(spelling) if spelling.isalpha() else ())}
    prefixes = [form[:-2] for form in found if form.endswith(":*")]
    return sorted(
        form for form in found
        if not any(form.removesuffix(":*").startswith(prefix) and form != f"{prefix}:*" for prefix in prefixes)
    )  # fmt: skip


def _beginnings(word: str) -> set[str]:
    if len(word) < MIN_STEM:
        return set()
    found = set()
    for stem in _stems(word):
        if stem.endswith("i") and len(stem) > MIN_STEM:  # batteries → batteri, but "battery" begins differently
            found.add(f"{stem[:-1]}y")
        if word.startswith(stem) or len(stem) < MIN_STEM:
            stem = word[: max(len(stem), len(word) - CUT, MIN_STEM)]
        found.add(f"{stem}:*")
    return found


@lru_cache(maxsize=4096)
def _stems(word: str) -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ts_lexize('english_stem', %s) || ts_lexize('german_stem', %s)", [word, word])
        stems: Sequence[str] = cursor.fetchone()[0] or ()
    return tuple(dict.fromkeys(stems))
