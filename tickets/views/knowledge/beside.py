"""Articles beside a ticket: what fits its words, the search in the composer, giving one, saying that one is wrong."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from helpdesk.lib.html import html_to_text, spell_out_links
from helpdesk.lib.typed import whole_number
from knowledge_base import policies as writing
from knowledge_base.errors import Refused
from knowledge_base.language_names import language_label
from knowledge_base.models import Article
from tickets import policies
from tickets.knowledge.beside import Offered, note_search, offered_beside, offered_for
from tickets.knowledge.flags import flag_article
from tickets.knowledge.giving import Given, given
from tickets.models import Ticket
from tickets.views.support import (
    StaffRequest,
    require,
    staff_only,
    ticket_for,
    wants_fragment,
    wants_json,
    with_toast,
)
from tickets.views.ticket import ticket_context


@require_GET
@staff_only
def ticket_articles(request: StaffRequest, number: int) -> HttpResponse:
    """What fits the ticket, or what `?q=` finds: beside it, in the composer's list (JSON), and as a page."""
    ticket = ticket_for(request, number)
    words = request.GET.get("q", "")[:200]
    if wants_json(request):
        offered, count = offered_for(ticket, words) if words.strip() else (offered_beside(ticket), 0)
        return JsonResponse({"articles": [_told(each) for each in offered], "count": count})
    if wants_fragment(request):
        return _beside(request, ticket)
    offered = offered_for(ticket, words)[0] if words.strip() else offered_beside(ticket)
    context = {"ticket": ticket, "offered": offered, "words": words, **_rights(request, ticket)}
    return render(request, "tickets/knowledge/articles.html", context)


@require_http_methods(["GET", "POST"])
@staff_only
def ticket_article(request: StaffRequest, number: int, article_id: int) -> HttpResponse:
    """What would be put into the composer. POST puts it there, for browsers without scripts. Sends nothing."""
    ticket = ticket_for(request, number)
    article = _article(article_id)
    found = given(article, ticket)
    if found is None:
        raise Http404
    if request.method == "GET":
        return JsonResponse(_put(found))
    mode = "reply" if policies.may_reply(request.user, ticket) and not found.hindrance else "note"
    html = found.link if request.POST.get("as") == "link" else found.text
    words = html_to_text(spell_out_links(html))
    context = ticket_context(request, ticket, words=words)
    return render(request, "tickets/ticket.html", {**context, "mode": mode})


@require_POST
@staff_only
def article_searches(request: StaffRequest, number: int) -> HttpResponse:
    """What was looked for in the composer's list, when it is closed: one search, not one for each key."""
    ticket = ticket_for(request, number)
    clicked = Article.objects.filter(pk=whole_number(request.POST.get("clicked", "")) or 0).first()
    results = min(whole_number(request.POST.get("results", "")) or 0, 100_000)
    note_search(ticket, request.POST.get("q", ""), results=results, clicked=clicked)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_POST
@staff_only
def article_flags(request: StaffRequest, number: int, article_id: int) -> HttpResponse:
    """Something in it is wrong: its owner is told."""
    ticket = ticket_for(request, number)
    require(policies.may_note(request.user, ticket))
    article, language = _article(article_id), request.POST.get("language", "").replace("\0", "")[:8]
    try:
        flag_article(article, request.POST.get("text", ""), language=language, by=request.user, ticket=ticket)
    except Refused as refusal:
        if wants_fragment(request):
            return _beside(request, ticket, status=422, refused=refusal.message, refused_at=article.pk)
        messages.error(request, refusal.message)
        return redirect("ticket", number=ticket.pk)
    said = _("Said to whoever answers for the article. Thank you.")
    if wants_fragment(request):
        return with_toast(_beside(request, ticket, flagged=article.pk), said)
    messages.success(request, said)
    return redirect("ticket", number=ticket.pk)


def _article(article_id: int) -> Article:
    articles = Article.objects.select_related("section__category__centre", "owner", "author")
    return get_object_or_404(articles, pk=article_id, archived_at=None)


def _beside(request: StaffRequest, ticket: Ticket, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {"ticket": ticket, "offered": offered_beside(ticket), **_rights(request, ticket), **more}
    return render(request, "tickets/knowledge/_beside.html", context, status=status)


def _rights(request: StaffRequest, ticket: Ticket) -> dict[str, bool]:
    return {
        "may_reply": policies.may_reply(request.user, ticket) and not ticket.is_closed,
        "may_note": policies.may_note(request.user, ticket) and not ticket.is_closed,
        "may_write": writing.may_write(request.user),
    }


def _told(offered: Offered) -> dict[str, Any]:
    return {
        "id": offered.article.pk,
        "title": offered.title,
        "section": offered.section,
        "excerpt": strip_tags(offered.excerpt),
        "language": offered.translation.language,
        "languageName": str(language_label(offered.translation.language)),
        "hindrance": offered.hindrance,
        "given": offered.was_given,
    }


def _put(found: Given) -> dict[str, Any]:
    return {
        "id": found.translation.article_id,
        "title": found.title,
        "url": found.url,
        "link": found.link,
        "text": found.text,
        "hindrance": found.hindrance,
        "language": found.translation.language,
        "languageName": str(language_label(found.translation.language)),
        "otherLanguage": found.is_other_language,
    }
