"""The staff's home of the knowledge base: what there is, what is being worked on, what waits for whom."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from helpdesk.accounts.models import User
from knowledge_base import policies
from knowledge_base.models import HelpCentre
from knowledge_base.staff_lists import KINDS, Asked, counts_of, rows_of, shelves_of
from knowledge_base.views.support import StaffRequest, article_for, staff_only


@require_GET
@staff_only
def home(request: StaffRequest) -> HttpResponse:
    asked, today = Asked.of(request.GET), timezone.localdate()
    rows, has_more = rows_of(asked, request.user, today=today)
    counts = counts_of(request.user, today=today)
    centres = list(HelpCentre.objects.all())
    context = {
        "asked": asked,
        "rows": rows,
        "older": asked.address(page=asked.page + 1) if has_more else "",
        "newer": asked.address(page=asked.page - 1) if asked.page > 1 else "",
        "tabs": [(kind, label, counts.get(kind), asked.address(kind=kind)) for kind, label in KINDS.items()],
        "shelves": [(centre, shelves_of(centre)) for centre in centres],
        "everywhere": asked.address(section=None),
        "owners": User.objects.filter(owned_articles__isnull=False).distinct(),
        "languages": languages_in(centres),
        "may_write": policies.may_write(request.user),
        "may_arrange": policies.may_arrange(request.user),
        "may_set_up": policies.may_set_up(request.user),
        "today": today,
        "active": "knowledge",
    }
    return render(request, "knowledge/home.html", context)


def languages_in(centres: list[HelpCentre]) -> list[str]:
    return sorted({code for centre in centres for code in centre.languages})


@require_GET
@staff_only
def any_language(request: StaffRequest, article_id: int) -> HttpResponse:
    """An article by its number alone: in the language that it was written in first."""
    return redirect("knowledge-article", article_id, article_for(article_id).language)
