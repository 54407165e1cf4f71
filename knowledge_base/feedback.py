"""What readers say of articles: whether one helped, why not, and comments that somebody of us looks at first."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from knowledge_base.errors import Refused
from knowledge_base.models import Article, Comment, CommentState, HelpCentre, Reason, Translation, Vote
from knowledge_base.news import in_charge_of, tell

LONGEST: Final = 2000
LONGEST_COMMENT: Final = 5000
WAITING_OF_ONE: Final = 5  # comments of one customer that nobody has looked at yet


@transaction.atomic
def vote(
    translation: Translation,
    is_helpful: bool,
    *,
    visitor: str,
    customer_id: int | None = None,
    now: datetime | None = None,
) -> Vote:
    """One of a visitor and article: saying otherwise later changes it, and takes the reason back.

    A customer who signed in is the same one in every browser.
    """
    said: dict[str, Any] = {"is_helpful": is_helpful, "language": translation.language, "at": now or timezone.now()}
    of_article = Vote.objects.select_for_update().filter(article=translation.article_id).order_by("pk")
    known = of_article.filter(customer_id=customer_id).first() if customer_id else None
    known = known or of_article.filter(visitor=visitor).first()
    if known and known.is_helpful == is_helpful:
        return known
    if known:
        said |= {"reason": "", "text": "", "seen_at": None, "seen_by": None}
    row, _made = Vote.objects.update_or_create(
        article_id=translation.article_id,
        visitor=known.visitor if known else visitor,
        defaults={**said, "customer_id": customer_id},
    )
    return row


@transaction.atomic
def explain(row: Vote, *, reason: str = "", text: str = "") -> Vote:
    """Why it did not help: its owner hears of it, once for each vote. What says nothing changes nothing."""
    row = (
        Vote.objects.select_for_update(of=("self",)).select_related("article__owner", "article__author").get(pk=row.pk)
    )
    reason = reason if reason in Reason.values else ""
    text = text.replace("\x00", "").strip()[:LONGEST]
    if not (reason or text) or (reason, text) == (row.reason, row.text):
        return row
    is_news = not (row.reason or row.text)
    row.reason, row.text, row.seen_at, row.seen_by = reason, text, None, None
    row.save(update_fields=["reason", "text", "seen_at", "seen_by"])
    if is_news and not row.is_helpful:
        _tell_owner(row.article, row.language, lambda: _said_of(row))
    return row


def _said_of(row: Vote) -> str:
    said = row.text or (str(Reason(row.reason).label) if row.reason else "")
    return _("A reader says that the article did not help: %(said)s") % {"said": said[:200]}


def _tell_owner(article: Article, language: str, said: Any) -> None:
    tell(article, language, [in_charge_of(article)], said, by=None)


def words_of_readers() -> QuerySet[Vote]:
    """Votes that say something, the newest first; whether dealt with or not."""
    said = Vote.objects.exclude(reason="", text="")
    return said.select_related("article__owner", "article__section", "seen_by").order_by("-at", "-pk")


def mark_seen(row: Vote, *, by: User) -> None:
    Vote.objects.filter(pk=row.pk, seen_at=None).update(seen_at=timezone.now(), seen_by=by)


def takes_comments(centre: HelpCentre, article: Article) -> bool:
    return centre.has_comments and article.has_comments


@transaction.atomic
def write_comment(
    translation: Translation, text: str, *, author_name: str, customer_id: int | None = None, author: User | None = None
) -> Comment:
    """Of a signed-in customer: it waits for one of us. Of staff: it is shown. Raises `Refused`."""
    text = text.replace("\x00", "").strip()
    if not text:
        raise Refused(_("Nothing was written."), field="text")
    if len(text) > LONGEST_COMMENT:
        raise Refused(_("A comment has at most %(most)s characters.") % {"most": LONGEST_COMMENT}, field="text")
    if author is None:
        waiting = Comment.objects.filter(customer_id=customer_id, state=CommentState.WAITING)
        if waiting.filter(article=translation.article_id, text=text).exists():
            raise Refused(_("We have this comment already."), field="text")
        if waiting.count() >= WAITING_OF_ONE:
            raise Refused(_("Some of your comments wait for us already. Write again later, please."), field="text")
    row = Comment.objects.create(
        article_id=translation.article_id,
        language=translation.language,
        customer_id=customer_id,
        author=author,
        author_name=author_name[:200],
        text=text,
        state=CommentState.SHOWN if author else CommentState.WAITING,
    )
    if author is None:
        said = text[:200]
        _tell_owner(
            translation.article, translation.language, lambda: _("A reader comments: %(said)s") % {"said": said}
        )
    return row


def decide_comment(row: Comment, state: str, *, by: User) -> None:
    """Show it to readers, or hide it. Whoever may was asked before: `may_moderate`."""
    Comment.objects.filter(pk=row.pk).exclude(state=state).update(state=CommentState(state))


def shown_comments(article: Article, language: str) -> QuerySet[Comment]:
    return Comment.objects.filter(article=article, language=language, state=CommentState.SHOWN).select_related("author")


def comments_of(user: User, may_arrange: bool) -> QuerySet[Comment]:
    """Those that `user` may decide about: leads about all, owners about those of their articles. Waiting ones first."""
    rows = Comment.objects.select_related("article__owner", "author")
    if not may_arrange:
        rows = rows.filter(Q(article__owner=user) | Q(article__author=user))
    return rows.order_by("-at", "-pk")
