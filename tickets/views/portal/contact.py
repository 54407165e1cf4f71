"""Writing to us: the topics, and the form of each."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from helpdesk.lib.limits import address_of, is_too_often
from knowledge_base.audience import reader_of
from knowledge_base.centres import centre_of, closest_language, languages_of, preferred_language, spoken_in
from knowledge_base.models import SearchedFrom, Translation
from knowledge_base.offering import hits_for, offer, read_token, token_of
from knowledge_base.search.log import note_click, note_search
from knowledge_base.shell import answer, spoken
from knowledge_base.visitors import know_again, visitor_of
from tickets.models import ContactForm, ContactRequest
from tickets.portal.contact import MOST_BYTES, MOST_FILES, submit
from tickets.portal.contact_links import page_path
from tickets.portal.form_fields import conditions_as_css, in_language, questions_of
from tickets.portal.form_guard import HONEYPOT, Stamp, is_in_time, is_robot, new_stamp, read_stamp
from tickets.portal.request_form import RequestForm
from tickets.portal.sessions import customer_of
from tickets.services import Refused

AN_HOUR: Final = timedelta(hours=1)
MOST_AN_HOUR: Final = 20  # requests from one network address


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def contact_form(request: HttpRequest, form_slug: str = "") -> HttpResponse:
    """One topic's form. Without a slug the topics; where there is only one, or none, its form."""
    active = ContactForm.objects.filter(is_active=True).select_related("inbox", "team")
    if form_slug:
        form: ContactForm | None = get_object_or_404(active, slug=form_slug)
    else:
        forms = list(active)
        if len(forms) > 1:
            return _topics(request, forms)
        form = forms[0] if forms else None
    return _take(request, form) if request.method == "POST" else _page(request, form)


def _topics(request: HttpRequest, forms: list[ContactForm]) -> HttpResponse:
    language = language_for(request)
    asked = {name: value for name, value in request.GET.items() if name in ("article", "language")}
    topics = [
        {
            "path": reverse("contact-form", args=[form.slug], query=asked or None),
            "title": in_language(form.texts, language, "title") or str(form),
            "description": in_language(form.texts, language, "description"),
        }
        for form in forms
    ]
    context = {"topics": topics, "languages": _languages(request)}
    return answer(request, "help/contact/topics.html", context, language=language)


def language_for(request: HttpRequest) -> str:
    """What the address or the form says, else what the reader prefers; one that the help centre has."""
    centre = centre_of(request)
    wanted = request.POST.get("language", "") or request.GET.get("language", "")
    return closest_language(centre, wanted) or preferred_language(request, centre)


def _page(request: HttpRequest, form: ContactForm | None) -> HttpResponse:
    language = language_for(request)
    with translation.override(spoken_in(language)):
        draft = _draft(request, form, language, initial={"subject": request.GET.get("subject", "")[:200]})
    return _shown(request, form, draft, new_stamp(timezone.now()), language)


def _draft(request: HttpRequest, form: ContactForm | None, language: str, **known: Any) -> RequestForm:
    return RequestForm(questions=questions_of(form), language=language, customer=customer_of(request), **known)


def _shown(
    request: HttpRequest,
    form: ContactForm | None,
    draft: RequestForm,
    stamp: Stamp,
    language: str,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    with translation.override(spoken_in(language)):
        title = (in_language(form.texts, language, "title") if form else "") or _("Contact us")
    known = request.POST if request.method == "POST" else request.GET
    if draft.is_bound:
        draft.begin_at_first_error()
    context = {
        "title": title,
        "description": in_language(form.texts, language, "description") if form else "",
        "action": reverse("contact-form", args=[form.slug]) if form else reverse("contact"),
        "form": draft,
        "customer": draft.customer,
        "article": _article(request, known.get("article", ""), language),
        "hidden": {"stamp": str(stamp), "language": language, "offer": known.get("offer", "")},
        "honeypot": HONEYPOT,
        "conditions": conditions_as_css(draft.questions),
        "has_lost_files": any(file.name for file in request.FILES.getlist("files")),
        "most_files": MOST_FILES,
        "most_megabytes": MOST_BYTES // 1024 // 1024,
        "has_topics": ContactForm.objects.filter(is_active=True).count() > 1,
        "languages": _languages(request),
    }
    return answer(request, "help/contact/form.html", context, language=language, status=status)


def _article(request: HttpRequest, number: str, language: str) -> Translation | None:
    """The one that did not help, as far as its reader may read it."""
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        return None
    readable = Translation.objects.readable_by(reader_of(request)).filter(article_id=int(number))
    return readable.filter(language=language).first() or readable.first()


def _languages(request: HttpRequest) -> Any:
    centre, article = centre_of(request), request.GET.get("article", "")
    more = f"&article={article}" if article.isascii() and article.isdigit() else ""
    return spoken(centre, ((code, f"{request.path}?language={code}{more}") for code in languages_of(centre)))


def _take(request: HttpRequest, form: ContactForm | None) -> HttpResponse:
    language, now = language_for(request), timezone.now()
    if is_robot(request.POST):  # is told what people are told, and nothing is kept
        return answer(request, "help/contact/sent.html", {"state": "waiting", "email": ""}, language=language)
    stamp = read_stamp(request.POST.get("stamp", ""))
    with translation.override(spoken_in(language)):
        draft = _draft(request, form, language, data=request.POST)
        if draft.is_valid() and (reason := _reason_to_wait(request, stamp, now)):
            draft.add_error(None, reason)
        if stamp and draft.is_valid():
            _note_search(request, draft, language)  # before there is a ticket, so that it is found out which
            try:
                said = draft.submission(stamp, request, visitor_of(request))
                return _sent(request, submit(form, said, customer=draft.customer, now=now), draft, language)
            except Refused as refusal:
                draft.add_error(refusal.field if refusal.field in draft.fields else None, str(refusal))
    is_fresh = stamp is not None and now.timestamp() - stamp.at < AN_HOUR.total_seconds()
    kept = stamp if stamp and is_fresh else new_stamp(now, stamp.key if stamp else None)
    return _shown(request, form, draft, kept, language, HTTPStatus.UNPROCESSABLE_ENTITY)


def _reason_to_wait(request: HttpRequest, stamp: Stamp | None, now: datetime) -> str:
    if stamp is None or not is_in_time(stamp, now):
        return _("One moment: please look it over and press “Send” once more.")
    if is_too_often("contact", address_of(request), most=MOST_AN_HOUR, within=AN_HOUR):
        return _("Too many requests came from your network. Try again in an hour, please.")
    return ""


def _sent(request: HttpRequest, made: ContactRequest, draft: RequestForm, language: str) -> HttpResponse:
    """On to the page that says where to look, with the articles that may spare the wait."""
    row = read_token(request.POST.get("offer", ""))
    if draft.customer is None:  # who is signed in has a ticket by now: nothing is offered to them any more
        words = f"{draft.cleaned_data['subject']}\n{draft.cleaned_data['text']}"
        row = offer(
            hits_for(words, reader=reader_of(request), centre=centre_of(request), language=language),
            draft.cleaned_data["subject"],
            centre=centre_of(request),
            language=language,
            visitor=visitor_of(request),
            earlier=row,
            now=timezone.now(),
        )
    response = redirect(page_path(made) + (f"?offer={token_of(row)}" if row else ""))
    know_again(request, response)
    return response


def _note_search(request: HttpRequest, draft: RequestForm, language: str) -> None:
    """What somebody writes to us about is a search too, which finds articles or none."""
    centre, reader, words = centre_of(request), reader_of(request), draft.cleaned_data["subject"]
    if not centre.pk:
        return
    visitor = visitor_of(request)
    row = note_search(
        words,
        centre=centre,
        language=language,
        results=len(hits_for(words, reader=reader, centre=centre, language=language)),
        visitor=visitor,
        customer_id=reader.customer_id,
        searched_from=SearchedFrom.FORM,
    )
    offered = read_token(request.POST.get("offer", ""))
    if row and offered and offered.opened_id:
        note_click(row.pk, offered.opened_id, visitor=visitor)
