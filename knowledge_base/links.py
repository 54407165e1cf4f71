"""Links and pictures of published words that lead nowhere: looked at every week, broken ones every day.

A text is claimed for an hour, looked at outside of any transaction, and what was found is written at once: a worker
that dies leaves it to be looked at again. Other servers are asked politely: once each address in a round, a few
seconds each, never at addresses that are not public (helpdesk/lib/outside.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from time import monotonic
from typing import Final
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk.lib import outside
from helpdesk.lib.leases import take_overdue
from knowledge_base.importing.library import parts_of
from knowledge_base.models import Article, AudienceKind, BrokenLink, Picture, Translation
from knowledge_base.news import tell
from knowledge_base.rendering import expand_blocks

EVERY: Final = timedelta(days=7)
WHILE_BROKEN: Final = timedelta(days=1)
LEASE: Final = timedelta(hours=1)
PATIENCE: Final = 8  # seconds for one address
ROUND: Final = 60.0  # seconds for one task
REDIRECTS: Final = 4
# They are there, and want to know who asks, or ask us to come less often.
THERE: Final = frozenset((401, 402, 403, 405, 406, 407, 429, 451, 999))
HEADERS: Final = {"User-Agent": "Onethread link check", "Accept": "*/*", "Connection": "close"}
_LINK = re.compile(r'<a [^>]*?(?:href="([^"]*)"|data-article="(\d+)[^"]*")')
_PICTURE = re.compile(r'<img [^>]*?data-picture="(\d+)"')
_OWN = re.compile(r"^/hc/[^/]+/articles/(\d+)")
Reach = Callable[[str], str]


def check_due(*, now: datetime, limit: int = 40, seconds: float = ROUND, reach: Reach | None = None) -> int:
    """Look at the texts whose turn it is; how many were. What the time is too short for comes in an hour."""
    claimed = take_overdue(_due(now), limit=limit, links_due_at=now + LEASE)
    asked = Asked(reach or reached)
    until, done = monotonic() + seconds, 0
    for pk in claimed:
        if monotonic() > until:
            break
        check(pk, asked, now=now)
        done += 1
    return done


def _due(now: datetime) -> QuerySet[Translation]:
    was_mended = BrokenLink.objects.filter(
        article=OuterRef("article"), language=OuterRef("language"), checked_at__lt=OuterRef("edited_at")
    )
    turn = Q(links_due_at=None) | Q(links_due_at__lt=now) | Exists(was_mended)
    due = Translation.objects.filter(turn, article__archived_at=None).exclude(published=None)
    return due.order_by(F("links_due_at").asc(nulls_first=True), "pk")


class Asked:
    """Each address once, however many texts name it."""

    def __init__(self, reach: Reach) -> None:
        self._reach, self._known = reach, dict[str, str]()

    def __call__(self, url: str) -> str:
        if url not in self._known:
            self._known[url] = self._reach(url)
        return self._known[url]


def check(pk: int, asked: Reach, *, now: datetime) -> None:
    """Look at one text and write down what is broken in it."""
    found = Translation.objects.select_related("article__section", "article__owner", "published").filter(pk=pk).first()
    if found is None or found.published is None:
        return
    body = expand_blocks(found.published.body, found.language)
    problems = {**_within(found.article, body), **_elsewhere(found.article, body, asked)}
    _write_down(found, problems, now=now)


@transaction.atomic
def _write_down(translation: Translation, problems: dict[str, str], *, now: datetime) -> None:
    """Known ones keep the day on which they were found."""
    article, language = translation.article, translation.language
    known = BrokenLink.objects.filter(article=article, language=language)
    known.exclude(url__in=problems).delete()
    new = set(problems) - set(known.values_list("url", flat=True))
    for url, problem in problems.items():
        BrokenLink.objects.update_or_create(
            article=article,
            language=language,
            url=url,
            defaults={"problem": problem, "checked_at": now},
            create_defaults={"problem": problem, "checked_at": now, "found_at": now},
        )
    Translation.objects.filter(pk=translation.pk).update(links_due_at=now + (WHILE_BROKEN if problems else EVERY))
    certain = [url for url in new if problems[url] != "silent"]  # who is silent today may be back tomorrow
    if certain:
        tell(article, language, [article.owner], lambda: _said(translation, len(certain)), by=None)


def _said(translation: Translation, count: int) -> str:
    said = ngettext("%(count)d link in “%(title)s” leads nowhere", "%(count)d links in “%(title)s” lead nowhere", count)
    return said % {"count": count, "title": translation.title}


def _within(article: Article, body: str) -> dict[str, str]:
    """Of links to articles and of pictures: those that the readers of this article can't follow."""
    problems = {}
    numbers = {int(number) for _href, number in _LINK.findall(body) if number} | _own_numbers(body)
    targets = {
        each.pk: each
        for each in Article.objects.filter(pk__in=numbers)
        .select_related("section")
        .annotate(is_shown=Exists(Translation.objects.filter(article=OuterRef("pk")).exclude(published=None)))
    }
    for number in numbers:
        if problem := _problem_with(targets.get(number), article):
            problems[f"article:{number}"] = problem
    pictures = {int(number) for number in _PICTURE.findall(body)}
    lost = pictures - set(Picture.objects.filter(pk__in=pictures).values_list("pk", flat=True))
    return {**problems, **{f"picture:{number}": "no picture" for number in lost}}


def _problem_with(target: Article | None, article: Article) -> str:
    if target is None:
        return "no article"
    if target.archived_at:
        return "" if target.successor_id else "archived"
    if not target.is_shown:  # type: ignore[attr-defined]
        return "not published"
    theirs, ours = AudienceKind(target.section.audience), AudienceKind(article.section.audience)
    return "hidden" if theirs.width < ours.width else ""


def _own_numbers(body: str) -> set[int]:
    """Articles that were linked by their address."""
    found = (_own_number(unescape(href)) for href, _number in _LINK.findall(body) if href)
    return {number for number in found if number is not None}


def _own_number(url: str) -> int | None:
    parts, own = parts_of(url), urlsplit(settings.PUBLIC_URL)
    article = _OWN.match(parts.path) if parts.netloc in ("", own.netloc) else None
    return int(article[1]) if article else None


def _elsewhere(article: Article, body: str, asked: Reach) -> dict[str, str]:
    """Of links to other sites: those that don't answer, or answer that there is nothing."""
    problems = {}
    for href in dict.fromkeys(unescape(href) for href, _number in _LINK.findall(body) if href):
        parts = parts_of(href)
        if parts.scheme not in ("http", "https") or _own_number(href) is not None:
            continue
        problem = asked(href)
        is_ours = article.section.audience == AudienceKind.STAFF  # who may well link to what is within the house
        if problem and not (problem == "private" and is_ours):
            problems[href] = problem
    return problems


def reached(url: str) -> str:
    """What is wrong with an address, tried twice; "" for nothing."""
    problem = _tried(url)
    return _tried(url) if problem == "silent" else problem


def _tried(url: str) -> str:
    for _hop in range(REDIRECTS + 1):
        try:
            answer = outside.get(iri_to_uri(url).partition("#")[0], HEADERS, timeout=PATIENCE)
        except outside.NotAllowed:
            return "private"
        except outside.Unreachable:
            return "silent"
        onward = answer.headers.get("location", "")
        if 300 <= answer.status < 400 and onward:
            try:
                url = urljoin(url, onward)
            except ValueError:  # what they call an address is none
                return "private"
            continue
        is_there = answer.status < 400 or answer.status in THERE
        return "" if is_there else str(answer.status)
    return "round and round"


def sentence(problem: str) -> str:
    """What is wrong, for people."""
    known = {
        "no article": _("There is no such article any more."),
        "archived": _("The article is in the archive and has no successor."),
        "not published": _("The article is not published: readers see the words without a link."),
        "hidden": _("Fewer people may read that article than this one."),
        "no picture": _("The picture is gone."),
        "private": _("The address is not one that everybody can reach."),
        "silent": _("Nobody answers there."),
        "round and round": _("It leads round and round."),
        "404": _("There is no such page (404)."),
        "410": _("The page was removed (410)."),
    }
    return known.get(problem) or _("Their server answers with an error (%(code)s).") % {"code": problem}


def due_again(*, now: datetime) -> int:
    """Have all broken ones looked at at once."""
    broken = BrokenLink.objects.filter(article=OuterRef("article"), language=OuterRef("language"))
    return Translation.objects.filter(Exists(broken)).update(links_due_at=now)
