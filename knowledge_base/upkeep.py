"""What an article is beside its words: whose, where, under which labels, and what of it readers may do."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from knowledge_base.errors import Refused
from knowledge_base.events import record
from knowledge_base.models import Article, Section
from knowledge_base.news import tell
from knowledge_base.policies import may_write
from knowledge_base.publishing import title_of
from knowledge_base.search.indexing import index_words

MOST_LABELS, LONGEST = 20, 80


@transaction.atomic
def change_owner(article: Article, owner: User | None, *, by: User) -> Article:
    """Who answers for it: hears of its reviews, its votes and what is said of it."""
    kept = _locked(article)
    if kept.owner_id == (owner.pk if owner else None):
        return kept
    if owner and not may_write(owner):
        raise Refused(_("%(name)s does not write articles.") % {"name": owner}, "owner")
    kept.owner = owner
    kept.save(update_fields=["owner", "updated_at"])
    record(kept, "owner.changed", by, name=str(owner) if owner else "")
    words = {"name": by, "title": title_of(kept)}
    tell(kept, kept.language, [owner], lambda: _("%(name)s made you the owner of “%(title)s”") % words, by=by)
    return kept


@transaction.atomic
def move(article: Article, section: Section, *, by: User) -> Article:
    """To another section, and so before its readers; last in it. Only where all its languages are known."""
    kept = _locked(article)
    if kept.section_id == section.pk:
        return kept
    languages = set(kept.translations.values_list("language", flat=True))
    if languages - set(section.category.centre.languages):
        raise Refused(_("That help centre does not have all languages of this article."), "section")
    was, kept.section, kept.position = kept.section, section, section.articles.count()
    kept.save(update_fields=["section", "position", "updated_at"])
    record(kept, "moved", by, was=str(was), now=str(section), was_audience=was.audience, audience=section.audience)
    return kept


@transaction.atomic
def set_labels(article: Article, labels: Iterable[str], *, by: User) -> Article:
    """Words by which it is found; small letters, each once."""
    kept, tidy = _locked(article), sorted({_label(label) for label in labels} - {""})
    if len(tidy) > MOST_LABELS:
        raise Refused(_("An article has %(most)s labels at most.") % {"most": MOST_LABELS}, "labels")
    if kept.labels == tidy:
        return kept
    added, removed = sorted(set(tidy) - set(kept.labels)), sorted(set(kept.labels) - set(tidy))
    kept.labels = tidy
    kept.save(update_fields=["labels", "updated_at"])
    for translation in kept.translations.exclude(published=None).select_related("published", "article"):
        index_words(translation)
    record(kept, "labels.changed", by, added=added, removed=removed)
    return kept


@transaction.atomic
def set_promoted(article: Article, is_promoted: bool, *, by: User) -> Article:
    """Shown first: on the help centre's home and at the head of its section."""
    kept = _locked(article)
    if kept.is_promoted == is_promoted:
        return kept
    kept.is_promoted = is_promoted
    kept.save(update_fields=["is_promoted", "updated_at"])
    record(kept, "promoted", by, on=is_promoted)
    return kept


@transaction.atomic
def allow_comments(article: Article, allowed: bool, *, by: User) -> Article:
    kept = _locked(article)
    if kept.has_comments == allowed:
        return kept
    kept.has_comments = allowed
    kept.save(update_fields=["has_comments", "updated_at"])
    record(kept, "comments.allowed", by, on=allowed)
    return kept


@transaction.atomic
def place(article: Article, index: int, *, by: User) -> None:
    """The article's place among those of its section that readers can reach, from 0 on."""
    Section.objects.select_for_update(no_key=True).get(pk=article.section_id)
    beside = list(Article.objects.filter(section=article.section_id, archived_at=None).exclude(pk=article.pk))
    beside.insert(max(0, min(index, len(beside))), article)
    changed = [other for position, other in enumerate(beside) if other.position != position]
    for position, other in enumerate(beside):
        other.position = position
    Article.objects.bulk_update(changed, ["position"])


def _locked(article: Article) -> Article:
    return Article.objects.select_for_update(of=("self",), no_key=True).select_related("section").get(pk=article.pk)


def _label(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().lower()[:LONGEST]
