"""A folder of Markdown files as a library: folders are categories and sections, files articles.

    weather-station/_index.en.md            names the category (title, description, icon)
    weather-station/rain/_index.en.md       the section (title, description, audience)
    weather-station/rain/shows-zero.en.md   an article, and the same in German:
    weather-station/rain/shows-zero.de.md

This is also what our own export writes. Folders of other programs come near enough: a language may be a top folder
(`de/…`) or stand in the front matter, and what is missing is made of names.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from functools import partial
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import unquote

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _

from knowledge_base.importing import front_matter
from knowledge_base.importing.archive import Files, text_of
from knowledge_base.importing.library import (
    ArticleIn,
    CategoryIn,
    Leads,
    Library,
    SectionIn,
    Texts,
    TranslationIn,
    Unreadable,
    parts_of,
)
from knowledge_base.models import AudienceKind

SUFFIXES: Final = (".md", ".markdown")
INDEX: Final = "_index"
_FIRST_HEADING = re.compile(r"\A\s*# +(.+?)\s*#*\s*(?:\n|\Z)")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z]{2,4})?", re.IGNORECASE)


def read_folder(files: Files, *, language: str) -> Library:
    """`language` is that of files which don't say. Raises `Unreadable` where there is nothing to read."""
    names = [name for name in files.names if name.lower().endswith(SUFFIXES)]
    if not names:
        raise Unreadable(_("There is no Markdown file in it (.md)."))
    return _Reading(files, names, language).library


def language_in(name: str) -> str:
    """The language that a name stands for, or ""."""
    code = name.lower().replace("_", "-")
    return code if _LANGUAGE.fullmatch(code) and (code in LANG_INFO or code.partition("-")[0] in LANG_INFO) else ""


class _Reading:
    def __init__(self, files: Files, names: list[str], language: str) -> None:
        self._files, self._language = files, language
        self._root = _common_folder(names)
        self.library = Library("markdown", self._file)
        self._sources: set[str] = set()  # articles that say which of their languages came first
        self._indexes: dict[str, dict[str, dict[str, Any]]] = {}  # folder → language → what its index says
        pages = [(name, found) for name in names if (found := self._page(name)) is not None]
        for place, (name, (key, spoken, said, words)) in enumerate(pages):
            self._shelve(place, key, spoken, said, words)
            here = posixpath.dirname(name[len(self._root) :])
            self.library.articles[key].translations[spoken].leads_to = partial(self._leads, here)
        self._put_in_order()

    def _page(self, name: str) -> tuple[str, str, dict[str, Any], str] | None:
        """What one file says: None for an index, which is kept aside, and for one that can't be read, which is told."""
        key, spoken = self._place_of(name)
        try:
            said, words = front_matter.split(text_of(self._files.read(name), name))
        except front_matter.BadFrontMatter as error:
            self.library.note(name, _("The lines between --- can’t be read (line %(line)s).") % {"line": error})
            return None
        except Unreadable as error:
            self.library.note(name, str(error))
            return None
        spoken = language_in(front_matter.words(said, "language", "lang", "locale")) or spoken or self._language
        if posixpath.basename(key) == INDEX:
            self._indexes.setdefault(posixpath.dirname(key), {})[spoken] = said
            return None
        return key, spoken, said, words

    def _place_of(self, name: str) -> tuple[str, str]:
        """The path without language and ending, and the language, where the path tells it."""
        path = PurePosixPath(name[len(self._root) :]).with_suffix("")
        parts, spoken = list(path.parts), ""
        if len(parts) > 1 and (spoken := language_in(parts[0])):
            parts = parts[1:]
        stem, dot, tail = parts[-1].rpartition(".")
        if dot and language_in(tail):
            parts[-1], spoken = stem, language_in(tail)
        return "/".join(parts), spoken

    def _shelve(self, place: int, key: str, spoken: str, said: dict[str, Any], words: str) -> None:
        heading = _FIRST_HEADING.match(words)
        title = front_matter.words(said, "title") or (heading[1] if heading else "")
        if heading and heading[1] == title:
            words = words[heading.end() :]
        known = self.library.articles.get(key)
        if known is None:
            section = self._section(posixpath.dirname(key))
            known = self.library.articles[key] = ArticleIn(key, section, spoken, {}, position=place)
        if front_matter.flag(said, "source") or (spoken == self._language and known.key not in self._sources):
            known.language = spoken
        if front_matter.flag(said, "source"):
            self._sources.add(key)
        _describe(known, spoken, said)
        known.translations[spoken] = TranslationIn(
            title=title[:255] or _humanised(posixpath.basename(key)),
            summary=front_matter.words(said, "summary", "description", "excerpt")[:500],
            words=words.strip("\n"),
            is_markdown=True,
            is_published=_is_published(said),
            published_at=front_matter.moment(said, "published_at", "date"),
            edited_at=front_matter.moment(said, "edited_at", "updated", "lastmod"),
        )

    def _section(self, folder: str) -> str:
        """The section of articles in a folder, made with its category when it is the first; its key."""
        parts = folder.split("/") if folder else []
        top = parts[0] if parts else ""
        category = self.library.categories.get(top)
        if category is None:
            texts = self._texts(top, lambda: _humanised(top) or _("Imported"))
            category = self.library.categories[top] = CategoryIn(top, texts)
            about = self._about(top)
            category.icon, category.tone = front_matter.words(about, "icon"), front_matter.words(about, "tone")
        key = f"{folder or '.'}/"
        if key not in self.library.sections:
            below = " / ".join(_humanised(part) for part in parts[1:])
            texts = self._texts(folder, lambda: below) if below else category.texts
            self.library.sections[key] = SectionIn(key, top, texts, audience=self._audience(folder))
        return key

    def _texts(self, folder: str, name: Callable[[], str]) -> Texts:
        indexes = self._indexes_of(folder)
        texts = {
            spoken: {
                "name": front_matter.words(said, "title", "name")[:120] or name(),
                "description": front_matter.words(said, "description", "summary")[:300],
            }
            for spoken, said in sorted(indexes.items(), key=lambda item: item[0] != self._language)
        }
        return texts or {self._language: {"name": name(), "description": ""}}

    def _indexes_of(self, folder: str) -> dict[str, dict[str, Any]]:
        return self._indexes.get(folder, {})

    def _about(self, folder: str) -> dict[str, Any]:
        """What the index says that is the same in all languages: the first that says it."""
        merged: dict[str, Any] = {}
        indexes = self._indexes_of(folder)
        for spoken in sorted(indexes, key=lambda code: code != self._language):
            merged = {**indexes[spoken], **merged}
        return merged

    def _audience(self, folder: str) -> str:
        """Whoever it names that we don't know is nobody but ourselves: what was closed must not open by an import."""
        while folder:
            if wanted := front_matter.words(self._about(folder), "audience"):
                return wanted if wanted in AudienceKind.values else AudienceKind.STAFF
            folder = posixpath.dirname(folder)
        return AudienceKind.PUBLIC

    def _put_in_order(self) -> None:
        """By the weight that indexes and files give, then by name."""
        library = self.library
        folders: dict[str, CategoryIn | SectionIn] = {**library.categories, **library.sections}
        for place, (key, folder) in enumerate(folders.items()):
            weight = front_matter.number(self._about(key.rstrip("/")), "weight", "position", "nav_order", "order")
            folder.position = place if weight is None else weight

    def _leads(self, folder: str, address: str) -> Leads:
        """An address as it stands in a file of `folder`."""
        parts = parts_of(address)
        if parts.scheme or parts.netloc or not parts.path:
            return Leads()
        path = unquote(parts.path)
        path = path.lstrip("/") if path.startswith("/") else posixpath.join(folder, path)
        path = posixpath.normpath(path)
        if path.startswith(".."):
            return Leads()
        key, _spoken = self._place_of(self._root + re.sub(r"\.(md|markdown|html?)$", ".md", path, flags=re.IGNORECASE))
        if key in self.library.articles:
            return Leads(article=key, part=parts.fragment)
        found = self._root + path
        return Leads(file=found) if found in self._files.names else Leads()

    def _file(self, name: str) -> bytes | None:
        return self._files.read(name) if name in self._files.names else None


def _describe(article: ArticleIn, spoken: str, said: dict[str, Any]) -> None:
    """What is said of the article itself, in whichever of its files it stands."""
    article.labels = article.labels or front_matter.listed(said, "labels", "tags", "keywords")
    article.is_promoted |= front_matter.flag(said, "promoted")
    article.is_archived |= front_matter.flag(said, "archived")
    article.has_comments &= said.get("comments") is not False
    weight = front_matter.number(said, "weight", "position", "nav_order", "order")
    if weight is not None:
        article.position = weight
    article.addresses += [(path[:500], spoken) for path in _aliases(said)]


def _aliases(said: dict[str, Any]) -> list[str]:
    value = said.get("aliases")
    return [path for path in value if isinstance(path, str) and path.startswith("/")] if isinstance(value, list) else []


def _is_published(said: dict[str, Any]) -> bool:
    state = front_matter.words(said, "state")
    is_draft = front_matter.flag(said, "draft") or said.get("published") is False
    return not is_draft and state in ("", "published")


def _common_folder(names: list[str]) -> str:
    """The folder that all lie in, as a ZIP of a folder has it, ending in a slash. A language or a category is none."""
    firsts = {name.split("/", 1)[0] for name in names}
    if len(firsts) != 1 or any("/" not in name for name in names):
        return ""
    (first,) = firsts
    has_index = any(re.match(rf"{re.escape(first)}/{INDEX}\.", name) for name in names)
    is_deep = max(name.count("/") for name in names) > 2
    return f"{first}/" if is_deep and not has_index and not language_in(first) else ""


def _humanised(name: str) -> str:
    words = re.sub(r"^\d+[-_. ]+", "", name).replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]
