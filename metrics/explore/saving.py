"""Changes of saved reports. Callers ask `may_change` first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.accounts.models import Team, User
from metrics.models import SavedReport
from tickets.policies import may_see_reports
from tickets.services import Refused

MOST_REPORTS = 200  # of one person, one team, or everyone
AUDIENCES = ("me", "team", "everyone")


def may_change(user: User, report: SavedReport) -> bool:
    """Own ones; shared ones whoever sees reports, as with views."""
    return may_see_reports(user) and report.owner_id in (None, user.pk)


@transaction.atomic
def save_report(
    user: User, title: str, params: Mapping[str, Any], *, audience: str = "me", team: Team | None = None
) -> SavedReport:
    """A new one. Raises `Refused` without a title, or where there are too many."""
    report = SavedReport(created_by=user, title=_checked(title), params=dict(params))
    _give(report, user, audience, team)
    known = SavedReport.objects.filter(owner=report.owner, team=report.team)
    if known.count() >= MOST_REPORTS:
        raise Refused(_("There are too many saved reports already. Delete one first."))
    report.save()
    return report


@transaction.atomic
def change_report(
    report: SavedReport,
    user: User,
    *,
    title: str | None = None,
    params: Mapping[str, Any] | None = None,
    audience: str | None = None,
    team: Team | None = None,
) -> SavedReport:
    """What is not given stays. Raises `Refused`."""
    report = SavedReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if title is not None:
        report.title = _checked(title)
    if params is not None:
        report.params = dict(params)
    if audience is not None:
        _give(report, user, audience, team)
    report.updated_at = timezone.now()
    report.save()
    return report


def _checked(title: str) -> str:
    title = " ".join(title.split())
    if not title:
        raise Refused(_("Give the report a name."))
    if len(title) > 80:
        raise Refused(_("A name has 80 letters at most."))
    return title


def _give(report: SavedReport, user: User, audience: str, team: Team | None) -> None:
    if audience not in AUDIENCES or (audience == "team" and team is None):
        raise Refused(_("Choose who sees the report."))
    report.owner = user if audience == "me" else None
    report.team = team if audience == "team" else None
