"""Articles offered before somebody writes, and after: shown while a subject is typed, opened, and "this solved it"."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from helpdesk.lib.limits import address_of, is_too_often
from knowledge_base.addresses import article_path
from knowledge_base.audience import reader_of
from knowledge_base.centres import centre_of, spoken_in
from knowledge_base.models import Offer, Offered, Translation
from knowledge_base.offering import hits_for, note_opened, note_solved, offer, read_token, token_of
from knowledge_base.shell import answer
from knowledge_base.visitors import know_again, visitor_of
from tickets.knowledge import answers
from tickets.knowledge.offered import articles_of
from tickets.models import Status
from tickets.views.portal.contact import language_for

MOST_A_MINUTE: Final = 120  # pauses in typing, from one network address


@require_safe
@never_cache
def suggestions(request: HttpRequest) -> HttpResponse:
    """A fragment with up to three articles for `q`; empty where none fits. `offer` is what an earlier answer named.

    `in=widget` for the chat widget. What is shown is written down as one offer, however often `q` changes.
    """
    if is_too_often("suggestions", address_of(request), most=MOST_A_MINUTE, within=timedelta(minutes=1)):
        return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS)
    centre, reader, language = centre_of(request), reader_of(request), language_for(request)
    words = request.GET.get("q", "")
    hits = hits_for(words, reader=reader, centre=centre, language=language)
    if not hits:
        return HttpResponse()
    row = offer(
        hits,
        words,
        centre=centre,
        language=language,
        offered_in=Offered.WIDGET if request.GET.get("in") == "widget" else Offered.FORM,
        visitor=visitor_of(request),
        customer_id=reader.customer_id,
        earlier=_own(request, request.GET.get("offer", "")),
        now=timezone.now(),
    )
    assert row is not None  # there were hits
    shown = [hit.article_id for hit in hits]
    articles = [each for each in articles_of(row, reader, language) if each.article_id in shown]
    articles.sort(key=lambda each: shown.index(each.article_id))
    with translation.override(spoken_in(language)):
        response = render(request, "help/contact/_offers.html", {"articles": articles, "offer": token_of(row)})
    know_again(request, response)
    return response


def _own(request: HttpRequest, token: str) -> Offer | None:
    """Only the browser that an offer was made to goes on with it, and only as long as it is undecided."""
    row = read_token(token)
    return row if row and row.visitor == visitor_of(request) and row.solved_at is None else None


@require_safe
@never_cache
def offered_article(request: HttpRequest, token: str, article_id: int) -> HttpResponse:
    """Notes that it was opened, and leads to the article as it is called today."""
    row = read_token(token)
    if row is None:
        raise Http404
    return _lead_on(request, row, article_id)


def _lead_on(request: HttpRequest, row: Offer, article_id: int) -> HttpResponse:
    if article_id not in row.article_ids:
        raise Http404
    readable = Translation.objects.readable_by(reader_of(request)).filter(article_id=article_id)
    found = readable.filter(language=row.language).first() or readable.first()
    if found is None:
        raise Http404
    if request.method == "GET":
        note_opened(row, article_id, now=timezone.now())
    return redirect(article_path(found))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def solved(request: HttpRequest, token: str) -> HttpResponse:
    """“This solved it”, before anything was sent: nothing is, and the offer is counted."""
    row = read_token(token)
    if row is None or row.offered_in == Offered.ACKNOWLEDGEMENT:
        raise Http404
    if request.method == "POST":
        note_solved(row, now=timezone.now(), article_id=_number(request.POST.get("article", "")))
        return redirect("offer-solved", token)
    return answer(request, "help/contact/solved.html", {"is_solved": row.solved_at is not None}, language=row.language)


@require_safe
@never_cache
def answering_article(request: HttpRequest, token: str, article_id: int) -> HttpResponse:
    """The same, from the automatic answer to a ticket."""
    ticket = answers.read_token(token)
    row = answers.offer_of(ticket) if ticket else None
    if row is None:
        raise Http404
    return _lead_on(request, row, article_id)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def answer_solved(request: HttpRequest, token: str) -> HttpResponse:
    """From the automatic answer: looking changes nothing, the button solves the ticket."""
    ticket = answers.read_token(token)
    if ticket is None:
        raise Http404
    row, language = answers.offer_of(ticket), ticket.requester.language or language_for(request)
    if request.method == "POST":
        with translation.override(spoken_in(language)):
            answers.accept_answer(ticket, article_id=_number(request.POST.get("article", "")))
        return redirect("answer-solved", token)
    context = {
        "is_over": ticket.status in (Status.SOLVED, Status.CLOSED),
        "number": ticket.pk,
        "articles": articles_of(row, reader_of(request), language) if row else [],
    }
    return answer(request, "help/contact/answered.html", context, language=language)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
