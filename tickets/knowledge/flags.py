"""Articles that somebody found wrong while working on a ticket: said to their owner, open until somebody sees to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actors import Actor
from helpdesk.accounts.models import User
from knowledge_base import events
from knowledge_base.errors import Refused
from knowledge_base.models import Article, Translation
from tickets.events import ArticleFlagged
from tickets.knowledge.telling import tell_owner
from tickets.models import ArticleFlag, Ticket
from tickets.services import gesture

LONGEST = 2_000


@transaction.atomic
def flag_article(article: Article, text: str, *, language: str, by: User, ticket: Ticket) -> ArticleFlag:
    """The same said twice is one flag, as long as it is open."""
    text = text.replace("\r\n", "\n").replace("\0", "").strip()
    if not text:
        raise Refused(_("Say what is wrong, so that its owner can mend it."), "text")
    if len(text) > LONGEST:
        raise Refused(_("At most %(limit)s characters.") % {"limit": LONGEST}, "text")
    kept = Article.objects.select_for_update(of=("self",)).select_related("owner", "author").get(pk=article.pk)
    twin = ArticleFlag.objects.filter(article=kept, ticket=ticket, text=text, flagged_by=by, done_at=None).first()
    if twin:
        return twin
    flag = ArticleFlag.objects.create(ticket=ticket, article=kept, language=language, text=text, flagged_by=by)
    title = title_of(kept, language)
    events.record(kept, "flagged", by, language, text=text[:300])
    with gesture(ticket, actor=Actor.agent(by)) as g:
        g.record(ArticleFlagged(kept.pk, title))
    said = {"name": str(by), "title": title, "text": text}
    tell_owner(kept, lambda: _("%(name)s found something wrong in “%(title)s”: %(text)s") % said, by=by, ticket=ticket)
    return flag


@transaction.atomic
def settle_flag(flag: ArticleFlag, *, by: User, now: datetime | None = None) -> ArticleFlag:
    """Seen to: the article is right again, or was right all along. Once."""
    kept = ArticleFlag.objects.select_for_update(of=("self",)).get(pk=flag.pk)
    if kept.done_at is None:
        kept.done_at, kept.done_by = now or timezone.now(), by
        kept.save(update_fields=["done_at", "done_by"])
        events.record(kept.article, "flag.settled", by, kept.language)
    return kept


def open_flags(article: Article | None = None) -> QuerySet[ArticleFlag]:
    """Of one article or of all, the newest first."""
    flags = ArticleFlag.objects.filter(done_at=None, article__archived_at=None)
    flags = flags.select_related("article__section", "article__owner", "flagged_by", "ticket")
    return flags.filter(article=article) if article else flags


def title_of(article: Article, language: str = "") -> str:
    """In `language`, else in the one it was written in first."""
    return titles_of([article], language)[article.pk]


def titles_of(articles: Iterable[Article], language: str = "") -> dict[int, str]:
    """As `title_of` each, in one statement; empty for what has no title yet."""
    articles = list(articles)
    rows = Translation.objects.filter(article__in=articles).order_by("-pk")
    titles: dict[int, dict[str, str]] = {each.pk: {} for each in articles}
    for number, spoken, title in rows.values_list("article", "language", "title"):
        titles[number][spoken] = title
    return {
        each.pk: known.get(language) or known.get(each.language) or next(iter(known.values()), "")
        for each in articles
        for known in [titles[each.pk]]
    }
