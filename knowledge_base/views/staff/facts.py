"""What an article is beside its words: owner, section, labels, review date; its place, the archive and back."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from helpdesk.lib.typed import whole_number
from knowledge_base import policies, publishing, reviewing, upkeep
from knowledge_base.errors import Refused
from knowledge_base.forms import FactsForm
from knowledge_base.models import Article
from knowledge_base.staff_lists import found_by_title
from knowledge_base.views.staff import state
from knowledge_base.views.support import (
    StaffRequest,
    article_for,
    centre_of_article,
    require,
    staff_only,
    translation_for,
    wants_fragment,
    with_toast,
)


@require_POST
@staff_only
def facts(request: StaffRequest, article_id: int, language: str) -> HttpResponse:
    """All that was changed in the form, or nothing."""
    translation = translation_for(article_id, language)
    article = translation.article
    require(policies.may_write(request.user))
    form = FactsForm(article, request.user, request.POST)
    if form.is_valid():
        try:
            _save(article, form, request)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    if form.errors:
        return state.draw(request, translation, facts=form, status=422)
    if not wants_fragment(request):
        return redirect("knowledge-article", article_id, language)
    fresh = translation_for(article_id, language)
    return state.changed(with_toast(state.draw(request, fresh), _("Saved.")))


@transaction.atomic
def _save(article: Article, form: FactsForm, request: StaffRequest) -> None:
    given, by = form.cleaned_data, request.user
    if "section" in given:
        upkeep.move(article, given["section"], by=by)
        upkeep.set_promoted(article, given["is_promoted"], by=by)
    if "has_comments" in given:
        upkeep.allow_comments(article, given["has_comments"], by=by)
    upkeep.change_owner(article, given["owner"], by=by)
    upkeep.set_labels(article, form.labels_given, by=by)
    reviewing.set_review_by(article, given["review_by"], by=by)


@require_POST
@staff_only
def review(request: StaffRequest, article_id: int, language: str) -> HttpResponse:
    """“It is still right”: looked at, and to be looked at again in so many `months`."""
    translation = translation_for(article_id, language)
    require(policies.may_write(request.user))
    try:
        reviewing.reviewed(translation.article, whole_number(request.POST.get("months", "")) or 0, by=request.user)
    except Refused as refusal:
        return state.draw(request, translation, error=refusal.message, status=422)
    if not wants_fragment(request):
        return redirect("knowledge-article", article_id, language)
    fresh = translation_for(article_id, language)
    return state.changed(with_toast(state.draw(request, fresh), _("Marked as reviewed.")))


@require_http_methods(["GET", "POST"])
@staff_only
def archive(request: StaffRequest, article_id: int) -> HttpResponse:
    """Into the archive, with an article that takes its place or without. `?q=` looks for one by its title."""
    article = article_for(article_id)
    require(policies.may_publish(request.user, centre_of_article(article)))
    error = ""
    if request.method == "POST":
        try:
            _put_away(article, request)
        except Refused as refusal:
            error = refusal.message
        else:
            messages.success(request, _("“%(title)s” is in the archive.") % {"title": publishing.title_of(article)})
            return redirect("knowledge")
    words = request.GET.get("q", "")
    context = {
        "article": article,
        "title": publishing.title_of(article),
        "q": words,
        "found": found_by_title(words, centre=centre_of_article(article), without=article),
        "error": error,
        "active": "knowledge",
    }
    return render(request, "knowledge/archive.html", context, status=422 if error else 200)


def _put_away(article: Article, request: StaffRequest) -> None:
    chosen = request.POST.get("successor", "")
    successor = Article.objects.filter(pk=whole_number(chosen) or 0).first() if chosen else None
    if chosen and successor is None:
        raise Refused(_("There is no such article."), "successor")
    publishing.archive(article, by=request.user, successor=successor)


@require_POST
@staff_only
def restoration(request: StaffRequest, article_id: int) -> HttpResponse:
    """Back from the archive."""
    article = article_for(article_id)
    require(policies.may_publish(request.user, centre_of_article(article)))
    publishing.restore(article, by=request.user)
    messages.success(request, _("“%(title)s” is back.") % {"title": publishing.title_of(article)})
    return redirect("knowledge-article", article_id, article.language)


@require_POST
@staff_only
def position(request: StaffRequest, article_id: int) -> HttpResponse:
    """Its place in its section: `place` counts from 0, `step` is one up or down."""
    article = article_for(article_id)
    require(policies.may_arrange(request.user), _("Team leads and admins arrange the help centre."))
    index = whole_number(request.POST.get("place", ""))
    if index is None:
        beside = list(article.section.articles.filter(archived_at=None).values_list("pk", flat=True))
        index = (beside.index(article.pk) if article.pk in beside else 0) + (
            1 if request.POST.get("step") == "1" else -1
        )
    upkeep.place(article, index, by=request.user)
    if wants_fragment(request):
        return HttpResponse(status=204)
    return redirect("knowledge-section", article.section_id)
