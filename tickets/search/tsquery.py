"""Terms as a `tsquery`. What is put into it are folded words, letters and digits only: nothing needs quoting.

A word is looked for in its inflected forms by the beginning that they share. PostgreSQL would collect everything that
begins so before it looks at the other words, which for a common beginning is most of the index; so beginnings are
replaced by the words that are known to begin so, and stay what they are where few tickets are concerned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from django.db import connection

from helpdesk.lib.words import words_of
from tickets.search.parsing import Term
from tickets.search.vectors import HEAD

MIN_STEM = 4  # a shorter beginning would find anything
CUT = 4  # how much of a word its stem may leave out: "organisation" is not "organ"
FEW = 2_000  # tickets that a beginning may be in and still be looked up as it is
MAX_FORMS = 60  # the most frequent words of one beginning
_UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"))

KNOWN = """
SELECT p, array_agg(k.word ORDER BY k.tickets DESC), sum(k.tickets) FROM unnest(%s::text[]) p,
LATERAL (SELECT word, tickets FROM tickets_searchword WHERE word LIKE p || '%%' ORDER BY tickets DESC LIMIT %s) k
GROUP BY p
"""


@dataclass(frozen=True)
class Asked:
    """What a ticket has to have, each wherever it may stand, and what it must not have anywhere."""

    all_of: tuple[str, ...]
    none_of: tuple[str, ...] = ()

    @property
    def in_one_row(self) -> str:
        return " & ".join([*self.all_of, *(f"!{unwanted}" for unwanted in self.none_of)])

    def within(self, head: str) -> Asked:
        return replace(self, all_of=(*self.all_of, f"({head})"))

    def without(self, head: str) -> Asked:
        return replace(self, none_of=(*self.none_of, f"({head})"))


@dataclass(frozen=True)
class Question:
    words: Asked  # wherever in the ticket they stand
    head: str  # each positive word in the ticket's head: subject, requester, organisation, tags, number; or empty
    in_head: Asked  # `words` of tickets that have each of them in their head
    any_word: Asked  # one of the positive words is enough


def question(terms: Sequence[Term]) -> Question:
    alternatives = {term: [_alternatives(term, word) for word in term.words] for term in terms}
    known = _known({form for words in alternatives.values() for forms in words for form in forms if "*" in form})
    wanted = {term: _term(term, alternatives[term], known) for term in terms if not term.is_negative}
    positive = tuple(wanted.values())
    negative = tuple(_term(term, alternatives[term], known) for term in terms if term.is_negative)
    head = [
        _any(forms, known, HEAD) for term in terms if not term.is_negative for forms in alternatives[term]
    ]  # fmt: skip
    # A word that is in the head is in the ticket, and need not be looked up again; only phrases say more.
    phrases = tuple(sought for term, sought in wanted.items() if len(term.words) > 1)
    return Question(
        words=Asked(positive, negative),
        head=" & ".join(head),
        in_head=Asked((*phrases, f"({' & '.join(head)})"), negative),
        any_word=Asked((f"({' | '.join(positive)})",) if positive else (), negative),
    )


def _term(term: Term, alternatives: list[list[str]], known: Mapping[str, list[str]]) -> str:
    return f"({' <-> '.join(_any(forms, known) for forms in alternatives)})"


def _any(forms: Iterable[str], known: Mapping[str, list[str]], mark: str = "") -> str:
    words = dict.fromkeys(word for form in forms for word in known.get(form, [form]))
    return "(" + " | ".join(mark + word for word in words) + ")"


def _known(beginnings: set[str]) -> dict[str, list[str]]:
    """For each beginning (`refund:*`) that many tickets have, the words that begin so."""
    if not beginnings:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [sorted(beginning.removesuffix(":*") for beginning in beginnings), MAX_FORMS])
        return {f"{beginning}:*": words for beginning, words, tickets in cursor.fetchall() if tickets > FEW}


def _alternatives(term: Term, word: str) -> list[str]:
    """`word` in any of its forms; as it is written where it is quoted or one of several."""
    if term.is_prefix and word == term.words[-1]:
        return [word, f"{word}:*"]
    if term.is_phrase or len(term.words) > 1:
        return [word]
    return forms_of(word, _umlauts_written_out(term.written))


def _umlauts_written_out(written: str) -> str:
    """ "München" is found where somebody wrote "Muenchen"."""
    written = written.lower()
    for umlaut, two in (("ä", "ae"), ("ö", "oe"), ("ü", "ue")):
        written = written.replace(umlaut, two)
    return "".join(words_of(written)[:1])


def forms_of(word: str, other_spelling: str = "") -> list[str]:
    """What to look for: the word, and beginnings that its inflected forms share, in English and in German."""
    spellings = {word, other_spelling or word}
    for two, one in _UMLAUTS:
        spellings |= {spelling.replace(two, one) for spelling in list(spellings) if two in spelling}
    found: set[str] = set()
    for spelling in spellings:
        found |= {spelling, *(_beginnings(spelling) if spelling.isalpha() else ())}
    beginnings = [form.removesuffix(":*") for form in found if form.endswith(":*")]
    return sorted(
        form for form in found
        if form in spellings or not any(form.startswith(one) and form != f"{one}:*" for one in beginnings)
    )  # fmt: skip


def _beginnings(word: str) -> set[str]:
    if len(word) < MIN_STEM:
        return set()
    found = set()
    for stem in _stems(word):
        if stem.endswith("i") and len(stem) > MIN_STEM:  # batteries → batteri, but "battery" begins differently
            found.add(f"{stem[:-1]}y:*")
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
