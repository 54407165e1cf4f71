"""What leads nowhere, by article, for whoever mends it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from helpdesk.lib.handover import hand_over
from knowledge_base import policies
from knowledge_base.links import EVERY, due_again, sentence
from knowledge_base.models import BrokenLink, Translation, name_in
from knowledge_base.views.support import StaffRequest, require, staff_only

SHOWN = 200


@dataclass(frozen=True)
class Broken:
    """A line of the page. `words`: the article that a link within the house led to."""

    link: BrokenLink
    title: str
    section: str
    sentence: str
    words: str
    is_elsewhere: bool


@require_GET
@staff_only
def links(request: StaffRequest) -> HttpResponse:
    found = BrokenLink.objects.filter(article__archived_at=None)
    if request.GET.get("whose") == "mine":
        found = found.filter(article__owner=request.user)
    found = found.select_related("article__section__category__centre", "article__owner").order_by("article", "language")
    context = {
        "rows": _rows(list(found[:SHOWN])),
        "count": found.count(),
        "whose": "mine" if request.GET.get("whose") == "mine" else "",
        "may_check": policies.may_write(request.user),
        **_looked_at(timezone.now()),
        "active": "knowledge",
    }
    return render(request, "knowledge/links.html", context)


@require_POST
@staff_only
def check_again(request: StaffRequest) -> HttpResponse:
    from knowledge_base.tasks import check_links  # it imports half of the app

    require(policies.may_write(request.user))
    due_again(now=timezone.now() - timedelta(seconds=1))
    hand_over(check_links)
    messages.success(request, _("The broken ones are being looked at again. That may take a minute."))
    return redirect("knowledge-links")


def _rows(found: list[BrokenLink]) -> list[Broken]:
    titles = _titles({link.article_id for link in found} | {number for link in found if (number := _number(link))})
    rows = []
    for link in found:
        language = link.language
        title = titles.get((link.article_id, language), "")
        section = name_in(link.article.section.texts, language)
        target = _number(link)
        words = titles.get((target, language)) or titles.get((target, ""), "") if target else ""
        is_elsewhere = link.url.startswith(("http:", "https:"))
        rows.append(Broken(link, title, section, sentence(link.problem), words, is_elsewhere))
    return rows


def _titles(numbers: set[int]) -> dict[tuple[int, str], str]:
    """By article and language; under no language the one that it was written in."""
    found = Translation.objects.filter(article__in=numbers).values_list(
        "article", "language", "title", "article__language"
    )
    titles = {(number, language): title for number, language, title, _first in found}
    return {**{(number, ""): title for number, language, title, first in found if language == first}, **titles}


def _number(link: BrokenLink) -> int:
    kind, _colon, number = link.url.partition(":")
    return int(number) if kind == "article" and number.isdigit() else 0


def _looked_at(now: datetime) -> dict[str, int]:
    shown = Translation.objects.filter(article__archived_at=None).exclude(published=None)
    return {
        "texts": shown.count(),
        "looked_at": shown.filter(links_due_at__gt=now, links_due_at__lte=now + EVERY).count(),
    }
