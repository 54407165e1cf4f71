"""The page on which an article is written, in one language."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from knowledge_base import policies
from knowledge_base.audience import STAFF
from knowledge_base.centres import direction_of
from knowledge_base.errors import ChangedMeanwhile
from knowledge_base.models import State, Translation
from knowledge_base.rendering import render as render_body
from knowledge_base.views.support import (
    StaffRequest,
    centre_of_article,
    require,
    staff_only,
    translation_for,
    writers_only,
)
from knowledge_base.writing import put_over, save_draft, set_aside

MOST_CHARACTERS = 500_000  # of one article's HTML: a book has that many


class Words(NamedTuple):
    """What a browser saves, and the version it began with."""

    title: str
    summary: str
    body: str
    version: int


@require_http_methods(["GET", "POST"])
@staff_only
def article(request: StaffRequest, article_id: int, language: str) -> HttpResponse:
    """The editor; its form saves without scripts too. Whoever may not write reads the words as they stand."""
    translation = translation_for(article_id, language)
    if request.method == "GET":
        return _page(request, translation)
    require(policies.may_write(request.user))
    words = _submitted(request)
    if words is None or len(words.body) > MOST_CHARACTERS:
        return _page(request, translation, error=_("This is too long to be saved."), status=422)
    try:
        saved = save_draft(translation, **words._asdict(), by=request.user)
    except ChangedMeanwhile as conflict:
        return _page(request, translation, error=conflict.message, mine=words, status=HTTPStatus.CONFLICT)
    if said := _undone(translation, saved):
        messages.warning(request, said)
    return redirect("knowledge-article", article_id=article_id, language=language)


def _page(
    request: StaffRequest, translation: Translation, error: str = "", mine: Words | None = None, status: int = 200
) -> HttpResponse:
    may_write = policies.may_write(request.user)
    context = {
        "active": "knowledge",
        "translation": translation,
        "article": translation.article,
        "centre": centre_of_article(translation.article),
        "direction": direction_of(translation.language),
        "may_write": may_write,
        "rendered": None if may_write else render_body(translation.body, language=translation.language, reader=STAFF),
        "error": error,
        "mine": mine,
    }
    return render(request, "knowledge/article.html", context, status=status)


def _submitted(request: StaffRequest) -> Words | None:
    given, version = request.POST, request.POST.get("version", "")
    if not version.isdecimal() or len(version) > 9:
        return None
    title, summary, body = (_storable(given.get(name, "")) for name in ("title", "summary", "body"))
    return Words(title, summary, body, int(version))


@require_http_methods(["GET", "PUT"])
@writers_only
def draft(request: StaffRequest, article_id: int, language: str) -> HttpResponse:
    """Autosave: JSON `{title, summary, body, version}`, answered by the version that is kept now.

    409 with the other text and who wrote it when somebody saved since. The writer then decides: `over: true` keeps
    theirs as a revision and puts the writer's in its place, `aside: true` keeps the writer's as a revision.
    """
    translation = translation_for(article_id, language)
    if request.method == "GET":
        return JsonResponse(_kept(translation))
    try:
        given = json.loads(request.body)
        words = _read(given)
    except RequestDataTooBig:
        return _too_long()
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return JsonResponse({"detail": _("A draft has a title, a text and a version.")}, status=400)
    if len(words.body) > MOST_CHARACTERS:
        return _too_long()
    try:
        save = put_over if given.get("over") is True else set_aside if given.get("aside") is True else save_draft
        saved = save(translation, **words._asdict(), by=request.user)
    except ChangedMeanwhile:
        newer = translation_for(article_id, language)
        return JsonResponse(_kept(newer), status=HTTPStatus.CONFLICT)
    return JsonResponse({"version": saved.version, "state": saved.state, "said": _undone(translation, saved)})


def _undone(before: Translation, saved: Translation) -> str:
    """What the change took back, for its writer to hear; empty where nothing waited."""
    if before.state in (State.IN_REVIEW, State.SCHEDULED) and saved.state not in (before.state, State.PUBLISHED):
        return _("The words have changed, so this is a draft again.")
    return ""


def _read(given: dict[str, Any]) -> Words:
    version = int(given["version"])
    if not 0 <= version < 2**31:
        raise ValueError("no version")
    title, summary, body = (_storable(given[name]) for name in ("title", "summary", "body"))
    return Words(title, summary, body, version)


def _storable(text: object) -> str:
    """Half a surrogate pair is JSON, but no UTF-8; NUL is text, but not PostgreSQL's."""
    return str(text).encode(errors="replace").decode().replace("\0", "")


def _kept(translation: Translation) -> dict[str, Any]:
    by = translation.worked_on_by
    return {
        "version": translation.version,
        "title": translation.title,
        "summary": translation.summary,
        "body": translation.body,
        "by": str(by) if by else _("Somebody"),
        "at": translation.worked_on_at.isoformat(),
    }


def _too_long() -> HttpResponse:
    reason = _("This article is too long to be saved. Make two of it.")
    return JsonResponse({"detail": reason}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
