"""A library becomes categories, sections and articles of ours, step by step.

First all articles get their place and number, then their words: by then each link between them leads somewhere. A step
done twice changes nothing the second time (`Origin` remembers what something was there).
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath

from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from knowledge_base import publishing, writing
from knowledge_base.errors import Refused
from knowledge_base.events import record
from knowledge_base.importing.library import ArticleIn, Leads, Library, TranslationIn
from knowledge_base.importing.words import body_of
from knowledge_base.models import (
    Article,
    AudienceKind,
    Category,
    HelpCentre,
    OldAddress,
    Origin,
    Section,
    State,
    Translation,
)
from knowledge_base.pictures import take_picture


@dataclass
class Shelving:
    """`counts` says what was done: "articles.created", "translations.changed", …"""

    library: Library
    centre: HelpCentre
    by: User | None
    does_publish: bool = True
    does_update: bool = True
    now: datetime = field(default_factory=timezone.now)
    counts: Counter[str] = field(default_factory=Counter)
    _pictures: dict[str, int | None] = field(default_factory=dict)

    def steps(self) -> list[tuple[str, str]]:
        """All of them in order; each can be taken alone, by whoever comes after a worker that is gone."""
        articles = list(self.library.articles)
        return [("place", key) for key in articles] + [("words", key) for key in articles]

    def take(self, step: tuple[str, str]) -> None:
        kind, key = step
        article = self.library.articles[key]
        if kind == "place":
            self._place(article)
        else:
            self._write(article)

    def take_all(self) -> None:
        for step in self.steps():
            self.take(step)

    def check(self) -> None:
        """What would be done, counted; what can't be, told. Nothing is written."""
        for article in self.library.articles.values():
            is_known = self._known("article", article.key) is not None
            verb = ("changed" if self.does_update else "left") if is_known else "created"
            self.counts[f"articles.{verb}"] += 1
            for language, words in article.translations.items():
                self.counts["translations"] += 1
                _body, lost = body_of(words, self._name_to_be)
                for address in lost:
                    self.library.note(words.title or article.key, _("Picture not found: %(name)s") % {"name": address})
                if not words.words.strip():
                    self.library.note(
                        words.title, _("There are no words in it (%(language)s).") % {"language": language}
                    )
        self.counts["categories"] = len(self.library.categories)
        self.counts["sections"] = len(self.library.sections)
        self.counts["pictures"] = sum(found is not None for found in self._pictures.values())

    # Places

    def _place(self, article: ArticleIn) -> None:
        """The article's row, in its section, as a draft with nothing but a title."""
        if self._known("article", article.key) is not None:
            return
        section = self._section(article.section)
        first = article.translations[article.language]
        translation = writing.create_article(section, article.language, by=self.by, title=first.title)
        made = translation.article
        made.labels, made.position = article.labels, article.position
        made.is_promoted, made.has_comments = article.is_promoted, article.has_comments
        made.save()
        Origin.objects.create(centre=self.centre, key=self._key("article", article.key), article=made)
        for path, language in article.addresses:
            self._remember(path, made, language)
        record(made, "imported", self.by, source=self.library.source, key=article.key[:200])
        self.counts["articles.created"] += 1

    def _section(self, key: str) -> Section:
        """Who may read it is what the file says when it is made, and what we say from then on."""
        told = self.library.sections[key]
        origin = self._known("section", key)
        if origin is not None and origin.section is not None:
            return origin.section
        section = Section.objects.create(
            category=self._category(told.category), texts=told.texts, audience=told.audience, position=told.position
        )
        Origin.objects.create(centre=self.centre, key=self._key("section", key), section=section)
        self.counts["sections.created"] += 1
        return section

    def _category(self, key: str) -> Category:
        told = self.library.categories[key]
        origin = self._known("category", key)
        if origin is not None and origin.category is not None:
            return origin.category
        category = Category(centre=self.centre, texts=told.texts, position=told.position)
        category.icon = told.icon[:40] or category.icon
        category.tone = told.tone[:8] or category.tone
        category.save()
        Origin.objects.create(centre=self.centre, key=self._key("category", key), category=category)
        self.counts["categories.created"] += 1
        return category

    def _remember(self, path: str, article: Article, language: str) -> None:
        """Where it was before, with and without the words that stand behind its number."""
        for each in dict.fromkeys((path, _without_words(path))):
            OldAddress.objects.get_or_create(path=each, defaults={"article": article, "language": language})

    # Words

    def _write(self, told: ArticleIn) -> None:
        origin = self._known("article", told.key)
        if origin is None or origin.article is None:  # deleted here meanwhile
            return
        article = origin.article
        is_new = not article.translations.exclude(version__lte=1, body="").exists()
        if not is_new and not self.does_update:
            self.counts["articles.left"] += 1
            return
        does_publish = self.does_publish and not self._would_open(article, told)
        for language, words in self._source_first(told):
            self._write_translation(article, language, words, does_publish=does_publish)
        if told.is_archived:
            publishing.archive(article, by=self.by)

    def _would_open(self, article: Article, told: ArticleIn) -> bool:
        """It was closed there since it was brought, and lies here where more may read: its new words stay a draft.

        Who reads the section that it came to is ours to say, and counts.
        """
        origin = self._known("section", told.section)
        if origin is not None and origin.section_id == article.section_id:
            return False
        there, here = self.library.sections[told.section].audience, article.section.audience
        return AudienceKind(there).width < AudienceKind(here).width

    def _source_first(self, told: ArticleIn) -> Iterator[tuple[str, TranslationIn]]:
        """So that translations know what they were translated from."""
        yield told.language, told.translations[told.language]
        yield from ((each, words) for each, words in told.translations.items() if each != told.language)

    def _write_translation(self, article: Article, language: str, words: TranslationIn, *, does_publish: bool) -> None:
        translation = writing.begin_translation(article, language, by=self.by)
        body, lost = body_of(words, self._name)
        for address in lost:
            self.library.note(words.title, _("Picture not found: %(name)s") % {"name": address})
        if translation.body and translation.body != body:  # what was written here is kept as a version
            writing.add_revision(translation, by=translation.worked_on_by)
        before = translation.version
        kept = writing.save_draft(
            translation, version=before, title=words.title, summary=words.summary, body=body, by=self.by
        )
        self.counts["translations.changed" if kept.version != before else "translations.unchanged"] += 1
        is_news = kept.version != before or kept.published_at is None  # what we took from readers stays so
        if is_news and does_publish and words.is_published and kept.state in (State.DRAFT, State.IN_REVIEW):
            self._publish(kept, words)

    def _publish(self, translation: Translation, words: TranslationIn) -> None:
        published = publishing.publish(translation, by=self.by, now=min(words.edited_at or self.now, self.now))
        if words.published_at and published.published_at and words.published_at < published.published_at:
            Translation.objects.filter(pk=published.pk).update(published_at=words.published_at)

    # Names

    def _name(self, leads: Leads) -> str:
        """What a link or a picture is called in words of ours; "" where there is no such thing."""
        if leads.article:
            origin = self._known("article", leads.article)
            part = f"#{leads.part}" if leads.part else ""
            return f"article:{origin.article_id}{part}" if origin and origin.article_id else ""
        if leads.file:
            number = self._picture(leads.file)
            return f"picture:{number}" if number else ""
        return ""

    def _name_to_be(self, leads: Leads) -> str:
        """As `_name`, before anything has a number."""
        if leads.article:
            return "article:1"
        if leads.file and leads.file not in self._pictures:
            self._pictures[leads.file] = 1 if self.library.file(leads.file) else None
        return "picture:1" if leads.file and self._pictures[leads.file] else ""

    def _picture(self, name: str) -> int | None:
        if name not in self._pictures:
            self._pictures[name] = self._taken(name)
        return self._pictures[name]

    def _taken(self, name: str) -> int | None:
        content = self.library.file(name)
        if content is None:
            return None
        filename = PurePosixPath(name).name
        try:
            return take_picture(io.BytesIO(content), filename, by=self.by).pk
        except Refused as refused:
            self.library.note(filename, refused.message)
            return None

    def _key(self, kind: str, key: str) -> str:
        return f"{self.library.source}:{kind}:{key}"[:500]

    def _known(self, kind: str, key: str) -> Origin | None:
        return Origin.objects.select_related(kind).filter(centre=self.centre, key=self._key(kind, key)).first()


def _without_words(path: str) -> str:
    """`/hc/en-us/articles/42-Ink` without `-Ink`: the words in it changed with each new title."""
    head, slash, last = path.rpartition("/")
    number = last.split("-", 1)[0]
    return f"{head}{slash}{number}" if number.isdigit() else path
