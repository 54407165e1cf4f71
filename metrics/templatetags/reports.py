"""The way about the report pages."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from metrics.views.reports import REPORTS
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
    return [*([reports] if policies.may_see_reports(user) else []), _of_people(user)]


def _of_people(user: User) -> list[Place]:
    """What people look at every day, whatever range and filter they have set beside it."""
    places = [
        Place("me", _("My day"), "circle-user", reverse("own-page")),
        Place("live", _("Wallboard"), "monitor", reverse("wallboard")),
    ]
    if policies.may_see_reports(user):
        places.append(Place("goals", _("Goals"), "target", reverse("goals")))
    return places


def address(name: str) -> str:
    return reverse("reports") if name == "overview" else reverse("report", args=[name])
