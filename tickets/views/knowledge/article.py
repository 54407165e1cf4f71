"""Beside the editor: what tickets say of an article."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from knowledge_base import policies as writing
from knowledge_base.models import Article
from tickets.knowledge.flags import open_flags
from tickets.models import ArticleUse, Ticket
from tickets.policies import may_enter
from tickets.views.support import StaffRequest, require, staff_only

COUNTED = timedelta(days=90)


@require_GET
@staff_only
def article_tickets(request: StaffRequest, article_id: int) -> HttpResponse:
    """Where it began, how often it was given, and what colleagues found wrong in it. Empty where there is nothing."""
    require(may_enter(request.user))
    article = get_object_or_404(Article, pk=article_id)
    visible = Ticket.objects.visible_to(request.user)
    flags = list(open_flags(article))
    named = [number for number in (article.from_ticket, *(flag.ticket_id for flag in flags)) if number]
    shown = set(visible.filter(pk__in=named).values_list("pk", flat=True))
    used = ArticleUse.objects.filter(article=article, at__gt=timezone.now() - COUNTED)
    context = {
        "article": article,
        "began": article.from_ticket if article.from_ticket in shown else None,
        "flags": [(flag, flag.ticket_id in shown) for flag in flags],
        "uses": used.values("ticket").distinct().count(),
        "may_write": writing.may_write(request.user),
    }
    return render(request, "tickets/knowledge/_article.html", context)
