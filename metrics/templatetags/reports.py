"""The way about the report pages."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from metrics.models import Dashboard
from metrics.views.reports import REPORTS, address
from tickets import policies

register = template.Library()


@dataclass(frozen=True)
class Place:
    name: str
    title: str
    icon: str
    link: str


@register.filter
def report_places(user: User, query: str) -> list[list[Place]]:
    """The pages of one's role, those of numbers with what is asked for."""
    reports = [
        Place(name, str(report.title), report.icon, f"{address(name)}{'?' if query else ''}{query}")
        for name, report in REPORTS.items()
    ]
    if not policies.may_see_reports(user):
        return [_of_people(user)]
    return [reports, _of_people(user), _own()]


def _of_people(user: User) -> list[Place]:
    """What people look at every day, whatever range and filter they have set beside it."""
    places = [
        Place("me", _("My day"), "circle-user", reverse("own-page")),
        Place("live", _("Wallboard"), "monitor", reverse("wallboard")),
    ]
    if policies.may_see_reports(user):
        places.append(Place("goals", _("Goals"), "target", reverse("goals")))
        places.append(Place("voice", _("Voice of the customer"), "trending-up", reverse("voice")))
    return places


def _own() -> list[Place]:
    """Questions of one's own, and what all numbers mean."""
    return [
        Place("explore", _("Explore"), "sliders-horizontal", reverse("explore")),
        Place("definitions", _("Definitions"), "book-open", reverse("report-definitions")),
    ]


@register.simple_tag
def dashboards_of(user: User) -> list[Dashboard]:
    """The saved ones, in order of name."""
    return list(Dashboard.objects.visible_to(user)) if policies.may_see_reports(user) else []
