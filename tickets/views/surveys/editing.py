"""Surveys as admins set them up: the list in its order, the editor with its previews, a test to oneself."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from knowledge_base.centres import SPOKEN, spoken_in
from tickets import revisions
from tickets.automation.comparing import history
from tickets.builder import as_dicts, conditions_data
from tickets.conditions.catalogue import fields_in
from tickets.conditions.scopes import LIST
from tickets.models import Inbox, Survey, SurveyKind
from tickets.services.errors import Refused
from tickets.survey_forms import AnswerForm
from tickets.survey_settings_forms import SurveyForm, scale_of
from tickets.surveys import upkeep
from tickets.surveys.preview import mail_html
from tickets.surveys.wording import words_of
from tickets.views.rule_editor import read_json
from tickets.views.rules import REVISIONS_SHOWN, managed
from tickets.views.support import StaffRequest, wants_fragment

LOST: Final = gettext_lazy("There is no inbox to send from.")


@require_GET
@managed
def survey_list(request: StaffRequest) -> HttpResponseBase:
    name = "_list" if wants_fragment(request) else "list"
    return render(request, f"settings/surveys/{name}.html", _list_context())


@require_http_methods(["GET", "POST"])
@managed
def new_survey(request: StaffRequest) -> HttpResponseBase:
    return _edit(request, Survey())


@require_http_methods(["GET", "POST"])
@managed
def edit_survey(request: StaffRequest, survey_id: int) -> HttpResponseBase:
    return _edit(request, survey_for(survey_id))


@require_POST
@managed
def preview(request: StaffRequest) -> HttpResponseBase:
    """Mail and page as the form stands, in `preview_language`; what can't be read yet is left out."""
    form = SurveyForm(request.POST, Survey())
    form.full_clean()
    data = form.cleaned_data
    kind = data.get("kind") or SurveyKind.CSAT
    survey = Survey(kind=kind, scale=scale_of(kind, data.get("scale")), **form.said())
    return render(request, "settings/surveys/_preview.html", preview_context(survey, request))


@require_POST
@managed
def activity(request: StaffRequest, survey_id: int) -> HttpResponseBase:
    """`active=1` switches it on, anything else off."""
    upkeep.set_active(survey_for(survey_id), request.user, request.POST.get("active") == "1")
    return _list(request)


@require_POST
@managed
def position(request: StaffRequest, survey_id: int) -> HttpResponseBase:
    """`place` counts from 0; `step` moves it by one (buttons, without scripts too)."""
    survey = survey_for(survey_id)
    order = list(upkeep.all_surveys().values_list("pk", flat=True))
    place, step = request.POST.get("place", ""), request.POST.get("step", "")
    if place.isdecimal() and len(place) < 6:
        upkeep.move_survey(survey, int(place))
    elif step in ("-1", "1"):
        upkeep.move_survey(survey, max(order.index(survey.pk) + int(step), 0))
    return _list(request)


@require_POST
@managed
def trial(request: StaffRequest, survey_id: int) -> HttpResponseBase:
    """The mail, as it is saved, to whoever asks."""
    survey, language = survey_for(survey_id), request.POST.get("preview_language", "")
    if not Inbox.objects.filter(is_active=True).exists():
        messages.error(request, str(LOST))
    else:
        upkeep.send_trial(survey, request.user, language if language in SPOKEN else request.user.language)
        messages.success(request, _("A test is on its way to %(email)s.") % {"email": request.user.email})
    return redirect("survey", survey_id=survey.pk)


@require_POST
@managed
def deletion(request: StaffRequest, survey_id: int) -> HttpResponseBase:
    survey = upkeep.delete_survey(survey_for(survey_id), request.user)
    messages.success(request, _("“%(title)s” is deleted. It can be brought back from below.") % {"title": survey.title})
    return redirect("settings-surveys")


@require_POST
@managed
def restoration(request: StaffRequest, survey_id: int) -> HttpResponseBase:
    """What it was in revision `number`; deleted ones come back, too."""
    survey = get_object_or_404(Survey, pk=survey_id)
    number = request.POST.get("number", "")
    try:
        wanted = int(number) if number.isdecimal() and len(number) < 9 else 0
        survey = upkeep.restore_survey(survey, wanted or survey.revision, request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("settings-surveys")
    messages.success(request, _("“%(title)s” is restored.") % {"title": survey.title})
    return redirect("survey", survey_id=survey.pk)


def survey_for(survey_id: int) -> Survey:
    return get_object_or_404(upkeep.all_surveys(), pk=survey_id)


def _edit(request: StaffRequest, survey: Survey) -> HttpResponseBase:
    form = SurveyForm(request.POST or None, instance=survey)
    seen = request.POST.get("seen", revisions.version(survey) if survey.pk else "")
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(request, form, survey)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
            seen = refused.seen if isinstance(refused, revisions.ChangedMeanwhile) else seen
        else:
            messages.success(request, _("“%(title)s” is saved.") % {"title": saved})
            return redirect("survey", survey_id=saved.pk)
    stored = Survey.objects.filter(pk=survey.pk).first()  # the form has put what was sent into `survey`
    context = _context(request, form, stored) | {"seen": seen, **preview_context(stored or Survey(), request)}
    return render(request, "settings/surveys/edit.html", context, status=422 if form.errors else 200)


def _save(request: StaffRequest, form: SurveyForm, survey: Survey) -> Survey:
    values = form.values()
    if survey.pk:
        return upkeep.change_survey(survey, request.user, values, seen=request.POST.get("seen", ""))
    return upkeep.create_survey(request.user, values.pop("title"), **values)


def _context(request: StaffRequest, form: SurveyForm, stored: Survey | None) -> dict[str, Any]:
    tree = form["conditions"].value() or "{}"
    told = list(revisions.of(stored)[:REVISIONS_SHOWN]) if stored else []
    return {
        "form": form,
        "survey": stored,
        "tree": tree,
        "conditions_data": conditions_data(read_json(tree, {}), request.user, LIST),
        "condition_problems": as_dicts(form.condition_problems),
        "told": history(told, fields_in(LIST)),
        "active": "settings",
    }


def preview_context(survey: Survey, request: StaffRequest) -> dict[str, Any]:
    wished = request.POST.get("preview_language", "")
    language = wished if wished in SPOKEN else spoken_in(request.user.language)
    inbox = Inbox.objects.filter(is_active=True).order_by("pk").first() or Inbox(name=_("Our team"))
    with translation.override(language):
        words = words_of(survey, language, house=inbox.name)
        last = words.choices[0].value  # a bad one, so that the reasons are there to be seen
        page = {"form": AnswerForm(words, initial={"value": last}), "words": words}
        return {
            "preview_language": language,
            "preview_languages": [(code, name) for code, name in settings.LANGUAGES],
            "preview_subject": words.subject,
            "preview_mail": mail_html(survey, language, inbox),
            "preview_page": render_to_string("surveys/_scale.html", page),
        }


def _list_context() -> dict[str, Any]:
    deleted = Survey.objects.exclude(deleted_at=None).order_by("-deleted_at")[:20]
    return {"surveys": upkeep.all_surveys(), "deleted": deleted, "active": "settings"}


def _list(request: StaffRequest) -> HttpResponseBase:
    if not wants_fragment(request):
        return redirect("settings-surveys")
    return render(request, "settings/surveys/_list.html", _list_context())
