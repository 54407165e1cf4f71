"""The staff's list of articles: what its address asks, which articles that is, and how many of each kind there are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, F, Max, OuterRef, Prefetch, Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import User
from helpdesk.lib.typed import whole_number
from knowledge_base.models import Article, Category, HelpCentre, Section, State, Translation
from knowledge_base.translating import behind, is_behind

PAGE: Final = 50
FOUND: Final = 20
KINDS: Final[dict[str, Promise]] = {
    "all": _("All"),
    "mine": _("My work"),
    "review": _("Wait for approval"),
    "scheduled": _("Scheduled"),
    "due": _("Look at again"),
    "behind": _("Translations behind"),
    "drafts": _("Drafts"),
    "archived": _("Archive"),
}


@dataclass(frozen=True)
class Asked:
    """One list: a kind, narrowed down."""

    kind: str = "all"
    section: int | None = None
    owner: int | None = None
    language: str = ""
    label: str = ""
    words: str = ""
    page: int = 1

    @classmethod
    def of(cls, query: QueryDict) -> Asked:
        """What an address asks; nonsense asks for nothing."""
        kind = query.get("show", "all")
        return cls(
            kind=kind if kind in KINDS else "all",
            section=whole_number(query.get("section", "")),
            owner=whole_number(query.get("owner", "")),
            language=query.get("language", "")[:8],
            label=query.get("label", "")[:80],
            words=query.get("q", "").replace("\0", "").strip()[:200],
            page=max(1, min(whole_number(query.get("page", "")) or 1, 10_000)),
        )

    @property
    def is_narrowed(self) -> bool:
        return bool(self.section or self.owner or self.language or self.label or self.words)

    def address(self, **changes: Any) -> str:
        """The same list but for `changes`, on its first page."""
        other = replace(self, **{"page": 1, **changes})
        wanted = {
            "show": other.kind if other.kind != "all" else "",
            "section": other.section or "",
            "owner": other.owner or "",
            "language": other.language,
            "label": other.label,
            "q": other.words,
            "page": other.page if other.page > 1 else "",
        }
        return "?" + urlencode({name: value for name, value in wanted.items() if value})


@dataclass(frozen=True)
class Row:
    """An article in its list; `tongues` are its languages, each with whether it is behind its source."""

    article: Article
    shown: Translation | None
    tongues: list[tuple[Translation, bool]]


def articles_of(asked: Asked, user: User, *, today: date) -> QuerySet[Article]:
    """In a section in its order, else by when somebody last worked on them."""
    found = _of_kind(asked, user, today).annotate(worked_on=Max("translations__worked_on_at"))
    if asked.section:
        found = found.filter(section=asked.section)
    if asked.owner:
        found = found.filter(owner=asked.owner)
    if asked.label:
        found = found.filter(labels__contains=[asked.label])
    if asked.language and asked.kind in ("all", "mine", "due", "archived"):
        found = found.filter(Exists(_translations(language=asked.language)))
    for word in asked.words.split():
        found = found.filter(Exists(_translations(title__icontains=word)) | Q(labels__contains=[word.lower()]))
    return found.order_by("position", "pk") if asked.section else found.order_by("-worked_on", "-pk")


def rows_of(asked: Asked, user: User, *, today: date) -> tuple[list[Row], bool]:
    """One page, and whether there are more."""
    first = (asked.page - 1) * PAGE
    words = Translation.objects.select_related("worked_on_by").order_by("pk")
    found = (
        articles_of(asked, user, today=today)
        .select_related("section__category__centre", "owner")
        .prefetch_related(Prefetch("translations", words))
    )
    articles = list(found[first : first + PAGE + 1])
    return [_row(article, asked.language) for article in articles[:PAGE]], len(articles) > PAGE


def _row(article: Article, language: str) -> Row:
    known = {each.language: each for each in article.translations.all()}
    source = known.get(article.language)
    shown = known.get(language) or source or next(iter(known.values()), None)
    return Row(article, shown, [(each, is_behind(each, source)) for each in known.values()])


def counts_of(user: User, *, today: date) -> dict[str, int]:
    """How many articles of each kind there are; what nobody has to do is not counted."""
    kinds = ("mine", "review", "scheduled", "due", "behind", "drafts")
    return {kind: _of_kind(Asked(kind=kind), user, today).count() for kind in kinds}


def found_by_title(words: str, *, centre: HelpCentre, without: Article) -> list[Translation]:
    """Articles that readers see, by words of their titles: to choose one."""
    found = Translation.objects.filter(article__section__category__centre=centre, article__archived_at=None)
    found = found.exclude(published=None).exclude(article=without).filter(language=F("article__language"))
    for word in words.replace("\0", "").split()[:10]:
        found = found.filter(title__icontains=word)
    return list(found.select_related("article__section").order_by("title")[:FOUND])


def shelves_of(centre: HelpCentre) -> list[tuple[Category, list[Section]]]:
    """The tree: categories and their sections, each with `count`, how many articles lie in it."""
    alive = Count("articles", Q(articles__archived_at=None))
    sections = Section.objects.annotate(count=alive).order_by("position", "pk")
    categories = centre.categories.prefetch_related(Prefetch("sections", sections))
    return [(category, list(category.sections.all())) for category in categories]


def labels_in_use() -> list[str]:
    used = Article.objects.exclude(labels=[]).aggregate(used=ArrayAgg("labels", default=[]))["used"]
    return sorted({label for labels in used for label in labels})


def _of_kind(asked: Asked, user: User, today: date) -> QuerySet[Article]:
    if asked.kind == "archived":
        return Article.objects.exclude(archived_at=None)
    alive = Article.objects.filter(archived_at=None)
    spoken = {"language": asked.language} if asked.language else {}
    match asked.kind:
        case "mine":
            unfinished = _translations(worked_on_by=user).exclude(state=State.PUBLISHED)
            return alive.filter(Q(owner=user) | Exists(unfinished))
        case "review":
            return alive.filter(Exists(_translations(state=State.IN_REVIEW, **spoken)))
        case "scheduled":
            return alive.filter(Exists(_translations(state=State.SCHEDULED, **spoken)))
        case "drafts":
            return alive.filter(Exists(_translations(state=State.DRAFT, **spoken)))
        case "due":
            return alive.filter(review_by__lte=today)
        case "behind":
            return alive.filter(Exists(behind().filter(article=OuterRef("pk"), **spoken)))
    return alive


def _translations(**wanted: Any) -> QuerySet[Translation]:
    return Translation.objects.filter(article=OuterRef("pk"), **wanted)
