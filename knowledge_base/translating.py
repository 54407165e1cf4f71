"""Translations: what is missing, what is behind its source, and that one says again what its source says.

A translation is behind when readers see a revision of the source that is not the one it was made from.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from knowledge_base.errors import Refused
from knowledge_base.events import record
from knowledge_base.models import Article, HelpCentre, Translation
from knowledge_base.publishing import source_of
from knowledge_base.writing import locked


@dataclass(frozen=True)
class Tongue:
    """One language of an article's help centre, and how far the article is in it."""

    language: str
    translation: Translation | None
    is_source: bool
    is_behind: bool

    @property
    def state(self) -> str:
        """ "missing" where nobody has begun."""
        return self.translation.state if self.translation else "missing"

    @property
    def is_seen(self) -> bool:
        return self.translation is not None and self.translation.published_id is not None


def tongues_of(article: Article) -> list[Tongue]:
    """The source first, then as the help centre has them; a language it gave up stays as long as there are words."""
    known = {each.language: each for each in article.translations.select_related("published", "source")}
    wanted = [article.language, *article.section.category.centre.languages, *known]
    source = known.get(article.language)
    return [
        Tongue(language, known.get(language), language == article.language, is_behind(known.get(language), source))
        for language in dict.fromkeys(wanted)
    ]


def is_behind(translation: Translation | None, source: Translation | None) -> bool:
    """Whether readers of the source see words that the translation was not made from."""
    if translation is None or source is None or translation.pk == source.pk or source.published_id is None:
        return False
    return translation.source_id is not None and translation.source_id != source.published_id


@transaction.atomic
def follow_source(translation: Translation, *, by: User, seen: int) -> Translation:
    """Somebody compared it: it says what revision `seen` of the source says, with or without changes."""
    kept = locked(translation)
    source = source_of(kept)
    if source is None:
        raise Refused(_("Its source is not published."))
    if source.pk != seen:
        raise Refused(_("The source has changed again since. Compare once more."))
    if kept.source_id == source.pk:
        return kept
    kept.source = source
    kept.save(update_fields=["source"])
    record(kept.article, "source.followed", by, kept.language, revision=source.number)
    return kept


def behind() -> QuerySet[Translation]:
    """All that say what their source said before."""
    sources = Translation.objects.filter(article=OuterRef("article"), language=OuterRef("article__language"))
    newer = sources.exclude(published=None).exclude(published=OuterRef("source"))
    return Translation.objects.exclude(source=None).exclude(language=F("article__language")).filter(Exists(newer))


def missing(centre: HelpCentre, language: str) -> QuerySet[Article]:
    """Articles that readers see in their first language and not in this one; what is read most should come first."""
    there = Translation.objects.filter(article=OuterRef("pk"), language=language).exclude(published=None)
    source = Translation.objects.filter(article=OuterRef("pk"), language=OuterRef("language")).exclude(published=None)
    return (
        Article.objects.filter(section__category__centre=centre, archived_at=None)
        .exclude(language=language)
        .filter(Exists(source), ~Exists(there))
    )
