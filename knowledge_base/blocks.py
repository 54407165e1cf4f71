"""Reusable words: in many articles at once, changed in one place."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from knowledge_base.body import clean_body, without_blocks
from knowledge_base.errors import ChangedMeanwhile, Refused
from knowledge_base.models import Article, ContentBlock
from knowledge_base.pictures import keep_pictures_of_block, let_go_of_pictures
from knowledge_base.search.indexing import index_block


@transaction.atomic
def create_block(name: str, texts: dict[str, str], *, by: User | None) -> ContentBlock:
    """`texts` is language → HTML. Raises `Refused` without a name or words, or when the name is taken."""
    block = ContentBlock(name=_checked(name), texts=_cleaned(texts), updated_by=by, version=1)
    block.save()
    keep_pictures_of_block(block)
    return block


@transaction.atomic
def save_block(block: ContentBlock, *, version: int, name: str, texts: dict[str, str], by: User | None) -> ContentBlock:
    """Changed for all articles that hold it, at once. Raises `ChangedMeanwhile` as drafts do."""
    kept = ContentBlock.objects.select_for_update(of=("self",)).select_related("updated_by").get(pk=block.pk)
    if kept.version != version:
        raise ChangedMeanwhile(kept.version, kept.updated_by)
    said = (_checked(name, kept.pk), _cleaned(texts))
    if said == (kept.name, kept.texts):
        return kept
    kept.name, kept.texts = said
    kept.version, kept.updated_by = kept.version + 1, by
    kept.save()
    keep_pictures_of_block(kept)
    index_block(kept)
    return kept


@transaction.atomic
def delete_block(block: ContentBlock) -> None:
    """Only one that nothing holds: an article with a hole would be published by nobody's decision."""
    kept = ContentBlock.objects.select_for_update().get(pk=block.pk)
    count = articles_with(kept).count()
    if count:
        raise Refused(_("%(count)s articles hold this block. Take it out of them first.") % {"count": count})
    let_go_of_pictures(kept)
    kept.delete()


def articles_with(block: ContentBlock) -> QuerySet[Article]:
    """Those whose words, as written or as read, hold it."""
    mark = f'data-block="{block.pk}"'
    held = Q(translations__body__contains=mark) | Q(translations__published__body__contains=mark)
    return Article.objects.filter(held).distinct()


def _checked(name: str, own: int = 0) -> str:
    name = " ".join(name.replace("\0", "").split())[:80]
    if not name:
        raise Refused(_("Give the block a name."), "name")
    if ContentBlock.objects.filter(name__iexact=name).exclude(pk=own).exists():
        raise Refused(_("Another block has this name."), "name")
    return name


def _cleaned(texts: dict[str, str]) -> dict[str, str]:
    cleaned = {language: without_blocks(clean_body(text)) for language, text in texts.items()}
    said = {language: text for language, text in cleaned.items() if text}
    if not said:
        raise Refused(_("A block needs words in one language at least."), "texts")
    return said
