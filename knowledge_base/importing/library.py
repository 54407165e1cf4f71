"""What was read from somebody's files, before anything of it is ours. Readers make it, `shelving` writes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import SplitResult, urlsplit

MOST_PROBLEMS: Final = 500  # told one by one; the others are counted
Texts = dict[str, dict[str, str]]  # language → {"name": …, "description": …}


class Unreadable(Exception):
    """The file as a whole can't be taken; says why in words for whoever brought it."""


@dataclass(frozen=True)
class Leads:
    """What an address in an article's words leads to: an article of the same library (and a part of it), or a file."""

    article: str = ""
    part: str = ""
    file: str = ""


def parts_of(address: str) -> SplitResult:
    """All empty for what is no address."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def leads_out(_address: str) -> Leads:
    return Leads()


@dataclass
class CategoryIn:
    key: str
    texts: Texts
    position: int = 0
    icon: str = ""
    tone: str = ""


@dataclass
class SectionIn:
    """`audience` of who may read it: public, signed_in, chosen or staff."""

    key: str
    category: str
    texts: Texts
    position: int = 0
    audience: str = "public"


@dataclass
class TranslationIn:
    """Words as they were written there: HTML, or Markdown. `leads_to` knows what their addresses mean."""

    title: str
    summary: str
    words: str
    is_markdown: bool = False
    is_published: bool = True
    leads_to: Callable[[str], Leads] = leads_out
    published_at: datetime | None = None
    edited_at: datetime | None = None


@dataclass
class ArticleIn:
    key: str
    section: str
    language: str  # it is written in first
    translations: dict[str, TranslationIn]
    labels: list[str] = field(default_factory=list)
    position: int = 0
    is_promoted: bool = False
    has_comments: bool = True
    is_archived: bool = False
    addresses: list[tuple[str, str]] = field(default_factory=list)  # path it had there, language


@dataclass
class Library:
    """All of it, in the order in which it is to be shelved. `file` opens a picture by the name that `Leads` gave."""

    source: str  # the prefix of all keys
    file: Callable[[str], bytes | None]
    categories: dict[str, CategoryIn] = field(default_factory=dict)
    sections: dict[str, SectionIn] = field(default_factory=dict)
    articles: dict[str, ArticleIn] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)

    def note(self, where: str, what: str) -> None:
        self.problems.append((where[:200], what[:300]))

    @property
    def languages(self) -> list[str]:
        found = {language for article in self.articles.values() for language in article.translations}
        return sorted(found)

    def speak_as(self, known: Collection[str]) -> None:
        """Say "en" for "en-us" in a help centre that has "en" and no "en-us", if no other kind of English is here.

        Else its readers, who read in "en", would find nothing of what was brought.
        """
        places: list[CategoryIn | SectionIn] = [*self.categories.values(), *self.sections.values()]
        spoken = {language for place in places for language in place.texts} | set(self.languages)
        kinds = Counter(_root(language) for language in spoken)
        here = {
            language: _root(language)
            for language in spoken - set(known)
            if _root(language) in known and kinds[_root(language)] == 1
        }
        for place in places:
            place.texts = {here.get(language, language): said for language, said in place.texts.items()}
        for article in self.articles.values():
            article.language = here.get(article.language, article.language)
            article.translations = {here.get(each, each): words for each, words in article.translations.items()}
            article.addresses = [(path, here.get(each, each)) for path, each in article.addresses]


def _root(language: str) -> str:
    return language.partition("-")[0]
