"""The tickets that a number was told from."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from helpdesk.accounts.models import User
from metrics.asking import Unknown, behind, dimensions_of, measures_of
from metrics.dimension import Dimension
from metrics.filters import Asked, read_asked
from metrics.measure import Measure, Source, Unit
from metrics.questions import Key
from tickets import policies
from tickets.conditions import Problem
from tickets.models import Ticket
from tickets.paging import Page, page_of
from tickets.views.support import StaffRequest, require, staff_only
from tickets.wording import parts_of


@require_GET
@staff_only
def tickets_behind(request: StaffRequest) -> HttpResponse:
    """`?measure=opened&by=day,channel&key=2026-11-02&key=email` beside the range and conditions of the report."""
    asked = read_asked(request.GET, request.user)
    context: dict[str, Any] = {"active": "reports", "asked": asked}
    try:
        measure, by, key = _what(request)
        require(may_look(request.user, by, key))
        context |= {"measure": measure, "parts": _named(by, key), "says": _says(measure), **_around(asked)}
        if not asked.problems:
            page = _page(request, asked, measure, by, key)
            context |= {"page": page, "onward": _onward(request, page)}
    except Unknown as error:
        require(policies.may_see_reports(request.user))
        context["problems"] = [Problem("", "", str(error))]
        return render(request, "metrics/behind.html", context, status=422)
    context["problems"] = asked.problems
    return render(request, "metrics/behind.html", context, status=422 if asked.problems else 200)


def may_look(user: User, by: list[Dimension], key: Key) -> bool:
    """Who may not see reports may see what their own numbers are made of."""
    if policies.may_see_reports(user):
        return True
    return policies.may_enter(user) and ("agent", str(user.pk)) in zip((one.name for one in by), key, strict=True)


def _what(request: StaffRequest) -> tuple[Measure, list[Dimension], Key]:
    measure = measures_of([request.GET.get("measure", "")])[0]
    by = dimensions_of(name for name in request.GET.get("by", "").split(",") if name)
    key = tuple(request.GET.getlist("key"))
    if len(key) != len(by):
        raise Unknown(_("This address does not say which group of tickets is meant."))
    return measure, by, key


def _page(request: StaffRequest, asked: Asked, measure: Measure, by: list[Dimension], key: Key) -> Page[Ticket]:
    """Raises `Unknown` for a key that its dimension can't have, like a day called “moon”."""
    question = asked.question([measure.name], [one.name for one in by])
    try:
        tickets = behind(question, measure.name, key).select_related("team")
        return page_of(tickets, request.GET.get("after", ""))
    except (ValueError, ValidationError, DataError) as error:
        raise Unknown(_("There is no such group of tickets.")) from error


def _onward(request: StaffRequest, page: Page[Ticket]) -> str:
    params = request.GET.copy()
    params["after"] = page.after
    return params.urlencode()


def _named(by: list[Dimension], key: Key) -> list[tuple[str, str]]:
    """Each part of the key as people read it: (“Channel”, “E-mail”)."""
    try:
        return [(str(one.label), one.names([part])[part]) for one, part in zip(by, key, strict=True)]
    except (ValueError, LookupError) as error:
        raise Unknown(_("There is no such group of tickets.")) from error


def _says(measure: Measure) -> str:
    """What one should know about the list, where it is not plainly those that were counted."""
    if measure.source is Source.BACKLOG:
        return _("Those that are not solved now. Which ones they were on a past day is not kept.")
    if measure.unit is Unit.PERCENT:
        return _("The tickets that the share is told of.")
    if measure.source in (Source.MOMENT, Source.CALL, Source.CHAT):
        return _("A ticket on which it happened more than once stands here once.")
    return ""


def _around(asked: Asked) -> dict[str, Any]:
    return {"chips": [text for text, _without in parts_of(asked.conditions, asked.user)]}
