"""What readers searched for, once for each search that they waited for, and what they opened of it.

Who types "refund" and looks at the answer has searched once, however many answers came on the way; who reloads the page
or turns it has not searched again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db.models import Count, Max
from django.utils import timezone

from knowledge_base.models import Article, HelpCentre, Search, SearchedFrom
from knowledge_base.search.parsing import LONGEST, as_counted, one_line

AGAIN: Final = timedelta(minutes=30)  # the same words of the same visitor are the same search
TYPED_ON: Final = timedelta(minutes=1)  # "refu" and then "refund" are one search
MOST: Final = 200  # searches of one visitor in an hour; more are a program's
KEPT: Final = timedelta(days=400)  # a year to compare with, and a month


class NotFound(NamedTuple):
    """The same words, however they were written: how often, and when last."""

    words: str
    times: int
    last: datetime


def note_search(
    words: str,
    *,
    centre: HelpCentre,
    language: str,
    results: int,
    visitor: str,
    customer_id: int | None = None,
    searched_from: str = SearchedFrom.CENTRE,
    now: datetime | None = None,
) -> Search | None:
    """The row of this search; None for what has no words, or comes from a program."""
    now, words = now or timezone.now(), one_line(words)[:LONGEST]
    if not (folded := as_counted(words)):
        return None
    asked = {"centre": centre, "language": language, "searched_from": searched_from}
    earlier = Search.objects.filter(visitor=visitor, at__gt=now - timedelta(hours=1), **asked).order_by("-at", "-pk")
    lately = list(earlier[:MOST]) if visitor else []
    if row := _continued(lately, folded, now):
        row.words, row.folded, row.results = words, folded, results
        row.save(update_fields=["words", "folded", "results"])
        return row
    if len(lately) >= MOST:
        return None
    return Search.objects.create(
        words=words, folded=folded, results=results, visitor=visitor, customer_id=customer_id, at=now, **asked
    )


def note_click(search: int, article: int, *, visitor: str) -> bool:
    """What was opened of a search; of several the last one. Only the same visitor's own search."""
    if not visitor or not Article.objects.filter(pk=article).exists():
        return False
    return bool(Search.objects.filter(pk=search, visitor=visitor).update(clicked=article))


def not_found(language: str, *, now: datetime, days: int = 30, most: int = 12) -> list[NotFound]:
    """What readers searched for most in vain."""
    rows = Search.objects.filter(language=language, results=0, at__gt=now - timedelta(days=days))
    counted = rows.exclude(searched_from=SearchedFrom.AGENT).values("folded")
    counted = counted.annotate(times=Count("pk"), last=Max("at"), words=Max("words")).order_by("-times", "-last")
    return [NotFound(row["words"], row["times"], row["last"]) for row in counted[:most]]


def forget_old(*, now: datetime, limit: int = 5_000) -> int:
    """Searches older than they are kept; how many."""
    old = Search.objects.filter(at__lt=now - KEPT).order_by("at").values("pk")[:limit]
    return Search.objects.filter(pk__in=old).delete()[0]


def _continued(lately: list[Search], folded: str, now: datetime) -> Search | None:
    """The row that these words belong to: the same ones, or the newest where they were typed on or taken back."""
    same = (row for row in lately if row.folded == folded and row.at > now - AGAIN)
    if row := next(same, None):
        return row
    newest = lately[0] if lately else None
    if newest is None or newest.clicked_id or newest.at < now - TYPED_ON:
        return None
    return newest if folded.startswith(newest.folded) or newest.folded.startswith(folded) else None
