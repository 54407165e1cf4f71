"""What the help centre does for its readers, in numbers. Each is defined in docs/knowledge-numbers.md.

Half a dozen statements, whatever the number of articles: the groups (article, section, author, language) are added up
from one list of articles and languages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from knowledge_base.centres import own_name
from knowledge_base.models import (
    HelpCentre,
    Offer,
    Search,
    SearchedFrom,
    Translation,
    View,
    Vote,
    name_in,
)

SETTLED: Final = timedelta(hours=72)  # whoever has not written by then was helped, or gave up
PERIODS: Final = (7, 30, 90, 365)
BY_READERS: Final = (SearchedFrom.CENTRE, SearchedFrom.FORM, SearchedFrom.WIDGET)


@dataclass
class Tally:
    """Numbers of an article in a language, or of several added up. `readers` can't be added: it is counted anew."""

    views: int = 0
    readers: int = 0
    wrote: int = 0  # views whose reader wrote to us afterwards
    yes: int = 0
    no: int = 0
    solved: int = 0  # offers that it settled

    def add(self, other: Tally) -> None:
        self.views += other.views
        self.readers += other.readers
        self.wrote += other.wrote
        self.yes += other.yes
        self.no += other.no
        self.solved += other.solved

    @property
    def votes(self) -> int:
        return self.yes + self.no

    @property
    def helpful(self) -> int | None:
        """Per cent of those who said anything."""
        return share(self.yes, self.votes)

    @property
    def wrote_share(self) -> int | None:
        return share(self.wrote, self.views)


@dataclass
class Line:
    """A row of a table: an article, section, author or language. `key` leads to it."""

    key: Any
    name: str
    tally: Tally = field(default_factory=Tally)
    about: str = ""


@dataclass(frozen=True)
class Searched:
    all: int
    found_nothing: int
    opened: int
    wrote: int

    @property
    def success(self) -> int | None:
        """Per cent of searches whose reader opened a result."""
        return share(self.opened, self.all)

    @property
    def nothing(self) -> int | None:
        return share(self.found_nothing, self.all)


@dataclass(frozen=True)
class Deflected:
    """Of offers that are old enough to tell. `said_so` are among the `helped`."""

    all: int
    was_opened: int
    helped: int
    said_so: int
    open_yet: int

    @property
    def rate(self) -> int | None:
        return share(self.helped, self.all)


@dataclass
class Numbers:
    total: Tally
    readers: int
    searches: Searched
    deflected: Deflected
    days: list[tuple[date, int]]
    articles: list[Line]
    sections: list[Line]
    authors: list[Line]
    languages: list[Line]


def share(part: int, whole: int) -> int | None:
    """In per cent; None of nothing."""
    return round(100 * part / whole) if whole else None


def numbers_of(centre: HelpCentre, *, since: datetime, now: datetime, language: str = "") -> Numbers:
    """Of readers from `since` until `now`, in one language or in all."""
    tallies = _tallies(centre, since, now, language)
    total = Tally()
    for tally in tallies.values():
        total.add(tally)
    views = _views(centre, since, now, language)
    lines = _Lines(centre, tallies)
    return Numbers(
        total=total,
        readers=views.exclude(visitor="").values("visitor").distinct().count(),
        searches=_searched(centre, since, now, language),
        deflected=_deflected(centre, since, now, language),
        days=_days(views, since, now),
        articles=lines.by_article(),
        sections=lines.by_section(),
        authors=lines.by_author(),
        languages=lines.by_language(),
    )


Cell = tuple[int, str]  # article, language


def _tallies(centre: HelpCentre, since: datetime, now: datetime, language: str) -> dict[Cell, Tally]:
    tallies: dict[Cell, Tally] = {}

    def at(row: dict[str, Any]) -> Tally:
        return tallies.setdefault((row["article"], row["language"]), Tally())

    views = _views(centre, since, now, language).values("article", "language")
    wrote = Count("pk", filter=Q(ticket__isnull=False))
    for row in views.annotate(all=Count("pk"), readers=Count("visitor", distinct=True), wrote=wrote):
        tally = at(row)
        tally.views, tally.readers, tally.wrote = row["all"], row["readers"], row["wrote"]
    votes = _within(Vote.objects.filter(article__section__category__centre=centre), since, now, language)
    for row in votes.values("article", "language").annotate(
        yes=Count("pk", filter=Q(is_helpful=True)), no=Count("pk", filter=Q(is_helpful=False))
    ):
        tally = at(row)
        tally.yes, tally.no = row["yes"], row["no"]
    offers = _within(Offer.objects.filter(centre=centre, opened__isnull=False), since, now, language)
    helped = offers.filter(_helped(now)).values("opened", "language").annotate(all=Count("pk"))
    for row in helped:
        at({"article": row["opened"], "language": row["language"]}).solved = row["all"]
    return tallies


def _views(centre: HelpCentre, since: datetime, now: datetime, language: str) -> Any:
    return _within(View.objects.filter(article__section__category__centre=centre), since, now, language)


def _within(found: Any, since: datetime, now: datetime, language: str) -> Any:
    found = found.filter(at__gte=since, at__lt=now)
    return found.filter(language=language) if language else found


def _searched(centre: HelpCentre, since: datetime, now: datetime, language: str) -> Searched:
    found = _within(Search.objects.filter(centre=centre, searched_from__in=BY_READERS), since, now, language)
    row = found.aggregate(
        all=Count("pk"),
        found_nothing=Count("pk", filter=Q(results=0)),
        opened=Count("pk", filter=Q(clicked__isnull=False)),
        wrote=Count("pk", filter=Q(ticket__isnull=False)),
    )
    return Searched(**row)


def _helped(now: datetime) -> Q:
    """They said so, or opened an article and have not written since, for long enough to tell."""
    return Q(solved_at__isnull=False) | Q(opened__isnull=False, ticket=None, at__lt=now - SETTLED)


def _deflected(centre: HelpCentre, since: datetime, now: datetime, language: str) -> Deflected:
    """Offers of the last three days count only where their reader has said something or written."""
    found = _within(Offer.objects.filter(centre=centre), since, now, language)
    told = Q(at__lt=now - SETTLED) | Q(solved_at__isnull=False) | Q(ticket__isnull=False)
    row = found.aggregate(
        all=Count("pk", filter=told),
        was_opened=Count("pk", filter=told & Q(opened__isnull=False)),
        helped=Count("pk", filter=_helped(now)),
        said_so=Count("pk", filter=Q(solved_at__isnull=False)),
        open_yet=Count("pk", filter=~told),
    )
    return Deflected(**row)


def _days(views: Any, since: datetime, now: datetime) -> list[tuple[date, int]]:
    """Views of each day, also of those without any."""
    counted = dict(views.annotate(day=TruncDate("at")).values_list("day").annotate(all=Count("pk")).order_by("day"))
    first, last = timezone.localtime(since).date(), timezone.localtime(now).date()  # as TruncDate has them
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [(day, counted.get(day, 0)) for day in days]


class _Lines:
    """The same tallies, added up by whatever is asked."""

    def __init__(self, centre: HelpCentre, tallies: dict[Cell, Tally]) -> None:
        self._centre, self._tallies = centre, tallies
        found = Translation.objects.filter(article__section__category__centre=centre)
        self._rows = list(
            found.select_related("article__section", "article__author").only(
                "title", "language", "article__section__texts", "article__author__name", "article__author__email"
            )
        )

    def by(self, group: Callable[[Translation], Any], name: Callable[[Translation], str]) -> list[Line]:
        lines: dict[Any, Line] = {}
        for row in self._rows:
            tally = self._tallies.get((row.article_id, row.language))
            if tally is None:
                continue
            key = group(row)
            line = lines.setdefault(key, Line(key, name(row), about=self._section(row)))
            line.tally.add(tally)
        return sorted(lines.values(), key=lambda line: (-line.tally.views, line.name))

    def by_article(self) -> list[Line]:
        return self.by(lambda row: (row.article_id, row.language), lambda row: row.title)

    def by_section(self) -> list[Line]:
        return self.by(lambda row: row.article.section_id, self._section)

    def by_author(self) -> list[Line]:
        return self.by(lambda row: row.article.author_id, lambda row: str(row.article.author or ""))

    def by_language(self) -> list[Line]:
        return self.by(lambda row: row.language, lambda row: own_name(row.language))

    def _section(self, row: Translation) -> str:
        return name_in(row.article.section.texts, self._centre.default_language)
