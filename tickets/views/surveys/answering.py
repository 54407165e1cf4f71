"""The page behind a survey's mail. Looking at it records nothing, whatever its address says: only a press does."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from customers.models import ContactChannel, Purpose
from customers.preferences import preferences_address
from helpdesk.lib.limits import is_too_often
from knowledge_base.centres import SPOKEN, centre_of, closest_language, own_name, spoken_in
from knowledge_base.shell import Spoken, draw
from tickets.models import Survey, SurveyInvitation
from tickets.services import Refused
from tickets.survey_forms import AnswerForm
from tickets.surveys.answering import answer as take_answer
from tickets.surveys.answering import is_over, latest_of
from tickets.surveys.links import read_token, read_trial
from tickets.surveys.wording import Words, words_of

MOST: Final = 40  # of one link within
WINDOW: Final = timedelta(hours=1)


@csrf_exempt  # who opens a mail's link may have no cookies; the signature in the address is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, survey_token: str) -> HttpResponse:
    """GET shows the question with the answer of the link chosen; POST, by the button, is the answer."""
    invitation = read_token(survey_token)
    if invitation is None:
        return _page(request, "surveys/gone.html", {}, _language(request, ""), status=HTTPStatus.NOT_FOUND)
    language = _language(request, invitation.language)
    with translation.override(language):
        if is_over(invitation, timezone.now()):
            context = {"house": invitation.ticket.inbox.name}
            return _page(request, "surveys/over.html", context, language, status=HTTPStatus.GONE)
        if request.method == "POST":
            return _take(request, invitation, survey_token, language)
        return _show(request, invitation, language)


def _show(
    request: HttpRequest, invitation: SurveyInvitation, language: str, form: AnswerForm | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:  # fmt: skip
    latest, words = latest_of(invitation), _words(invitation.survey, language, invitation.ticket.inbox.name)
    kept = {"value": latest.value, "reasons": latest.reasons, "comment": latest.comment} if latest else {}
    form = form or AnswerForm(words, initial={**kept, **_chosen(request)})
    customer = invitation.customer
    context = {
        "form": form,
        "words": words,
        "house": invitation.ticket.inbox.name,
        "ticket": invitation.ticket,
        "is_answered": latest is not None,
        "is_done": request.method == "GET" and "done" in request.GET and latest is not None,
        "stop": preferences_address(customer, ContactChannel.EMAIL, Purpose.SURVEY) if customer else "",
    }
    return _page(request, "surveys/answer.html", context, language, status=status)


def _take(request: HttpRequest, invitation: SurveyInvitation, token: str, language: str) -> HttpResponse:
    words = _words(invitation.survey, language, invitation.ticket.inbox.name)
    form = AnswerForm(words, request.POST)
    if is_too_often("survey-answer", token.lower(), most=MOST, within=WINDOW):
        form.add_error(None, _("That was a lot at once. Wait a few minutes, please."))
        return _show(request, invitation, language, form, HTTPStatus.TOO_MANY_REQUESTS)
    if not form.is_valid():
        return _show(request, invitation, language, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    said = form.cleaned_data
    try:
        take_answer(invitation, said["value"], reasons=said["reasons"], comment=said["comment"])
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _show(request, invitation, language, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    query = {"done": "1"} | ({"language": language} if "language" in request.GET else {})
    return redirect(f"{reverse('survey-answer', args=[token])}?{urlencode(query)}")


@csrf_exempt  # as above; nothing is kept at all
@require_http_methods(["GET", "HEAD", "POST"])
def trial(request: HttpRequest, survey_token: str) -> HttpResponse:
    """What the links of a test mail lead to: the same page, which keeps nothing."""
    survey = read_trial(survey_token)
    language = _language(request, "")
    if survey is None:
        return _page(request, "surveys/gone.html", {}, language, status=HTTPStatus.NOT_FOUND)
    with translation.override(language):
        words = _words(survey, language, _("Our team"))
        is_sent = request.method == "POST"
        form = AnswerForm(words, request.POST if is_sent else None, initial=_chosen(request))
        is_done = is_sent and form.is_valid()
        context = {"form": form, "words": words, "is_trial": True, "is_done": is_done, "is_answered": is_done}
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        return _page(request, "surveys/answer.html", context, language, status=status)


def _words(survey: Survey, language: str, house: str) -> Words:
    return words_of(survey, language, house=house)


def _chosen(request: HttpRequest) -> dict[str, Any]:
    """The answer whose link was followed, chosen and not counted."""
    value = request.GET.get("v", "")
    return {"value": int(value)} if value.isascii() and value.isdigit() and len(value) < 3 else {}


def _language(request: HttpRequest, asked_in: str) -> str:
    """What was chosen here, else that of the mail, else what the browser asks for."""
    wished = request.GET.get("language", "")
    if wished in SPOKEN:
        return wished
    return spoken_in(asked_in or translation.get_language_from_request(request))


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], language: str, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    centre = centre_of(request)
    chosen = request.GET.copy()
    frame: dict[str, Any] = {
        "customer": None,
        "articles_in": closest_language(centre, language) or centre.default_language,
        "home": reverse("help-home", args=[closest_language(centre, language)]) if centre.pk else "/",
        "languages": [Spoken(code, own_name(code), _in_language(chosen, code)) for code, _name in settings.LANGUAGES],
    }
    html = draw(request, template, {**frame, **context}, centre=centre, language=language)
    response = HttpResponse(html, status=status, headers={"Content-Language": language})
    response["Referrer-Policy"] = "no-referrer"
    add_never_cache_headers(response)
    return response


def _in_language(query: Any, code: str) -> str:
    query["language"] = code
    return f"?{query.urlencode()}"
