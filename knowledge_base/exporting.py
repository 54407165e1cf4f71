"""Everything of a help centre as a folder of Markdown files with its pictures, in the form that imports read.

Written into a ZIP while it is sent: nothing of it is kept here, and its size does not matter.
"""

from __future__ import annotations

import json
import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, Final

import yaml
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.utils import timezone

from knowledge_base.addresses import slug_of
from knowledge_base.markdown import to_markdown
from knowledge_base.models import Article, Category, HelpCentre, Picture, Section, Synonyms, Translation, name_in
from knowledge_base.rendering import expand_blocks

PICTURES: Final = "pictures"
_NAMES = re.compile(
    r'(?<=\]\()(article|picture):(\d+)((?:#[\w-]+)?)(?=\))|\bdata-(picture|article)="(\d+)((?:#[\w-]+)?)"'
)


def export_zip(centre: HelpCentre) -> Iterator[bytes]:
    """The bytes of the ZIP, piece by piece."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        for name, content in _files(centre):
            entry = zipfile.ZipInfo(name, timezone.now().timetuple()[:6])
            is_text = name.endswith((".md", ".json"))
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED if is_text else zipfile.ZIP_STORED)
            yield pipe.taken()
    yield pipe.taken()


class _Pipe:
    """What is written can be taken from it. It can't be wound back, so sizes stand behind what they are of."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def write(self, content: bytes) -> int:
        self._kept += content
        return len(content)

    def flush(self) -> None:
        pass  # what is kept is taken at once

    def taken(self) -> bytes:
        taken = bytes(self._kept)
        self._kept.clear()
        return taken


def _files(centre: HelpCentre) -> Iterator[tuple[str, bytes]]:
    paths = _Paths(centre)
    yield "help-centre.json", json.dumps(_about(centre), ensure_ascii=False, indent=1).encode()
    for category in paths.categories:
        extra = {"icon": category.icon, "tone": category.tone, "weight": category.position}
        yield from _indexes(paths.of_category[category.pk], category, extra)
    for section in paths.sections:
        extra = {"audience": section.audience, "weight": section.position}
        yield from _indexes(paths.of_section[section.pk], section, extra)
    shown: set[int] = set()
    for translation in _translations(centre).iterator(200):
        name = f"{paths.of_article[translation.article_id]}.{translation.language}.md"
        words = _Words(translation, paths, name)
        yield name, words.text.encode()
        shown |= words.pictures
    for picture in Picture.objects.filter(pk__in=shown).order_by("pk").iterator():
        if default_storage.exists(picture.file):  # one that is gone keeps nobody from taking the rest
            with default_storage.open(picture.file) as file:
                yield paths.of_picture(picture), file.read()


def _about(centre: HelpCentre) -> dict[str, Any]:
    synonyms = [{"language": each.language, "words": each.words} for each in Synonyms.objects.all()]
    return {
        "name": centre.name,
        "languages": centre.languages,
        "default_language": centre.default_language,
        "website": centre.website,
        "synonyms": synonyms,
    }


def _indexes(folder: str, of: Category | Section, extra: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    for language, texts in of.texts.items():
        said = {"title": texts.get("name", ""), "description": texts.get("description", ""), **extra}
        yield f"{folder}/_index.{language}.md", _front_matter(said).encode()


def _translations(centre: HelpCentre) -> QuerySet[Translation]:
    """Those with any words, of every audience and state."""
    found = Translation.objects.filter(article__section__category__centre=centre).exclude(title="", published=None)
    return found.select_related("published", "article", "article__owner").order_by("article", "language")


class _Paths:
    """Where everything lies: names made of titles, told apart by number where two are the same."""

    def __init__(self, centre: HelpCentre) -> None:
        self._taken: set[str] = set()
        self._language = centre.default_language
        self.categories = list(centre.categories.all())
        self.sections = list(Section.objects.filter(category__centre=centre).order_by("category", "position", "pk"))
        self.of_category = {each.pk: self._free("", self._name(each), each.pk) for each in self.categories}
        self.of_section = {
            each.pk: self._free(self.of_category[each.category_id], self._name(each), each.pk) for each in self.sections
        }
        titles = dict(_titles(centre))
        articles = Article.objects.filter(section__category__centre=centre).order_by("section", "position", "pk")
        self.of_article = {
            number: self._free(self.of_section[section], titles.get(number, ""), number)
            for number, section in articles.values_list("pk", "section")
        }
        self._languages: dict[int, list[str]] = {}
        for number, language in _translations(centre).values_list("article", "language"):
            self._languages.setdefault(number, []).append(language)
        pictures = Picture.objects.filter(articles__section__category__centre=centre).distinct()
        blocks = Picture.objects.exclude(blocks=None)
        self._pictures = {each.pk: self.of_picture(each) for each in [*pictures, *blocks]}

    def _name(self, of: Category | Section) -> str:
        return name_in(of.texts, self._language)

    def _free(self, folder: str, title: str, number: int) -> str:
        slug = slug_of(title)[:80].strip("-") or str(number)
        path = posixpath.join(folder, slug)
        if path in self._taken:
            path = f"{path}-{number}"
        self._taken.add(path)
        return path

    @staticmethod
    def of_picture(picture: Picture) -> str:
        return f"{PICTURES}/{picture.pk}{PurePosixPath(picture.file).suffix}"

    def leading_to(self, kind: str, number: int, language: str) -> str:
        """The file, in the language or else in another; empty where it is not part of this help centre."""
        if kind == "picture":
            return self._pictures.get(number, "")
        spoken = self._languages.get(number, [])
        return f"{self.of_article[number]}.{language if language in spoken else spoken[0]}.md" if spoken else ""


def _titles(centre: HelpCentre) -> Iterator[tuple[int, str]]:
    """In the language it was written in, where that has a title."""
    rows = Translation.objects.filter(article__section__category__centre=centre).values_list(
        "article", "title", "language", "article__language"
    )
    for row in sorted(rows, key=lambda row: row[2] == row[3]):
        if row[1]:
            yield row[0], row[1]


class _Words:
    """One file: what readers see, or the draft where they see nothing yet."""

    def __init__(self, translation: Translation, paths: _Paths, name: str) -> None:
        self.pictures: set[int] = set()
        self._paths, self._folder, self._language = paths, posixpath.dirname(name), translation.language
        shown = translation.published or translation
        body = to_markdown(expand_blocks(shown.body, translation.language))
        self.text = _front_matter(_said_of(translation, shown.title, shown.summary)) + _NAMES.sub(self._led, body)

    def _led(self, found: re.Match[str]) -> str:
        kind, number, part = (found[1], found[2], found[3]) if found[1] else (found[4], found[5], found[6])
        path = self._paths.leading_to(kind, int(number), self._language)
        if not path:
            return found[0]
        if kind == "picture":
            self.pictures.add(int(number))
        way = posixpath.relpath(path, self._folder) + part
        if found[1]:
            return way
        return f'src="{way}"' if kind == "picture" else f'href="{way}"'


def _said_of(translation: Translation, title: str, summary: str) -> dict[str, Any]:
    article = translation.article
    said: dict[str, Any] = {"title": title, "summary": summary, "weight": article.position}
    if translation.language == article.language:
        said["source"] = True
    if article.labels:
        said["labels"] = article.labels
    if article.is_promoted:
        said["promoted"] = True
    if not article.has_comments:
        said["comments"] = False
    if article.archived_at:
        said["archived"] = True
    if article.owner:
        said["owner"] = str(article.owner)
    if translation.published is None:
        said["state"] = translation.state if translation.state != "published" else "draft"
    for name in ("published_at", "edited_at"):
        if moment := getattr(translation, name):
            said[name] = moment
    return said


def _front_matter(said: dict[str, Any]) -> str:
    lines = yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=1_000)
    return f"---\n{lines}---\n"
