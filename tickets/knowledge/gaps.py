"""The gap report: what is missing in the help centre and what is wrong in it, told by what people did.

Five kinds, each line with the tickets that tell of it. A ticket belongs to a search or a reading when its visitor wrote
to us within 72 hours of it (tickets/knowledge/linking.py). Nothing is stored but what somebody decided of a line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Max, Q, QuerySet

from helpdesk.accounts.models import User
from knowledge_base.models import Article, Search, SearchedFrom, View
from tickets.knowledge.flags import titles_of
from tickets.knowledge.gap_macros import unwritten_macros
from tickets.knowledge.gap_stale import rising_articles
from tickets.models import GapDecision, GapKind, Macro, Ticket

WRITE: Final = (GapKind.NOT_FOUND, GapKind.THEN_WROTE, GapKind.MACRO)  # the others: fix
SEARCHED: Final = (GapKind.NOT_FOUND, GapKind.THEN_WROTE)
SHOWN: Final = 50  # lines of a kind
OF_TICKET: Final = 3  # a ticket counts as much as three people who did not write
PERIODS: Final = (30, 90, 365)  # days


@dataclass(frozen=True)
class Span:
    """What is looked at: (since, until]. `before` is as long, right ahead of it."""

    since: datetime
    until: datetime

    @property
    def before(self) -> Span:
        return Span(self.since - (self.until - self.since), self.since)


@dataclass(frozen=True)
class Gap:
    """A line. `times`: searches, readings or uses; `people`: by different visitors or colleagues."""

    kind: GapKind
    key: str
    title: str
    times: int
    people: int
    tickets: list[int] = field(default_factory=list)  # newest first; only those that its reader may see
    language: str = ""
    article: Article | None = None
    macro: Macro | None = None
    before: int = 0  # tickets of the span before, for what rises

    @property
    def score(self) -> int:
        """Whom an article helped does not make it worse; each use of a macro is a ticket: no news in that."""
        if self.kind == GapKind.MACRO:
            return len(self.tickets)
        return OF_TICKET * len(self.tickets) + (self.people if self.kind in SEARCHED else 0)


@dataclass(frozen=True)
class Report:
    write: list[Gap]
    fix: list[Gap]


def span_of(days: int, now: datetime) -> Span:
    return Span(now - timedelta(days=days), now)


def report(user: User, span: Span) -> Report:
    """What nobody has decided of yet, the heaviest first."""
    decided = set(in_force(span.until).values_list("kind", "key"))
    found = [gap for kind in GapKind for gap in _seen_by(user, gaps_of(kind, user, span))]
    ranked = sorted((gap for gap in found if (gap.kind, gap.key) not in decided), key=lambda gap: -gap.score)
    return Report([gap for gap in ranked if gap.kind in WRITE], [gap for gap in ranked if gap.kind not in WRITE])


def gap_of(user: User, kind: GapKind, key: str, span: Span) -> Gap | None:
    """One line, decided or not; None when there is no such any more."""
    return next(iter(_seen_by(user, gaps_of(kind, user, span, key))), None)


def in_force(now: datetime) -> QuerySet[GapDecision]:
    return GapDecision.objects.filter(Q(until=None) | Q(until__gt=now))


def gaps_of(kind: GapKind, user: User, span: Span, key: str = "") -> list[Gap]:
    """Of one kind, counted for `user`; of one line where `key` names it."""
    return _SOURCES[kind](user, span, key)


def _seen_by(user: User, gaps: Iterable[Gap]) -> list[Gap]:
    """With the tickets that `user` may see. Numbers have left out the others already: they are told of by nothing."""
    gaps = list(gaps)
    numbers = {number for gap in gaps for number in gap.tickets}
    visible = set(Ticket.objects.visible_to(user).filter(pk__in=numbers).values_list("pk", flat=True))
    return [
        replace(gap, tickets=sorted((each for each in gap.tickets if each in visible), reverse=True)) for gap in gaps
    ]


def _not_found(_user: User, span: Span, key: str) -> list[Gap]:
    return _searches(GapKind.NOT_FOUND, Search.objects.filter(results=0), span, key)


def _then_wrote(user: User, span: Span, key: str) -> list[Gap]:
    """Something was found, and was not it. What agents search for while they answer is no question of a reader.

    Whose ticket `user` may not see are left out: the number of the searches would tell of it.
    """
    asked = Search.objects.filter(results__gt=0, ticket__isnull=False).exclude(searched_from=SearchedFrom.AGENT)
    return _searches(GapKind.THEN_WROTE, asked.exclude(ticket__in=_hidden_from(user)), span, key)


def _searches(kind: GapKind, searches: QuerySet[Search], span: Span, key: str) -> list[Gap]:
    """The same words in the same language are one line, whatever their letters' case and accents."""
    if key:
        language, _colon, folded = key.partition(":")
        searches = searches.filter(language=language, folded=folded)
    rows = (
        searches.filter(at__gt=span.since, at__lte=span.until)
        .exclude(folded="")
        .values("language", "folded")
        .annotate(
            said=Max("words"), times=Count("pk"), people=Count("visitor", distinct=True), tickets=_tickets("ticket")
        )
        .order_by("-times", "folded")[:SHOWN]
    )
    return [
        Gap(kind, f"{row['language']}:{row['folded']}", row["said"], row["times"], row["people"], row["tickets"],
            language=row["language"])
        for row in rows
    ]  # fmt: skip


def _read_then_wrote(user: User, span: Span, key: str) -> list[Gap]:
    views = View.objects.filter(at__gt=span.since, at__lte=span.until, article__archived_at=None)
    if key:
        views = views.filter(article=int(key))
    wrote = (
        views.values("article")
        .annotate(
            times=Count("pk"),
            people=Count("visitor", distinct=True),
            tickets=_tickets("ticket"),
            wrote=Count("ticket", distinct=True, filter=~Q(ticket__in=_hidden_from(user))),
        )
        .filter(wrote__gt=0)
        .order_by("-wrote", "article")[:SHOWN]
    )
    return _of_articles(
        GapKind.READ_THEN_WROTE,
        [(row["article"], row["times"], row["people"], row["tickets"], 0) for row in wrote],
    )


def _macro(user: User, span: Span, key: str) -> list[Gap]:
    used = unwritten_macros(user, since=span.since, until=span.until, macro=key)
    return [
        Gap(GapKind.MACRO, str(macro.pk), macro.title, len(tickets), people, tickets, macro.language, macro=macro)
        for macro, people, tickets in used
    ]


def _stale(user: User, span: Span, key: str) -> list[Gap]:
    times = (span.since, span.until), (span.before.since, span.before.until)
    rising = rising_articles(user, *times, article=key)
    return _of_articles(
        GapKind.STALE, [(each.article, len(each.now), 0, sorted(each.now), len(each.before)) for each in rising]
    )


def _of_articles(kind: GapKind, rows: list[tuple[int, int, int, list[int], int]]) -> list[Gap]:
    known = Article.objects.select_related("section", "owner").in_bulk([row[0] for row in rows])
    titles = titles_of(known.values())
    return [
        Gap(
            kind,
            str(number),
            titles[number],
            times,
            people,
            tickets,
            known[number].language,
            known[number],
            None,
            before,
        )
        for number, times, people, tickets, before in rows
        if number in known
    ]


def _hidden_from(user: User) -> QuerySet[Ticket]:
    return Ticket.objects.hidden_from(user).only("pk")


def _tickets(name: str) -> ArrayAgg:
    return ArrayAgg(name, distinct=True, filter=Q(**{f"{name}__isnull": False}), default=[])


_SOURCES: Final[dict[GapKind, Callable[[User, Span, str], list[Gap]]]] = {
    GapKind.NOT_FOUND: _not_found,
    GapKind.THEN_WROTE: _then_wrote,
    GapKind.READ_THEN_WROTE: _read_then_wrote,
    GapKind.MACRO: _macro,
    GapKind.STALE: _stale,
}
