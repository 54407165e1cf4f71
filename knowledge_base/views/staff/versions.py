"""What happened to an article, its versions side by side, and bringing one back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from helpdesk.lib.typed import whole_number
from knowledge_base import policies
from knowledge_base.audience import STAFF
from knowledge_base.centres import direction_of
from knowledge_base.differences import compare, compare_line, is_changed
from knowledge_base.errors import Refused
from knowledge_base.history import history_of
from knowledge_base.models import Revision, Translation
from knowledge_base.rendering import render as draw_body
from knowledge_base.views.support import StaffRequest, staff_only, translation_for, wants_fragment, writers_only
from knowledge_base.writing import restore_revision

LINES = 15
VERSIONS = 50


@require_GET
@staff_only
def history(request: StaffRequest, article_id: int, language: str) -> HttpResponse:
    """`?before=` goes on behind an event."""
    translation = translation_for(article_id, language)
    before = whole_number(request.GET.get("before", "")) or 0
    lines = history_of(translation.article, before=before, limit=LINES + 1)
    context = {
        "translation": translation,
        "article": translation.article,
        "lines": lines[:LINES],
        "before": lines[LINES - 1].event.pk if len(lines) > LINES else 0,
        "is_further": bool(before),
        "versions": translation.revisions.select_related("author")[:VERSIONS],
        "panel": "knowledge/_history.html",
        "active": "knowledge",
    }
    template = "knowledge/_history.html" if wants_fragment(request) else "knowledge/panel.html"
    return render(request, template, context)


@require_GET
@staff_only
def version(request: StaffRequest, article_id: int, language: str, revision: int) -> HttpResponse:
    """One version beside another: `?against=` a number, or "now" for what is being written; else the one before."""
    translation = translation_for(article_id, language)
    newer = get_object_or_404(translation.revisions.select_related("author"), number=revision)
    against = request.GET.get("against", "")
    older: Revision | Translation | None
    if against == "now":
        older, newer_side = newer, translation
    else:
        older, newer_side = _beside(translation, newer, against), newer  # type: ignore[assignment]
    old = (older.title, older.summary, older.body) if older else ("", "", "")
    body = compare(old[2], newer_side.body)
    title, summary = compare_line(old[0], newer_side.title), compare_line(old[1], newer_side.summary)
    context = {
        "translation": translation,
        "article": translation.article,
        "revision": newer,
        "older": older,
        "against_now": against == "now",
        "direction": direction_of(language),
        "title": title,
        "summary": summary,
        "body": draw_body(body, language=language, reader=STAFF).html,
        "is_changed": any(is_changed(text) for text in (title, summary, body)),
        "versions": translation.revisions.exclude(pk=newer.pk)[:VERSIONS],
        "may_write": policies.may_write(request.user),
        "active": "knowledge",
    }
    return render(request, "knowledge/version.html", context)


def _beside(translation: Translation, newer: Revision, against: str) -> Revision | None:
    if not against:
        return translation.revisions.filter(number__lt=newer.number).first()
    found = translation.revisions.filter(number=whole_number(against) or 0).first()
    if found is None:
        raise Http404
    return found


@require_POST
@writers_only
def restoration(request: StaffRequest, article_id: int, language: str, revision: int) -> HttpResponse:
    """The words of that version become the draft; readers see what they saw until it is published."""
    translation = translation_for(article_id, language)
    kept = get_object_or_404(translation.revisions, number=revision)
    try:
        restore_revision(translation, kept, by=request.user)
    except Refused as refusal:  # it says so already: somebody pressed twice, or nothing was written since
        messages.info(request, refusal.message)
    else:
        said = _("The words of version %(number)s are the draft now. Publish it, and readers see them.")
        messages.success(request, said % {"number": revision})
    return redirect("knowledge-article", article_id, language)
