"""When reports are mailed: the next time, and the mails that are due. A worker that is killed plans nothing twice."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.accounts.forms import time_zone_choices
from helpdesk.accounts.models import User
from metrics.models import ReportMail, ReportSchedule, Rhythm, SavedReport
from tickets.policies import may_see_reports
from tickets.services import Refused

MOST_RECIPIENTS: Final = 20
MOST_SCHEDULES: Final = 10
PLANNED_AT_ONCE: Final = 50


def next_after(schedule: ReportSchedule, moment: datetime) -> datetime:
    """The first time of the schedule after `moment`.

    On the day on which the clock is put forward a time that there is not is as much later; on that on which it is put
    back the first of the two counts.
    """
    zone = ZoneInfo(schedule.time_zone)
    day = moment.astimezone(zone).date()
    while True:
        if _is_day(schedule, day):
            found = datetime.combine(day, schedule.time, zone).astimezone(UTC)
            if found > moment:
                return found
        day += timedelta(days=1)


def _is_day(schedule: ReportSchedule, day: date) -> bool:
    match schedule.rhythm:
        case Rhythm.WORKDAYS:
            return day.isoweekday() <= 5
        case Rhythm.WEEKLY:
            return day.isoweekday() == schedule.day
        case Rhythm.MONTHLY:
            return day.day == min(schedule.day, monthrange(day.year, day.month)[1])
    return True


def add_schedule(
    report: SavedReport,
    owner: User,
    *,
    rhythm: str,
    day: int,
    at: time,
    time_zone: str,
    recipients: Sequence[str],
    with_pdf: bool,
    with_csv: bool,
    now: datetime,
) -> ReportSchedule:
    """Raises `Refused`, with nothing stored."""
    if rhythm not in Rhythm.values or not 1 <= day <= (7 if rhythm == Rhythm.WEEKLY else 31):
        raise Refused(_("Choose when the report is mailed."))
    if time_zone not in {zone for zone, _name in time_zone_choices()}:
        raise Refused(_("Choose a time zone."))
    if not (with_pdf or with_csv):
        raise Refused(_("Choose what is attached: PDF, CSV or both."))
    if report.schedules.count() >= MOST_SCHEDULES:
        raise Refused(_("This report is mailed ten ways already. Remove one first."))
    schedule = ReportSchedule(
        report=report, owner=owner, rhythm=rhythm, day=day, time=at, time_zone=time_zone,
        recipients=_checked(recipients), with_pdf=with_pdf, with_csv=with_csv,
    )  # fmt: skip
    schedule.next_at = next_after(schedule, now)
    schedule.save()
    return schedule


def _checked(recipients: Sequence[str]) -> list[str]:
    found = list(dict.fromkeys(address.strip() for address in recipients if address.strip()))
    if not found:
        raise Refused(_("Say to whom the report is mailed."))
    if len(found) > MOST_RECIPIENTS:
        raise Refused(_("A report is mailed to twenty people at most."))
    for address in found:
        try:
            validate_email(address)
        except ValidationError:
            raise Refused(_("“%(address)s” is no e-mail address.") % {"address": address[:80]}) from None
    return found


def pause(schedule: ReportSchedule, *, now: datetime) -> None:
    schedule.is_active, schedule.next_at = False, None
    schedule.save(update_fields=["is_active", "next_at"])


def resume(schedule: ReportSchedule, *, owner: User, now: datetime) -> None:
    """By whoever resumes it, with their eyes from now on."""
    schedule.is_active, schedule.owner, schedule.stopped_because = True, owner, ""
    schedule.next_at = next_after(schedule, now)
    schedule.save(update_fields=["is_active", "owner", "next_at", "stopped_because"])


def stop(schedule: ReportSchedule, reason: str) -> None:
    schedule.is_active, schedule.next_at, schedule.stopped_because = False, None, reason[:300]
    schedule.save(update_fields=["is_active", "next_at", "stopped_because"])


def why_not(schedule: ReportSchedule) -> str | None:
    """Why it may not be told any more; asked again at each sending."""
    owner = schedule.owner
    if not may_see_reports(owner):
        return _("%(name)s may not see reports any more.") % {"name": owner}
    if not SavedReport.objects.visible_to(owner).filter(pk=schedule.report_id).exists():
        return _("%(name)s may not see this report any more.") % {"name": owner}
    return None


@transaction.atomic
def plan_mails(*, now: datetime) -> int:
    """Write down the mails of schedules whose time has come, and when they come next; how many schedules there were.

    One transaction, so that neither comes without the other. Times that were missed while nothing ran are one mail.
    """
    due = ReportSchedule.objects.filter(next_at__lte=now).order_by("next_at", "pk")
    schedules = list(due.select_for_update(skip_locked=True)[:PLANNED_AT_ONCE])
    for schedule in schedules:
        planned: dict[str, Any] = {"schedule": schedule, "planned_at": schedule.next_at, "due_at": now}
        mails = [ReportMail(**planned, email=email) for email in schedule.recipients]
        ReportMail.objects.bulk_create(mails, ignore_conflicts=True)
        schedule.next_at = next_after(schedule, now)
        schedule.save(update_fields=["next_at"])
    return len(schedules)
