"""After a form was sent: look into your mailbox, the link in the mail, and what became of the request."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from knowledge_base.audience import reader_of
from knowledge_base.centres import spoken_in
from knowledge_base.models import Offer
from knowledge_base.offering import SHOWN, note_solved, read_token
from knowledge_base.shell import answer
from tickets.knowledge.offered import articles_of
from tickets.models import ContactRequest, RequestState
from tickets.portal import contact_links
from tickets.portal.opening import open_request, withdraw
from tickets.services import Refused


@require_safe
@never_cache
def sent(request: HttpRequest, token: str) -> HttpResponse:
    """For whoever sent the form; what was written is not told here."""
    return _told(request, _request_of(token, contact_links.PAGE), token=token, offer=request.GET.get("offer", ""))


@require_POST
@never_cache
def withdrawal(request: HttpRequest, token: str) -> HttpResponse:
    """One of the articles solved it: nothing is sent off."""
    made = _request_of(token, contact_links.PAGE)
    if withdraw(made):
        _solved(request, read_token(request.POST.get("offer", "")))
    return redirect("contact-sent", token)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirmation(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the mail. Looking changes nothing: mail programs and their scanners open every link."""
    made = _request_of(token, contact_links.MAIL)
    error = ""
    if request.method == "POST":
        with translation.override(spoken_in(made.language)):
            error = _decide(made, request.POST.get("what", ""))
        if not error:
            return redirect("contact-request", token)
        made.refresh_from_db()
    if made.state == RequestState.WAITING and made.expires_at > timezone.now():
        context = {"address": made.email, "until": made.expires_at, "error": error}
        status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
        return answer(request, "help/contact/confirm.html", context, language=made.language, status=status)
    return _told(request, made)


def _decide(made: ContactRequest, what: str) -> str:
    """Send it off, or delete it; why it could not be done, else empty."""
    if what == "withdraw":
        withdraw(made)
        return ""
    try:
        open_request(made)
    except Refused as refusal:
        return str(refusal)
    return ""


def _request_of(token: str, use: str) -> ContactRequest:
    made = contact_links.read_token(token, use)
    if made is None:
        raise Http404
    return made


def _solved(request: HttpRequest, row: Offer | None) -> None:
    number = request.POST.get("article", "")
    if row:
        article_id = int(number) if number.isascii() and number.isdigit() and len(number) < 18 else None
        note_solved(row, now=timezone.now(), article_id=article_id)


def _told(request: HttpRequest, made: ContactRequest, token: str = "", offer: str = "") -> HttpResponse:
    state = made.state
    if state == RequestState.WAITING and made.expires_at <= timezone.now():
        state = RequestState.EXPIRED
    context: dict[str, Any] = {"state": state, "email": made.email, "number": made.ticket_id, "token": token}
    row = read_token(offer) if state == RequestState.WAITING else None
    if row:
        articles = articles_of(row, reader_of(request), made.language)
        context |= {"offer": offer, "articles": articles[:SHOWN]}
    status = HTTPStatus.GONE if state == RequestState.EXPIRED else HTTPStatus.OK
    return answer(request, "help/contact/sent.html", context, language=made.language, status=status)
