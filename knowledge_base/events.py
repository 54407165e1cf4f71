"""What happens to articles: the kinds, in the past tense, and the one function that writes them down.

Their sentences, for the history beside the editor, are in history.py.
"""

from __future__ import annotations

from typing import Any, Final

from helpdesk.accounts.models import User
from knowledge_base.models import Article, ArticleEvent

KINDS: Final = frozenset(
    "created edited submitted withdrawn approved rejected scheduled unscheduled published unpublished archived "
    "restored moved owner.changed review.set reviewed translated source.followed promoted comments.allowed "
    "labels.changed audience.changed successor.set revision.restored imported flagged flag.settled reminded".split()
)


def record(article: Article, kind: str, by: User | None, language: str = "", **payload: Any) -> ArticleEvent:
    """`by` is None for what the system does by itself."""
    if kind not in KINDS:
        raise ValueError(kind)
    return ArticleEvent.objects.create(
        article=article,
        language=language,
        kind=kind,
        payload=payload,
        by=by,
        by_name=str(by) if by else "Onethread",
    )
