"""What a signed-in customer did in the help centre, on their timeline: read, searched, said whether it helped.

Only what was done while signed in: whoever reads without that is nobody's record.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from customers.policies import may_see_customers
from knowledge_base.models import Comment, Search, SearchedFrom, Translation, View, Vote
from tickets.customers.sources import Arm, Kind, Source, Told, register

HELP = Kind("help", gettext_lazy("Help centre"), "book-open")


def titles_of(articles: set[int]) -> dict[int, str]:
    """What each is called, in the reader's language where there is one."""
    found: dict[int, str] = {}
    rows = Translation.objects.filter(article__in=articles).values_list("article_id", "language", "title")
    for number, language, title in rows.order_by("pk"):
        if number not in found or language == get_language():
            found[number] = title
    return found


def _link(article: int) -> str:
    return f"/knowledge/articles/{article}/"


def read(ids: Sequence[int]) -> dict[int, Told]:
    rows = list(View.objects.filter(pk__in=ids))
    titles = titles_of({row.article_id for row in rows})
    return {
        row.pk: Told(
            _("Read “%(title)s”") % {"title": titles.get(row.article_id, "")}, "book-open", link=_link(row.article_id)
        )
        for row in rows
    }


def searched(ids: Sequence[int]) -> dict[int, Told]:
    rows = list(Search.objects.filter(pk__in=ids))
    titles = titles_of({row.clicked_id for row in rows if row.clicked_id})
    return {row.pk: Told(_said_of(row), "search", detail=_opened(row, titles)) for row in rows}


def _said_of(row: Search) -> str:
    if row.searched_from == SearchedFrom.FORM:
        return _("Wrote of “%(words)s” in a form") % {"words": row.words}
    if not row.results:
        return _("Searched for “%(words)s” and found nothing") % {"words": row.words}
    return _("Searched for “%(words)s”") % {"words": row.words}


def _opened(row: Search, titles: dict[int, str]) -> str:
    title = titles.get(row.clicked_id) if row.clicked_id else ""
    return _("Opened “%(title)s”") % {"title": title} if title else ""


def voted(ids: Sequence[int]) -> dict[int, Told]:
    rows = list(Vote.objects.filter(pk__in=ids))
    titles = titles_of({row.article_id for row in rows})
    told = {}
    for row in rows:
        words = _("“%(title)s” helped") if row.is_helpful else _("“%(title)s” did not help")
        line = words % {"title": titles.get(row.article_id, "")}
        said = [str(row.get_reason_display()) if row.reason else "", row.text]
        icon = "thumbs-up" if row.is_helpful else "thumbs-down"
        told[row.pk] = Told(line, icon, detail="\n".join(filter(None, said)), link=_link(row.article_id))
    return told


def commented(ids: Sequence[int]) -> dict[int, Told]:
    rows = list(Comment.objects.filter(Q(pk__in=ids)))
    titles = titles_of({row.article_id for row in rows})
    return {
        row.pk: Told(
            _("Commented on “%(title)s”") % {"title": titles.get(row.article_id, "")},
            "message-circle",
            detail=row.text,
            link="/knowledge/comments/",
        )
        for row in rows
    }


def register_sources() -> None:
    for name, table, tell, text in (
        ("helpread", "view", read, ""),
        ("helpsearch", "search", searched, "x.words"),
        ("helpvote", "vote", voted, "x.text"),
        ("helpcomment", "comment", commented, "x.text"),
    ):
        source = f"knowledge_base_{table}"
        arms = [Arm("customer_id")]
        register(Source(name, HELP, source, at="at", arms=arms, read=tell, text=text, seen_by=may_see_customers))
