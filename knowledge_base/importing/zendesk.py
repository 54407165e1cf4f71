"""Zendesk's Help Center as JSON: what its API answers, in one file, or a ZIP of many with the pictures beside them.

A file may be one answer ({"articles": […], "sections": […]}), a page of one, a bare list, or lines of objects.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final
from urllib.parse import unquote

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from helpdesk.lib.html.text import html_to_text
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

Thing = dict[str, Any]
SINGULAR: Final = {"categories": "category", "sections": "section", "articles": "article"}
KINDS: Final = (*SINGULAR, "translations", "user_segments", "article_attachments")
_ARTICLE = re.compile(r"/hc/(?:[\w-]+/)?articles/(\d+)")
_ATTACHMENT = re.compile(r"article_attachments/(\d+)(?:/([^?#]+))?")
SUMMARY_LENGTH: Final = 200


def read_zendesk(files: Files, *, language: str) -> Library:
    """`language` is that of things that don't say. Raises `Unreadable`."""
    reading = _Reading(files, language)
    if not reading.things["articles"]:
        raise Unreadable(
            _("There are no articles in it: it should be what /api/v2/help_center/…/articles.json answers.")
        )
    return reading.shelved()


class _Reading:
    def __init__(self, files: Files, language: str) -> None:
        self._files, self._language = files, language
        self.things: dict[str, dict[str, Thing]] = {kind: {} for kind in KINDS}
        for name in files.names:
            if name.lower().endswith((".json", ".jsonl", ".ndjson")) or len(files.names) == 1:
                self._collect(name)
        self.library = Library("zendesk", self._file)
        self._translations: dict[tuple[str, str], list[Thing]] = {}
        for each in self.things["translations"].values():
            owner = (str(each.get("source_type", "Article")).lower(), str(each.get("source_id")))
            self._translations.setdefault(owner, []).append(each)
        self._pictures = {name.rsplit("/", 1)[-1].lower(): name for name in files.names}

    def _collect(self, name: str) -> None:
        for thing in _objects(text_of(self._files.read(name), name), name):
            for kind in KINDS:
                for each in _list(thing.get(kind)):
                    self._keep(kind, each)
            if "articles" not in thing and (kind := _kind_of(thing, name)):
                self._keep(kind, thing)

    def _keep(self, kind: str, thing: Thing) -> None:
        number = str(thing.get("id", ""))
        if kind == "translations":  # told by what they translate: within an article they may come without a number
            number = f"{thing.get('source_type')}:{thing.get('source_id')}:{thing.get('locale')}"
        if number.isdigit() or kind == "translations":
            self.things[kind][number] = thing
        for each in _list(thing.get("translations")):
            self._keep(
                "translations", {"source_type": kind.rstrip("s").replace("ie", "y"), "source_id": number, **each}
            )
        for each in _list(thing.get("attachments")):
            self._keep("article_attachments", each)

    def shelved(self) -> Library:
        for place, (number, article) in enumerate(self.things["articles"].items()):
            self._shelve(number, article, place)
        return self.library

    def _shelve(self, number: str, article: Thing, place: int) -> None:
        language = _locale(article.get("source_locale") or article.get("locale")) or self._language
        shown = {language: self._translation(article)}
        for each in self._of(number):
            if each.get("hidden") is not True:
                shown[_locale(each.get("locale")) or language] = self._translation({**article, **each})
        found = ArticleIn(
            key=number,
            section=self._section(article),
            language=language,
            translations={spoken: words for spoken, words in shown.items() if words.title},
            labels=[_text(label)[:80] for label in _all(article.get("label_names"))],
            position=_position(article, place),
            is_promoted=article.get("promoted") is True,
            has_comments=article.get("comments_disabled") is not True,
        )
        if not found.translations:
            self.library.note(number, _("An article without a title is left out."))
            return
        if language not in found.translations:
            found.language = next(iter(found.translations))
        for spoken, each in [(language, article)] + [(_locale(each.get("locale")), each) for each in self._of(number)]:
            path = parts_of(_text(each.get("html_url"))).path
            if path.startswith("/hc/"):
                found.addresses += [(unquote(path)[:500], spoken or language)]
        self.library.articles[number] = found

    def _of(self, number: str) -> list[Thing]:
        return self._translations.get(("article", number), [])

    def _translation(self, said: Thing) -> TranslationIn:
        html = _text(said.get("body"))
        return TranslationIn(
            title=" ".join(_text(said.get("title") or said.get("name")).split())[:255],
            summary=_summary(html),
            words=html,
            is_published=said.get("draft") is not True,
            leads_to=self._leads,
            published_at=_moment(said.get("created_at")),
            edited_at=_moment(said.get("edited_at") or said.get("updated_at")),
        )

    def _section(self, article: Thing) -> str:
        """The section that the article goes to. One that fewer may read goes beside it, closed: a section of ours has
        one audience."""
        number, audience = str(article.get("section_id") or ""), self._audience(article)
        section = self.things["sections"].get(number, {})
        key = number or "none"
        if audience != "public":
            key = f"{key}:{audience}"
        if key not in self.library.sections:
            texts = self._texts("section", section, self._path_of(section) or _("Imported"))
            self.library.sections[key] = SectionIn(
                key, self._category(section), texts, _position(section, len(self.library.sections)), audience
            )
        return key

    def _category(self, section: Thing) -> str:
        number = str(section.get("category_id") or "")
        key = number or "none"
        if key not in self.library.categories:
            category = self.things["categories"].get(number, {})
            texts = self._texts("category", category, _text(category.get("name")) or _("Imported"))
            self.library.categories[key] = CategoryIn(key, texts, _position(category, len(self.library.categories)))
        return key

    def _path_of(self, section: Thing) -> str:
        """Sections within sections become one, named by its way: "Printers / Ink"."""
        names: list[str] = []
        while section and len(names) < 8:
            names.insert(0, _text(section.get("name")))
            section = self.things["sections"].get(str(section.get("parent_section_id") or ""), {})
        return " / ".join(name for name in names if name)

    def _texts(self, kind: str, said: Thing, name: str) -> Texts:
        language = _locale(said.get("source_locale") or said.get("locale")) or self._language
        texts = {language: {"name": name[:120], "description": _text(said.get("description"))[:300]}}
        for each in self._translations.get((kind, str(said.get("id"))), []):
            spoken, title = _locale(each.get("locale")), _text(each.get("title") or each.get("name"))
            if spoken and title and spoken not in texts:
                about = html_to_text(_text(each.get("body"))).strip()
                texts[spoken] = {"name": title[:120], "description": about[:300]}
        return texts

    def _audience(self, article: Thing) -> str:
        """Who reads it. What we can't tell is for ourselves until somebody looks: nothing opens by being imported."""
        named = _all(article.get("user_segment_ids")) or [article.get("user_segment_id")]
        segments = [str(number) for number in named if number]
        if not segments:
            return "public"
        kinds = {str(self.things["user_segments"].get(number, {}).get("user_type")) for number in segments}
        is_built_in = all(self.things["user_segments"].get(number, {}).get("built_in") is True for number in segments)
        return "signed_in" if kinds == {"signed_in_users"} and is_built_in else "staff"

    def _leads(self, address: str) -> Leads:
        parts = parts_of(address)
        if picture := _ATTACHMENT.search(parts.path):
            return Leads(file=self._attached(picture[1], unquote(picture[2] or "")))
        found = _ARTICLE.search(parts.path)
        if found and found[1] in self.library.articles and self._is_theirs(parts.netloc):
            return Leads(article=found[1], part=parts.fragment)
        return Leads()

    def _is_theirs(self, host: str) -> bool:
        """A link within the help centre: without a host, or with that of one of its own addresses."""
        return not host or host in self._hosts

    @cached_property
    def _hosts(self) -> set[str]:
        return {parts_of(str(each.get("html_url") or "")).netloc for each in self.things["articles"].values()}

    def _attached(self, number: str, filename: str) -> str:
        """The name of a picture's file in the ZIP: in a folder of its number, or by its name alone."""
        filename = filename or str(self.things["article_attachments"].get(number, {}).get("file_name") or "")
        beside = next((name for name in self._files.names if f"article_attachments/{number}/" in f"/{name}"), "")
        return beside or self._pictures.get(filename.lower(), "") or f"article_attachments/{number}/{filename}"

    def _file(self, name: str) -> bytes | None:
        return self._files.read(name) if name in self._files.names else None


def _objects(text: str, name: str) -> Iterator[Thing]:
    """What a file holds: one object, a list of them, or one a line."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        try:
            found = [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError) as error:
            raise Unreadable(_("“%(name)s” is no JSON.") % {"name": name}) from error
    yield from _list(found) if isinstance(found, list) else [found] if isinstance(found, dict) else []


def _kind_of(thing: Thing, name: str) -> str:
    """What an object of a bare list is: by what it names."""
    if "source_id" in thing and "source_type" in thing:
        return "translations"
    if "section_id" in thing:
        return "articles"
    if "category_id" in thing:
        return "sections"
    return "categories" if "categor" in name.lower() and "name" in thing else ""


def _all(value: Any) -> list[Any]:
    """What should be a list; one thing alone is one of it."""
    return value if isinstance(value, list) else [value] if value else []


def _list(value: Any) -> list[Thing]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _locale(value: Any) -> str:
    """As we write languages: "en-us" stays so, but "en-US" doesn't."""
    code = str(value or "").lower()[:8]
    return code if re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,4})?", code) else ""


def _text(value: Any) -> str:
    """Without what the database can't keep: zeros, and the halves of signs that JSON may hold."""
    return str(value or "").replace("\0", "").encode("utf-8", "replace").decode()


def _moment(value: Any) -> datetime | None:
    """One without a zone is in UTC."""
    try:
        moment = parse_datetime(str(value or ""))
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def _position(said: Thing, place: int) -> int:
    value = said.get("position")
    return value if isinstance(value, int) and 0 < value < 1_000_000 else place


def _summary(html: str) -> str:
    """The first sentences: Zendesk keeps none."""
    text = " ".join(html_to_text(html[:20_000]).split())
    if len(text) <= SUMMARY_LENGTH:
        return text
    cut = text[:SUMMARY_LENGTH]
    end = max(cut.rfind(". "), cut.rfind("? "), cut.rfind("! "))
    return cut[: end + 1] if end > SUMMARY_LENGTH // 3 else cut.rsplit(" ", 1)[0] + "…"
