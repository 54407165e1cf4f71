"""Whom a section may name: organisations and segments, which the knowledge base knows by number only."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from customers.models import Organisation, Segment
from helpdesk.lib.typed import whole_number
from knowledge_base.policies import may_arrange
from tickets.views.support import StaffRequest, require, staff_only

FOUND = 20


@require_GET
@staff_only
def audience(request: StaffRequest) -> HttpResponse:
    """Part of a section's form: those that are chosen already, all segments, and organisations that `q` finds."""
    require(may_arrange(request.user), _("Team leads and admins arrange the help centre."))
    organisations, segments = _numbers(request, "organisation_ids"), _numbers(request, "segment_ids")
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    found = Organisation.objects.filter(name__icontains=words).exclude(pk__in=organisations) if words else None
    context = {
        "organisations": Organisation.objects.filter(pk__in=organisations).order_by("name"),
        "found": found.order_by("name")[:FOUND] if found is not None else [],
        "segments": Segment.objects.in_use().filter(Q(owner=None) | Q(pk__in=segments)),  # nobody's private question
        "segment_ids": segments,
        "q": words,
    }
    return render(request, "knowledge/_audience.html", context)


def _numbers(request: HttpRequest, name: str) -> list[int]:
    return [number for text in request.GET.getlist(name)[:500] if (number := whole_number(text))]
