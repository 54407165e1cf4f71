"""Mails with a report: told with its owner's eyes at the moment of sending, sent once (channels_app.link_outbox)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _

from channels_app.adapters.email.link_mail import File, link_mail
from channels_app.link_outbox import LinkOutbox
from channels_app.stored_mail import TO_STAFF
from helpdesk.accounts.models import User
from helpdesk.lib.signing import sign
from metrics.asking import ask
from metrics.charts.units import in_words
from metrics.explore.files import csv_of
from metrics.explore.schedules import stop, why_not
from metrics.explore.wanted import Explored, read_explored
from metrics.models import ReportMail, ReportSchedule
from metrics.questions import Answer
from tickets.services import Refused

PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120)]
KEPT_FOR = timedelta(days=90)


class ReportMails(LinkOutbox[ReportMail]):
    due = "due_at"
    pauses = PAUSES

    def rows(self) -> QuerySet[ReportMail]:
        return ReportMail.objects.select_related("schedule__report", "schedule__owner")

    def why_not(self, row: ReportMail, now: datetime) -> str | None:
        """Who may not see it any more mails it no more: the schedule stops, and says why."""
        reason = why_not(row.schedule)
        if reason:
            stop(row.schedule, reason)
        return reason

    def purpose_of(self, row: ReportMail) -> str:
        return TO_STAFF

    def render(self, row: ReportMail, *, now: datetime) -> bytes:
        return render_report(row.schedule, row.email, mail_id=self.mail_id(row), now=now)

    def mail_id(self, row: ReportMail) -> str:
        return f"r.{row.pk}.{sign('report-mail-id', row.pk)}@{settings.INSTANCE_DOMAIN}"


OUTBOX = ReportMails()


def render_report(schedule: ReportSchedule, email: str, *, mail_id: str, now: datetime) -> bytes:
    """In the owner's language, numbers in the text and files beside it. Raises `BadAddress` and `Refused`."""
    owner, report = schedule.owner, schedule.report
    with translation.override(_language_of(email, owner)), timezone.override(ZoneInfo(schedule.time_zone)):
        explored = read_explored(report.params, owner)
        if explored.problems:
            raise Refused(" ".join(problem.reason for problem in explored.problems))
        answer = ask(explored.question)
        return link_mail(
            "metrics/report_mail",
            _facts(schedule, explored, answer),
            subject=f"{report.title}: {_days(explored)}",
            sender=("Onethread", settings.DEFAULT_FROM_EMAIL),
            to=email,
            mail_id=mail_id,
            now=now,
            files=_files(schedule, explored, answer),
        )


def _facts(schedule: ReportSchedule, explored: Explored, answer: Answer) -> dict[str, Any]:
    figures = [
        (explored.label(one), in_words(explored.value(one, answer.total[one.name]), one.unit))
        for one in explored.measures
    ]
    address = settings.PUBLIC_URL + reverse("saved-report", args=[schedule.report_id])
    return {
        "title": schedule.report.title,
        "days": _days(explored),
        "figures": figures,
        "owner": str(schedule.owner),
        "address": address,
        "language": translation.get_language(),
    }


def _files(schedule: ReportSchedule, explored: Explored, answer: Answer) -> list[File]:
    name = slugify(schedule.report.title) or _("report")
    files = []
    if schedule.with_pdf:
        from metrics.explore.pdf import pdf_of  # it takes 14 MB, in web and worker alike

        files.append(File(f"{name}.pdf", "application/pdf", pdf_of(explored, answer, schedule.report.title)))
    if schedule.with_csv:
        files.append(File(f"{name}.csv", "text/csv", csv_of(explored, answer)))
    return files


def _days(explored: Explored) -> str:
    first, last = explored.asked.span.first, explored.asked.span.last
    shown = [date_format(day, "SHORT_DATE_FORMAT") for day in dict.fromkeys((first, last))]
    return " – ".join(shown)


def _language_of(email: str, owner: User) -> str:
    """The recipient's where they are a colleague, else the owner's."""
    reader = User.objects.filter(email=email.lower()).first()
    return (reader or owner).language


def forget_old_mails(*, now: datetime) -> int:
    """Which mails went out is kept for a while."""
    old = ReportMail.objects.filter(due_at=None, created_at__lt=now - KEPT_FOR)
    return old.delete()[0]
