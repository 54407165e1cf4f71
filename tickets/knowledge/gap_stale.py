"""Articles that nobody has looked at for long, while tickets about them become more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max, Q
from django.utils import timezone

from helpdesk.accounts.models import User
from knowledge_base.models import Article, Search, View
from tickets.models import ArticleUse, Ticket

OLD: Final = timedelta(days=180)
LEAST: Final = 3  # tickets: fewer are chance
RISES_BY: Final = 1.5
Between = tuple[datetime, datetime]


@dataclass
class Rising:
    """Tickets about an article: of the time looked at, and of as long a time before."""

    article: int
    now: set[int] = field(default_factory=set)
    before: set[int] = field(default_factory=set)

    @property
    def is_one(self) -> bool:
        return len(self.now) >= LEAST and len(self.now) >= RISES_BY * len(self.before)


def rising_articles(user: User, now: Between, before: Between, *, article: str = "") -> list[Rising]:
    """A ticket is about an article that its customer read or clicked ahead of it, or was given in it.

    Told by the tickets that `user` may see: how many others there are is nobody else's business.
    """
    told: defaultdict[int, Rising] = defaultdict(lambda: Rising(0))
    for since, until, is_now in ((*now, True), (*before, False)):
        for number, ticket in _related(user, since, until):
            known = told[number]
            known.article = number
            (known.now if is_now else known.before).add(ticket)
    old = _old(until=now[1], article=article)
    rising = [each for each in told.values() if each.is_one and each.article in old]
    return sorted(rising, key=lambda each: -len(each.now))


def _related(user: User, since: datetime, until: datetime) -> Iterator[tuple[int, int]]:
    at, hidden = {"at__gt": since, "at__lte": until}, Ticket.objects.hidden_from(user).values("pk")
    read = View.objects.filter(**at).exclude(ticket=None).exclude(ticket__in=hidden)
    yield from read.values_list("article", "ticket").distinct()  # type: ignore[misc]
    clicked = Search.objects.filter(**at).exclude(ticket=None).exclude(clicked=None).exclude(ticket__in=hidden)
    yield from clicked.values_list("clicked", "ticket").distinct()  # type: ignore[misc]
    given = ArticleUse.objects.filter(**at).exclude(ticket__in=hidden)
    yield from given.values_list("article", "ticket").distinct()


def _old(*, until: datetime, article: str) -> set[int]:
    """Not changed for half a year, or past the day on which somebody wanted to look at it again."""
    articles = Article.objects.filter(archived_at=None)
    if article:
        articles = articles.filter(pk=int(article))
    changed = articles.annotate(changed=Max("translations__edited_at", filter=~Q(translations__published=None)))
    overdue = Q(review_by__lt=timezone.localdate(until))
    return set(changed.filter(Q(changed__lt=until - OLD) | overdue & ~Q(changed=None)).values_list("pk", flat=True))
