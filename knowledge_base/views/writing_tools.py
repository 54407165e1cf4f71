"""What the editor asks while somebody writes: how it will look, what can be linked to, Markdown both ways."""

from __future__ import annotations

import json
from html import escape
from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation as gettext_language
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from knowledge_base import policies
from knowledge_base.addresses import slug_of
from knowledge_base.audience import STAFF
from knowledge_base.body import clean_body
from knowledge_base.centres import spoken_in
from knowledge_base.linkable import linkable
from knowledge_base.markdown import from_markdown, to_markdown
from knowledge_base.models import name_in
from knowledge_base.rendering import render as render_body
from knowledge_base.shell import frame_of, frame_videos, theme_of
from knowledge_base.views.editor import MOST_CHARACTERS
from knowledge_base.views.support import StaffRequest, require, staff_only, translation_for, writers_only


@require_http_methods(["GET", "POST"])
@staff_only
def preview(request: StaffRequest, article_id: int, language: str) -> HttpResponse:
    """The words as readers would get them: a page for a frame, then only its inside for what is typed."""
    translation = translation_for(article_id, language)
    words = {"title": translation.title, "summary": translation.summary, "body": translation.body}
    if request.method == "POST":
        require(policies.may_write(request.user))
        words |= {name: request.POST[name] for name in words if name in request.POST}
    centre = translation.article.section.category.centre
    with gettext_language.override(spoken_in(language)):
        rendered = render_body(clean_body(words["body"][:MOST_CHARACTERS]), language=language, reader=STAFF)
        context = {
            **frame_of(centre, language, STAFF, theme_of(request)),
            "title": words["title"],
            "summary": words["summary"],
            "rendered": rendered,
        }
        template = "knowledge/_preview.html" if request.method == "POST" else "knowledge/preview.html"
        return frame_videos(render(request, template, context))


@require_GET
@writers_only
def links(request: StaffRequest) -> HttpResponse:
    """Articles that `q` may mean, by their title in `language`."""
    language = request.GET.get("language", "")
    told = [
        {
            "id": row.article_id,
            "title": row.title,
            "section": name_in(row.article.section.texts, language),
            "draft": row.published_id is None,
        }
        for row in linkable(request.GET.get("q", ""), language)
    ]
    return JsonResponse({"articles": told})


@require_GET
@staff_only
def as_markdown(request: StaffRequest, article_id: int, language: str) -> HttpResponse:
    """The words as they are being written, to take away."""
    translation = translation_for(article_id, language)
    summary = f"{to_markdown(f'<p>{escape(translation.summary)}</p>')}\n" if translation.summary else ""
    text = f"# {' '.join(translation.title.split())}\n\n{summary}{to_markdown(translation.body)}"
    response = HttpResponse(text, content_type="text/markdown; charset=utf-8")
    filename = f"{slug_of(translation.title) or translation.article_id}.md"
    response["Content-Disposition"] = content_disposition_header(True, filename) or "attachment"
    return response


@require_POST
@writers_only
def of_markdown(request: StaffRequest) -> HttpResponse:
    """JSON `{text}` of Markdown as `{html}` for the editor."""
    try:
        text = json.loads(request.body)["text"]
    except RequestDataTooBig:
        return _too_long()
    except (ValueError, KeyError, TypeError, RecursionError):
        text = None
    if not isinstance(text, str):
        return JsonResponse({"detail": _("There is no Markdown in it.")}, status=HTTPStatus.BAD_REQUEST)
    if len(text) > MOST_CHARACTERS:
        return _too_long()
    return JsonResponse({"html": from_markdown(text)})


def _too_long() -> HttpResponse:
    detail = _("This is too long for one article.")
    return JsonResponse({"detail": detail}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
