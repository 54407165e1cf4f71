"""The part of a section's form that names organisations and segments, while somebody types."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from helpdesk.lib.typed import whole_number
from knowledge_base.policies import may_arrange
from tickets.knowledge.choosing import choices
from tickets.views.support import StaffRequest, require, staff_only


@require_GET
@staff_only
def audience(request: StaffRequest) -> HttpResponse:
    require(may_arrange(request.user), _("Team leads and admins arrange the help centre."))
    chosen = _numbers(request, "organisation_ids"), _numbers(request, "segment_ids")
    return render(request, "knowledge/_audience.html", choices(*chosen, request.GET.get("q", "")))


def _numbers(request: HttpRequest, name: str) -> list[int]:
    return [number for text in request.GET.getlist(name)[:500] if (number := whole_number(text))]
