"""An article's languages: what is there, what is behind, and the source beside which a translation is written."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from helpdesk.lib.typed import whole_number
from knowledge_base import policies
from knowledge_base.audience import STAFF
from knowledge_base.centres import direction_of
from knowledge_base.differences import compare, compare_line
from knowledge_base.errors import Refused
from knowledge_base.models import Article, HelpCentre, Translation
from knowledge_base.publishing import source_of
from knowledge_base.rendering import render as draw_body
from knowledge_base.translating import behind, follow_source, missing, tongues_of
from knowledge_base.views.staff.state import changed
from knowledge_base.views.support import (
    StaffRequest,
    require,
    staff_only,
    translation_for,
    wants_fragment,
    with_toast,
)
from knowledge_base.writing import begin_translation

LISTED = 100


@require_http_methods(["GET", "POST"])
@staff_only
def translations(request: StaffRequest, article_id: int, language: str) -> HttpResponse:
    """The panel beside an article. POST `to`: begin that language, and go there."""
    translation = translation_for(article_id, language)
    error = ""
    if request.method == "POST":
        require(policies.may_write(request.user))
        try:
            begun = begin_translation(translation.article, request.POST.get("to", ""), by=request.user)
        except Refused as refusal:
            error = refusal.message
        else:
            return redirect("knowledge-article", article_id, begun.language)
    context = {
        "translation": translation,
        "article": translation.article,
        "tongues": tongues_of(translation.article),
        "may_write": policies.may_write(request.user),
        "error": error,
        "panel": "knowledge/_translations.html",
        "active": "knowledge",
    }
    template = "knowledge/_translations.html" if wants_fragment(request) else "knowledge/panel.html"
    return render(request, template, context, status=422 if error else 200)


@require_http_methods(["GET", "POST"])
@staff_only
def source(request: StaffRequest, article_id: int, language: str) -> HttpResponse:
    """What a translation is made from, with what changed since marked. POST: it says that already (`seen`: what)."""
    translation = translation_for(article_id, language)
    error = ""
    if request.method == "POST":
        require(policies.may_write(request.user))
        try:
            follow_source(translation, by=request.user, seen=whole_number(request.POST.get("seen", "")) or 0)
        except Refused as refusal:
            error = refusal.message
        translation = translation_for(article_id, language)
    response = render(request, _template(request), _source(request, translation, error), status=422 if error else 200)
    if request.method == "POST" and not error:
        if not wants_fragment(request):
            return redirect("knowledge-article", article_id, language)
        return changed(with_toast(response, _("The translation is up to date.")))
    return response


def _template(request: StaffRequest) -> str:
    return "knowledge/_source.html" if wants_fragment(request) else "knowledge/panel.html"


def _source(request: StaffRequest, translation: Translation, error: str) -> dict[str, object]:
    """Readers' words of the source, else its draft: a translator may begin before it is published."""
    article = translation.article
    current = source_of(translation)
    draft = article.translations.filter(language=article.language).first()
    shown = current or draft
    was = translation.source if translation.source_id and current and translation.source_id != current.pk else None
    title, summary, body = (shown.title, shown.summary, shown.body) if shown else ("", "", "")
    marked = None
    if was:
        marked = {
            "title": compare_line(was.title, title),
            "summary": compare_line(was.summary, summary),
            "body": draw_body(compare(was.body, body), language=article.language, reader=STAFF).html,
        }
    return {
        "translation": translation,
        "article": article,
        "source": current,
        "was": was,
        "shown": shown,
        "body": draw_body(body, language=article.language, reader=STAFF).html,
        "marked": marked,
        "direction": direction_of(article.language),
        "may_write": policies.may_write(request.user),
        "error": error,
        "panel": "knowledge/_source.html",
        "active": "knowledge",
    }


@require_GET
@staff_only
def untranslated(request: StaffRequest) -> HttpResponse:
    """What is missing and what is behind, language by language. `?language=` shows one."""
    wanted = request.GET.get("language", "")
    shelves = [
        (centre, language, _absent(centre, language), _late(centre, language))
        for centre in HelpCentre.objects.all()
        for language in centre.languages
        if wanted in ("", language)
    ]
    context = {
        "shelves": [shelf for shelf in shelves if shelf[2] or shelf[3]],
        "wanted": wanted,
        "most": LISTED,
        "may_write": policies.may_write(request.user),
        "active": "knowledge",
    }
    return render(request, "knowledge/untranslated.html", context)


def _absent(centre: HelpCentre, language: str) -> list[tuple[Article, str, Translation | None]]:
    """Articles with their titles, and what somebody has begun of them."""
    articles = missing(centre, language).prefetch_related("translations").order_by("section", "position")
    found = []
    for article in articles[: LISTED + 1]:
        known = {each.language: each for each in article.translations.all()}
        found.append((article, str(known[article.language]), known.get(language)))
    return found


def _late(centre: HelpCentre, language: str) -> list[Translation]:
    late = behind().filter(language=language, article__section__category__centre=centre, article__archived_at=None)
    return list(late.select_related("source")[:LISTED])
