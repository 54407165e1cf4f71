"""The gap report: what should be written and what should be mended, each with its tickets, and what was decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from helpdesk.lib.typed import whole_number
from knowledge_base import policies as writing
from knowledge_base.audience import ANYBODY
from knowledge_base.centres import languages_of
from knowledge_base.errors import Refused
from knowledge_base.language_names import language_label
from knowledge_base.models import Section
from knowledge_base.search.finding import find
from tickets import policies
from tickets.knowledge import gap_decisions
from tickets.knowledge.centres import usual_centre
from tickets.knowledge.flags import open_flags, settle_flag, titles_of
from tickets.knowledge.gap_decisions import names_of
from tickets.knowledge.gaps import PERIODS, SEARCHED, WRITE, Gap, Span, gap_of, in_force, report, span_of
from tickets.models import ArticleFlag, GapDecision, GapKind, Ticket
from tickets.views.support import StaffRequest, require, staff_only

TICKETS = 50  # of a line, the newest
DECIDED = 100


@require_GET
@staff_only
def gap_report(request: StaffRequest) -> HttpResponse:
    require(policies.may_enter(request.user))
    now, days, centre = timezone.now(), _days(request), usual_centre()
    found = report(request.user, span_of(days, now))
    flags = list(open_flags())
    titles = titles_of({flag.article_id: flag.article for flag in flags}.values())
    decided = list(in_force(now).select_related("article", "decided_by").order_by("-decided_at")[:DECIDED])
    names = names_of(decided, request.user)
    context = {
        "active": "knowledge",
        "write": found.write,
        "fix": found.fix,
        "flags": [(flag, titles[flag.article_id], _sees(request, flag)) for flag in flags],
        "decided": [(each, names[each.pk]) for each in decided],
        "days": days,
        "usual": centre.default_language if centre else "",
        "periods": PERIODS,
        "may_write": writing.may_write(request.user),
    }
    return render(request, "tickets/knowledge/gaps.html", context)


@require_GET
@staff_only
def gap(request: StaffRequest, gap_kind: str) -> HttpResponse:
    """One line with its tickets, and what can be decided of it."""
    require(policies.may_enter(request.user))
    return _page(request, _gap(request, gap_kind))


@require_POST
@staff_only
def gap_article(request: StaffRequest, gap_kind: str) -> HttpResponse:
    """Write it: a draft begins. Of a line that has its article, somebody sees to that."""
    require(writing.may_write(request.user))
    line = _gap(request, gap_kind)
    try:
        if line.kind not in WRITE:
            article = gap_decisions.mend_it(line, by=request.user)
            return redirect("knowledge-article", article_id=article.pk, language=article.language)
        section = Section.objects.filter(pk=whole_number(request.POST.get("section", "")) or 0).first()
        if section is None:
            raise Refused(_("Choose where it belongs."), "section")
        language, title = request.POST.get("language", ""), request.POST.get("title", "")
        begun = gap_decisions.write_it(line, section, language, title=title, by=request.user)
    except Refused as refusal:
        return _page(request, line, refused=refusal)
    return redirect("knowledge-article", article_id=begun.article_id, language=begun.language)


@require_POST
@staff_only
def gap_dismissal(request: StaffRequest, gap_kind: str) -> HttpResponse:
    """Not needed, for good or for now."""
    require(writing.may_write(request.user))
    line = _gap(request, gap_kind)
    for_good = request.POST.get("until") != "later"
    gap_decisions.not_needed(line.kind, line.key, by=request.user, is_for_good=for_good)
    messages.success(request, _("“%(title)s” is no longer asked.") % {"title": line.title})
    return redirect("knowledge-gaps")


@require_POST
@staff_only
def gap_withdrawal(request: StaffRequest, decision_id: int) -> HttpResponse:
    require(writing.may_write(request.user))
    gap_decisions.withdraw(get_object_or_404(GapDecision, pk=decision_id))
    return redirect("knowledge-gaps")


@require_POST
@staff_only
def flag_settlement(request: StaffRequest, flag_id: int) -> HttpResponse:
    """What was said to be wrong was seen to."""
    require(writing.may_write(request.user))
    flag = settle_flag(get_object_or_404(ArticleFlag, pk=flag_id), by=request.user)
    if request.POST.get("next") == "article":
        language = flag.language or flag.article.language
        return redirect("knowledge-article", article_id=flag.article_id, language=language)
    return redirect("knowledge-gaps")


def _gap(request: StaffRequest, kind: str) -> Gap:
    given = request.POST if request.method == "POST" else request.GET
    key = given.get("key", "")
    if kind not in GapKind.values or not _is_key(GapKind(kind), key):
        raise Http404
    found = gap_of(request.user, GapKind(kind), key, _span(request, timezone.now()))
    if found is None:
        raise Http404
    return found


def _is_key(kind: GapKind, key: str) -> bool:
    if kind in SEARCHED:
        return ":" in key and len(key) <= 250 and "\0" not in key
    return bool(whole_number(key))


def _page(request: StaffRequest, line: Gap, refused: Refused | None = None) -> HttpResponse:
    centre = usual_centre()
    tickets = Ticket.objects.visible_to(request.user).filter(pk__in=line.tickets[:TICKETS])
    sections = Section.objects.select_related("category__centre")
    is_search = line.kind in SEARCHED
    context: dict[str, Any] = {
        "active": "knowledge",
        "gap": line,
        "tickets": tickets.select_related("requester").order_by("-pk"),
        "is_to_write": line.kind in WRITE,
        "finds": find(line.title, reader=ANYBODY, centre=centre, language=line.language, limit=5)
        if is_search
        else None,
        "sections": sections.order_by("category__centre", "category__position", "category", "position", "pk"),
        "languages": [(code, language_label(code)) for code in languages_of(centre)] if centre else [],
        "language": request.POST.get("language") or line.language,
        "section": whole_number(request.POST.get("section", "")),
        "title": request.POST.get("title") or line.title[:1].upper() + line.title[1:],
        "days": _days(request),
        "decision": in_force(timezone.now()).filter(kind=line.kind, key=line.key).first(),
        "may_write": writing.may_write(request.user),
        "refused": refused,
    }
    return render(request, "tickets/knowledge/gap.html", context, status=422 if refused else 200)


def _days(request: StaffRequest) -> int:
    given = request.POST if request.method == "POST" else request.GET
    wanted = whole_number(given.get("days", ""))
    return wanted if wanted in PERIODS else PERIODS[0]


def _span(request: StaffRequest, now: datetime) -> Span:
    return span_of(_days(request), now)


def _sees(request: StaffRequest, flag: ArticleFlag) -> bool:
    """Whether the ticket may be named."""
    hidden = request.user.hidden_team_ids
    return flag.ticket is not None and flag.ticket.team_id not in hidden
