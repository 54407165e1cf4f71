"""Words that mean the same to readers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from knowledge_base.models import Synonyms
from knowledge_base.search.parsing import Term
from knowledge_base.search.words import Stems, Word, words_of

ALIKE: Final = 3  # letters with which a word and its other forms begin alike

Phrase = tuple[Word, ...]


class SynonymGroups:
    """The groups of one language of which a search may have a word."""

    def __init__(self, groups: Iterable[Sequence[Phrase]]) -> None:
        self.groups = [tuple(group) for group in groups]

    @property
    def words(self) -> set[Word]:
        return {word for group in self.groups for phrase in group for word in phrase}

    def others(self, terms: Sequence[Term], at: int, stems: Stems) -> tuple[int, list[Phrase]]:
        """How many of the terms from `at` on are one of a group, and the others of it; of several the longest."""
        length, found = 1, dict[Phrase, None]()
        for group in self.groups:
            for phrase in group:
                said = terms[at : at + len(phrase)]
                if len(phrase) < length or not _is_said(phrase, said, stems):
                    continue
                if len(phrase) > length:
                    length, found = len(phrase), {}
                found |= dict.fromkeys(other for other in group if other != phrase)
        return length, list(found)


def synonyms_for(terms: Iterable[Term], languages: Sequence[str]) -> dict[str, SynonymGroups]:
    """Those that a look at the first letters does not rule out."""
    beginnings = {word.folded[:ALIKE] for term in terms for word in term.words}
    groups: dict[str, list[Sequence[Phrase]]] = {language: [] for language in languages}
    known = Synonyms.objects.filter(language__in=languages).order_by("pk").values_list("language", "words")
    for language, words in known:
        group = _group(tuple(words))
        if any(wanted <= beginnings for _phrase, wanted in group):
            groups[language].append([phrase for phrase, _wanted in group])
    return {language: SynonymGroups(found) for language, found in groups.items()}


@lru_cache(maxsize=5_000)
def _group(words: tuple[str, ...]) -> list[tuple[Phrase, frozenset[str]]]:
    """Each with how its words begin."""
    phrases = [tuple(words_of(phrase)) for phrase in words]
    return [(phrase, frozenset(word.folded[:ALIKE] for word in phrase)) for phrase in phrases if phrase]


def _is_said(phrase: Phrase, terms: Sequence[Term], stems: Stems) -> bool:
    if len(terms) != len(phrase):
        return False
    return all(
        term.word is not None
        and not (term.is_negative or term.is_quoted)
        and word.folded[:ALIKE] == term.word.folded[:ALIKE]
        and not {*stems.forms(term.word)}.isdisjoint(stems.forms(word))
        for word, term in zip(phrase, terms, strict=True)
    )
