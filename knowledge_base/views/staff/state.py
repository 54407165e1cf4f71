"""The panel beside an article that says where it stands, and its buttons: submit, approve, publish, take back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from helpdesk.lib.typed import whole_number
from knowledge_base import lifecycle, publishing
from knowledge_base.errors import ChangedMeanwhile, Refused
from knowledge_base.forms import FactsForm
from knowledge_base.models import State, Translation
from knowledge_base.reviewing import CHOICES
from knowledge_base.standing import Standing
from knowledge_base.views.support import StaffRequest, require, staff_only, translation_for, wants_fragment, with_toast

Act = Callable[[Translation], object]


@require_GET
@staff_only
def panel(request: StaffRequest, article_id: int, language: str) -> HttpResponse:
    return draw(request, translation_for(article_id, language))


@require_POST
@staff_only
def submission(request: StaffRequest, article_id: int, language: str) -> HttpResponse:
    """Ask for approval; `at` is when it should appear. `withdraw` takes it back."""
    translation = translation_for(article_id, language)
    require(Standing(translation, request.user).may_write)
    if request.POST.get("withdraw"):
        return _act(request, translation, lambda it: lifecycle.withdraw(it, by=request.user), _("Taken back."))
    done = _("Team leads are asked to read it.")
    return _act(
        request,
        translation,
        lambda it: lifecycle.submit(it, by=request.user, version=_version(request), publish_at=_moment(request)),
        done,
    )


@require_POST
@staff_only
def decision(request: StaffRequest, article_id: int, language: str) -> HttpResponse:
    """What was submitted: `decision` is approve or reject, the latter with `words`."""
    translation = translation_for(article_id, language)
    require(Standing(translation, request.user).may_publish, _approval_needed())
    version = _version(request)
    if request.POST.get("decision") == "reject":
        words = request.POST.get("words", "")
        return _act(
            request,
            translation,
            lambda it: lifecycle.reject(it, words, by=request.user, version=version),
            _("Sent back to its author."),
        )
    return _act(
        request, translation, lambda it: lifecycle.approve(it, by=request.user, version=version), _("Approved.")
    )


@require_POST
@staff_only
def publication(request: StaffRequest, article_id: int, language: str) -> HttpResponse:
    """Before readers now, or `at` an hour. `undo`: no longer scheduled, else no longer before readers."""
    translation = translation_for(article_id, language)
    require(Standing(translation, request.user).may_publish, _approval_needed())
    if request.POST.get("undo"):
        return _act(request, translation, lambda it: _take_back(it, request), _("Done."))
    if request.POST.get("at"):
        return _act(
            request,
            translation,
            lambda it: lifecycle.schedule(it, at=_needed(request), by=request.user, version=_version(request)),
            _("It appears by itself."),
        )
    follows = bool(request.POST.get("follows_source")) or None
    return _act(
        request,
        translation,
        lambda it: publishing.publish(it, by=request.user, version=_version(request), follows_source=follows),
        _("Published: readers see it now."),
    )


def _take_back(translation: Translation, request: StaffRequest) -> None:
    if translation.state == State.SCHEDULED:
        lifecycle.unschedule(translation, by=request.user)
    else:
        publishing.unpublish(translation, by=request.user)


def _act(request: StaffRequest, translation: Translation, act: Act, done: str) -> HttpResponse:
    """Do it, and show where the article stands now; or what it was refused for, and nothing is changed."""
    article, language = translation.article_id, translation.language
    try:
        act(translation)
    except ChangedMeanwhile as conflict:
        words = _("%(what)s Read it again before you decide.") % {"what": conflict.message}
        return draw(request, translation_for(article, language), error=words, status=409)
    except Refused as refusal:
        return draw(request, translation_for(article, language), error=refusal.message, status=422)
    if not wants_fragment(request):
        return redirect("knowledge-article", article, language)
    return changed(with_toast(draw(request, translation_for(article, language)), done))


def draw(
    request: StaffRequest,
    translation: Translation,
    *,
    facts: FactsForm | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    standing = Standing(translation, request.user)
    context: dict[str, Any] = {
        "standing": standing,
        "translation": translation,
        "article": translation.article,
        "successor": publishing.title_of(successor) if (successor := translation.article.successor) else "",
        "today": timezone.localdate(),
        "facts": facts or FactsForm(translation.article, request.user),
        "months": CHOICES,
        "error": error,
        "words": request.POST.get("words", "") if error else "",
        "at": request.POST.get("at", "") if error else "",
        "panel": "knowledge/_state.html",
        "active": "knowledge",
    }
    template = "knowledge/_state.html" if wants_fragment(request) else "knowledge/panel.html"
    return render(request, template, context, status=status)


def changed(response: HttpResponse) -> HttpResponse:
    """Tells the page that something happened to the article, for its other panels to look again."""
    said = response.headers.get("HX-Trigger", "{}")
    response["HX-Trigger"] = f'{said[:-1]}{", " if len(said) > 2 else ""}"ot:article-changed": {{}}}}'
    return response


def _version(request: HttpRequest) -> int | None:
    return whole_number(request.POST.get("version", ""))


def _moment(request: HttpRequest) -> datetime | None:
    """`at` in the time zone of whoever typed it; None where nothing was typed."""
    text = request.POST.get("at", "").strip()
    if not text:
        return None
    try:
        moment: datetime | None = forms.DateTimeField().clean(text)
    except forms.ValidationError as error:
        raise Refused(_("Give the day and the hour."), "at") from error
    return moment


def _needed(request: HttpRequest) -> datetime:
    moment = _moment(request)
    assert moment is not None  # asked by `publication`
    return moment


def _approval_needed() -> str:
    return _("In this help centre team leads and admins publish. Submit it, and they are asked.")
