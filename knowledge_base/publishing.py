"""Putting words before readers, and taking them away. The one place that changes what readers see."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from knowledge_base.addresses import slug_of
from knowledge_base.errors import Refused
from knowledge_base.events import record
from knowledge_base.models import Article, Revision, State, Translation
from knowledge_base.search.indexing import forget_words, index_words
from knowledge_base.writing import add_revision, locked


@transaction.atomic
def publish(
    translation: Translation,
    *,
    by: User | None,
    now: datetime | None = None,
    note: str = "",
    version: int | None = None,
    follows_source: bool | None = None,
) -> Translation:
    """Readers see the words as they are now. Found by search from the same moment on.

    `version` is what `by` has seen; `ChangedMeanwhile` if the words are others by now. `follows_source`: a translation
    says what its source says today. Nobody said so (None): it is taken to only when it is published first, since who
    mends a comma has not looked at what the source says since.
    """
    now = now or timezone.now()
    kept = locked(translation, version=version)
    ensure_complete(kept)
    if kept.source_id is None or follows_source:
        kept.source = source_of(kept)
    revision = add_revision(kept, by=by, note=note)
    if kept.state == State.PUBLISHED and kept.published_id == revision.pk:
        kept.save(update_fields=["source"])
        return kept
    kept.published, kept.state, kept.publish_at = revision, State.PUBLISHED, None
    kept.published_at, kept.edited_at = kept.published_at or now, now
    kept.slug = slug_of(kept.title)
    kept.save()
    index_words(kept)
    record(kept.article, "published", by, kept.language, revision=revision.number, title=kept.title)
    return kept


@transaction.atomic
def unpublish(translation: Translation, *, by: User | None) -> Translation:
    """Taken from readers in this language only; its words stay as a draft."""
    kept = locked(translation)
    if kept.published_id is None:
        return kept
    kept.published, kept.state, kept.publish_at = None, State.DRAFT, None
    kept.save()
    forget_words(kept)
    record(kept.article, "unpublished", by, kept.language)
    return kept


@transaction.atomic
def archive(article: Article, *, by: User | None, successor: Article | None = None) -> Article:
    """Taken from readers in every language. Whoever has its address is sent to `successor`, else to its section.

    What waited for approval or its hour is a draft again: nothing appears by itself when the article comes back.
    """
    kept = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    successor = Article.objects.get(pk=successor.pk) if successor else None  # as it is now
    if successor and successor.pk == kept.pk:
        raise Refused(_("An article can’t take its own place."), "successor")
    if successor and successor.archived_at:
        raise Refused(_("“%(title)s” is in the archive itself.") % {"title": title_of(successor)}, "successor")
    if kept.archived_at and kept.successor_id == (successor.pk if successor else None):
        return kept
    waiting = kept.translations.filter(state__in=(State.IN_REVIEW, State.SCHEDULED))
    waiting.update(state=State.DRAFT, publish_at=None)
    kept.archived_at, kept.successor = kept.archived_at or timezone.now(), successor
    kept.save()
    record(kept, "archived", by, successor=successor.pk if successor else None)
    return kept


@transaction.atomic
def restore(article: Article, *, by: User | None) -> Article:
    """Back from the archive: readers see again what was published."""
    kept = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    if kept.archived_at is None:
        return kept
    kept.archived_at, kept.successor = None, None
    kept.save()
    record(kept, "restored", by)
    return kept


def title_of(article: Article) -> str:
    """In the language it was written in first."""
    written = article.translations.filter(language=article.language).first()
    return str(written or "")


def ensure_complete(translation: Translation) -> None:
    """What readers, or whoever reads it before them, need of an article."""
    if not translation.title:
        raise Refused(_("An article needs a title."), "title")
    if translation.article.archived_at:
        raise Refused(_("The article is in the archive. Bring it back first."))


def source_of(translation: Translation) -> Revision | None:
    """What a translation is made from: the source as readers see it now. The source itself has none."""
    if translation.language == translation.article.language:
        return None
    source = translation.article.translations.filter(language=translation.article.language).first()
    return source.published if source else None
