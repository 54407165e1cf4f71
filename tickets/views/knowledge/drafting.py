"""The page that makes an article of a ticket: which messages, and what of them is private."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from helpdesk.lib.typed import whole_number
from knowledge_base import policies as writing
from knowledge_base.centres import languages_of
from knowledge_base.errors import Refused
from knowledge_base.language_names import language_label
from knowledge_base.models import HelpCentre, Section
from tickets.knowledge.beside import language_for
from tickets.knowledge.centres import usual_centre
from tickets.knowledge.drafting import (
    LONGEST_EXTRA,
    MOST_FOUND,
    MOST_MESSAGES,
    Choice,
    begin_article,
    conversation,
    prepare,
    usual_choice,
)
from tickets.models import Ticket
from tickets.views.support import StaffRequest, require, staff_only, ticket_for

MOST_WORDS = 400  # that somebody keeps or adds


@require_http_methods(["GET", "POST"])
@staff_only
def article_from_ticket(request: StaffRequest, number: int) -> HttpResponse:
    """Shown again with every change of the choice; made only when its writer says that nothing private is left."""
    ticket = ticket_for(request, number)
    require(writing.may_write(request.user), _("Your role reads articles and does not change them."))
    centre = usual_centre()
    if centre is None:
        messages.error(request, _("There is no help centre yet."))
        return redirect("ticket", number=number)
    if request.method == "GET" or "look" in request.POST:
        return _page(request, ticket, centre)
    return _begin(request, ticket, centre)


def _begin(request: StaffRequest, ticket: Ticket, centre: HelpCentre) -> HttpResponse:
    given = request.POST
    section = _sections(centre).filter(pk=whole_number(given.get("section", "")) or 0).first()
    try:
        if section is None:
            raise Refused(_("Choose where it belongs."), "section")
        if not given.get("looked"):
            raise Refused(_("Read it through first, and say that nothing private is left."), "looked")
        begun = begin_article(
            ticket, section, _language(request, ticket, centre), _choice(request, ticket),
            title=given.get("title", "")[:200], asked=given.getlist("asked"), by=request.user,
        )  # fmt: skip
    except Refused as refusal:
        return _page(request, ticket, centre, refused=refusal)
    return redirect("knowledge-article", article_id=begun.article_id, language=begun.language)


def _page(request: StaffRequest, ticket: Ticket, centre: HelpCentre, refused: Refused | None = None) -> HttpResponse:
    said = conversation(ticket)
    choice, language = _choice(request, ticket), _language(request, ticket, centre)
    prepared = prepare(ticket, said, choice, language)
    asked = set(request.POST.getlist("asked"))
    context: dict[str, Any] = {
        "active": "knowledge",
        "ticket": ticket,
        "said": [(each, each.pk in choice.messages) for each in said],
        "prepared": prepared,
        "found": [
            (each, each.words in choice.kept and not each.is_certain, bool(asked) and each.words not in asked)
            for each in prepared.found[:MOST_FOUND]
        ],
        "extra": "\n".join(choice.extra),
        "title": request.POST.get("title") or prepared.title,
        "language": language,
        "languages": [(code, language_label(code)) for code in languages_of(centre)],
        "sections": _sections(centre),
        "section": whole_number(request.POST.get("section", "")),
        "refused": refused,
    }
    return render(request, "tickets/knowledge/draft.html", context, status=422 if refused else 200)


def _choice(request: StaffRequest, ticket: Ticket) -> Choice:
    if request.method == "GET":
        return Choice(usual_choice(conversation(ticket)))
    given = request.POST
    numbers = (whole_number(each) for each in given.getlist("message")[:MOST_MESSAGES])
    asked, taken = set(given.getlist("asked")[:MOST_WORDS]), set(given.getlist("out")[:MOST_WORDS])
    extra = given.get("extra", "").replace("\0", "")[:LONGEST_EXTRA].splitlines()
    return Choice(
        messages=frozenset(number for number in numbers if number),
        kept=frozenset(asked - taken),
        extra=[line.strip() for line in extra if line.strip()],
    )


def _language(request: StaffRequest, ticket: Ticket, centre: HelpCentre) -> str:
    wanted = request.POST.get("language", "")
    return wanted if wanted in centre.languages else language_for(ticket, centre)


def _sections(centre: HelpCentre) -> QuerySet[Section]:
    return (
        Section.objects.filter(category__centre=centre)
        .select_related("category__centre")
        .order_by("category__position", "category", "position", "pk")
    )
