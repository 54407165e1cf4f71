"""Beginning and editing articles: the words being worked on, which readers do not see until they are published."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from knowledge_base.body import clean_body
from knowledge_base.errors import ChangedMeanwhile, Refused
from knowledge_base.events import record
from knowledge_base.models import Article, Revision, Section, State, Translation
from knowledge_base.pictures import keep_pictures
from knowledge_base.policies import may_publish

Words = tuple[str, str, str]  # title, summary and body
DRAFT = ("title", "summary", "body", "version", "worked_on_by", "worked_on_at", "state", "publish_at")


@transaction.atomic
def create_article(
    section: Section,
    language: str,
    *,
    by: User | None,
    title: str = "",
    summary: str = "",
    body: str = "",
    from_ticket: int | None = None,
) -> Translation:
    """A new article, last of its section, as a draft in the language it is written in. `by` owns it."""
    _check_language(section, language)
    title = _storable(title)
    article = Article.objects.create(
        section=section,
        language=language,
        owner=by,
        author=by,
        from_ticket=from_ticket,
        position=section.articles.count(),
    )
    translation = Translation.objects.create(article=article, language=language, worked_on_by=by)
    record(article, "created", by, language, title=title)
    if title or summary or body:
        return save_draft(translation, version=0, title=title, summary=summary, body=body, by=by)
    return translation


@transaction.atomic
def begin_translation(article: Article, language: str, *, by: User | None) -> Translation:
    """The article's draft in another language, empty; the one that is there if somebody has begun it."""
    _check_language(article.section, language)
    source = article.translations.select_related("published").filter(language=article.language).first()
    seen = source.published if source and language != article.language else None
    translation, is_new = Translation.objects.get_or_create(
        article=article, language=language, defaults={"worked_on_by": by, "source": seen}
    )
    if is_new:
        record(article, "translated", by, language)
    return translation


@transaction.atomic
def save_draft(
    translation: Translation, *, version: int, title: str, summary: str, body: str, by: User | None
) -> Translation:
    """Keep what is being written. Raises `ChangedMeanwhile` when `version` is not the one that is kept.

    What was approved or waits for its hour is a draft again as soon as its words change: nothing is published that
    nobody has read. What waits for approval goes on waiting when somebody changes it who may approve it.
    """
    kept, words = locked(translation, version=version), _tidy(title, summary, body)
    if words == (kept.title, kept.summary, kept.body):
        return kept
    kept.title, kept.summary, kept.body = words
    kept.version += 1
    was, writer = kept.state, kept.worked_on_by
    kept.worked_on_by, kept.worked_on_at = by, timezone.now()
    if not (waits := _waits_on(kept, by)):
        kept.publish_at = None
        kept.state = State.DRAFT if differs(kept) else State.PUBLISHED
    is_told = writer == by if waits else was == State.DRAFT and kept.version > 1
    if not is_told:  # an author's hundred savings are told once
        record(kept.article, "edited", by, kept.language, was="" if waits else was)
    kept.save(update_fields=DRAFT)  # no more than these: what readers see is as it was, and no edition is raised
    keep_pictures(kept.article)
    return kept


@transaction.atomic
def put_over(
    translation: Translation, *, version: int, title: str, summary: str, body: str, by: User | None
) -> Translation:
    """Save over what somebody else has saved meanwhile (`version` is theirs, as seen). Theirs is kept as a revision."""
    kept = locked(translation)
    if kept.version == version and (kept.title or kept.body):
        add_revision(kept, by=kept.worked_on_by, note=_("Kept before another text was put in its place"))
    return save_draft(kept, version=version, title=title, summary=summary, body=body, by=by)


@transaction.atomic
def set_aside(
    translation: Translation, *, version: int, title: str, summary: str, body: str, by: User | None
) -> Translation:
    """Keep words as a revision without making them the draft: for whoever gives way to what was saved meanwhile."""
    kept = locked(translation)
    _revise(kept, _tidy(title, summary, body), by=by, note=_("Set aside for what was written at the same time"))
    keep_pictures(kept.article)
    return kept


@transaction.atomic
def restore_revision(translation: Translation, revision: Revision, *, by: User) -> Translation:
    """The words of an earlier version become the draft. What the draft said is kept as a version of its own."""
    kept = locked(translation)
    if (kept.title, kept.summary, kept.body) == (revision.title, revision.summary, revision.body):
        raise Refused(_("The draft says this already."))
    if kept.title or kept.body:
        add_revision(kept, by=kept.worked_on_by, note=_("Kept before an earlier version was brought back"))
    words = {"title": revision.title, "summary": revision.summary, "body": revision.body}
    saved = save_draft(kept, version=kept.version, by=by, **words)
    record(kept.article, "revision.restored", by, kept.language, revision=revision.number)
    return saved


def add_revision(translation: Translation, *, by: User | None, note: str = "") -> Revision:
    """The words as they are now, as a version of their own; the newest one where it says the same."""
    newest = translation.revisions.first()
    words = (translation.title, translation.summary, translation.body)
    if newest and (newest.title, newest.summary, newest.body) == words:
        return newest
    return _revise(translation, words, by=by, note=note)


def differs(translation: Translation) -> bool:
    """Whether the words being worked on are others than readers see."""
    seen = translation.published
    if seen is None:
        return True
    return (seen.title, seen.summary, seen.body) != (translation.title, translation.summary, translation.body)


def _waits_on(kept: Translation, by: User | None) -> bool:
    """Whether it waits for approval after this change, too: of a reader who mends a word before they approve."""
    if kept.state != State.IN_REVIEW or by is None or not differs(kept):
        return False
    return may_publish(by, kept.article.section.category.centre)


def locked(translation: Translation, *, version: int | None = None) -> Translation:
    """The translation, ours until the transaction ends. `ChangedMeanwhile` unless its words are those of `version`."""
    kept = (
        Translation.objects.select_for_update(of=("self",))
        .select_related("article__section__category__centre", "published", "worked_on_by")
        .get(pk=translation.pk)
    )
    if version is not None and version != kept.version:
        raise ChangedMeanwhile(kept.version, kept.worked_on_by)
    return kept


def _revise(translation: Translation, words: Words, *, by: User | None, note: str) -> Revision:
    """A new version, whatever the one before says."""
    newest = translation.revisions.first()
    title, summary, body = words
    return translation.revisions.create(
        number=newest.number + 1 if newest else 1, title=title, summary=summary, body=body, author=by, note=note[:300]
    )


def _tidy(title: str, summary: str, body: str) -> Words:
    return _storable(title).strip()[:255], _storable(summary).strip()[:500], clean_body(body)


def _storable(text: str) -> str:
    """NUL is text, but not PostgreSQL's."""
    return text.replace("\0", "")


def _check_language(section: Section, language: str) -> None:
    if language not in section.category.centre.languages:
        raise Refused(_("This help centre has no such language."), "language")
