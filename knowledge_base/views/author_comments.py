"""Comments of colleagues beside the editor: a fragment that each change sends anew."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from knowledge_base import policies
from knowledge_base.commenting import answer, comment, resolve, talks_about
from knowledge_base.errors import Refused
from knowledge_base.models import AuthorComment, Translation
from knowledge_base.views.support import (
    StaffRequest,
    require,
    staff_only,
    translation_for,
    wants_fragment,
    writers_only,
)


@require_http_methods(["GET", "POST"])
@staff_only
def comments(request: StaffRequest, article_id: int, language: str) -> HttpResponse:
    """All of them, or one more (`text`, and `quote` or the number it `answers`)."""
    translation = translation_for(article_id, language)
    if request.method == "GET":
        return _panel(request, translation)
    require(policies.may_write(request.user))
    text, answered = request.POST.get("text", ""), request.POST.get("answers", "")
    try:
        if answered:
            number = int(answered) if answered.isdecimal() and len(answered) < 19 else 0
            answer(get_object_or_404(translation.author_comments, pk=number), text, by=request.user)
        else:
            comment(translation, text, by=request.user, quote=request.POST.get("quote", ""))
    except Refused as refusal:
        return _panel(request, translation, error=refusal.message, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _after(request, translation)


@require_POST
@writers_only
def resolution(request: StaffRequest, article_id: int, language: str, comment_id: int) -> HttpResponse:
    """Settle a comment (`resolved=1`), or open it again."""
    translation = translation_for(article_id, language)
    found = get_object_or_404(AuthorComment, pk=comment_id, translation=translation, answers=None)
    resolve(found, request.POST.get("resolved") == "1", by=request.user)
    return _after(request, translation)


def _after(request: StaffRequest, translation: Translation) -> HttpResponse:
    if wants_fragment(request):
        return _panel(request, translation)
    return redirect("knowledge-article", article_id=translation.article_id, language=translation.language)


def _panel(request: StaffRequest, translation: Translation, error: str = "", status: int = 200) -> HttpResponse:
    talks = talks_about(translation)
    context = {
        "translation": translation,
        "open_talks": [talk for talk in talks if not talk.first.resolved_at],
        "settled": [talk for talk in talks if talk.first.resolved_at],
        "may_write": policies.may_write(request.user),
        "error": error,
        "text": request.POST.get("text", "") if error else "",
        "quote": request.POST.get("quote", "") if error else "",
    }
    return render(request, "knowledge/_comments.html", context, status=status)
