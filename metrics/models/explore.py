"""Reports that people put together themselves, when they are mailed, and each mail of them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import Role, Team, User


class SavedReportQuerySet(models.QuerySet["SavedReport"]):
    def visible_to(self, user: User) -> SavedReportQuerySet:
        """Own ones, those of everyone and those of the own teams; leads and admins keep those of all teams."""
        shared = Q(owner=None) if user.role in (Role.ADMIN, Role.LEAD) else Q(owner=None, team=None)
        return self.filter(Q(owner=user) | shared | Q(team__in=user.teams.all())).distinct()


class SavedReport(models.Model):
    """Of one person (`owner`), of one team (`team`), or of everyone (neither).

    `params` is what an address of Explore says, so that "last month" is another one next month: see
    metrics/explore/wanted.py. What is counted is always what the reader may see, not what the author could.
    """

    title = models.CharField(_("title"), max_length=80)
    owner = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="saved_reports")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="saved_reports")
    params = models.JSONField(default=dict)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = SavedReportQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(owner=None) | Q(team=None), name="saved_report_has_one_audience"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def audience(self) -> str:
        """`me`, `team` or `everyone`."""
        return "me" if self.owner_id else "team" if self.team_id else "everyone"


class Rhythm(models.TextChoices):
    DAILY = "daily", _("Every day")
    WORKDAYS = "workdays", _("Monday to Friday")
    WEEKLY = "weekly", _("Every week")
    MONTHLY = "monthly", _("Every month")


class ReportSchedule(models.Model):
    """When a report is mailed, and to whom. `owner` is whose eyes it is told with; they are asked for again each time.

    `day`: of a week 1 (Monday) to 7, of a month 1 to 31, and the last one where a month is shorter. `time` is of the
    clock in `time_zone`, summer and winter.
    """

    report = models.ForeignKey(SavedReport, models.CASCADE, related_name="schedules")
    owner = models.ForeignKey(User, models.CASCADE, related_name="report_schedules")
    rhythm = models.CharField(_("how often"), max_length=8, choices=Rhythm, default=Rhythm.WEEKLY)
    day = models.PositiveSmallIntegerField(_("day"), default=1)
    time = models.TimeField(_("time"))
    time_zone = models.CharField(_("time zone"), max_length=64)
    recipients = ArrayField(models.EmailField(max_length=254), verbose_name=_("recipients"))
    with_pdf = models.BooleanField(_("PDF"), default=True)
    with_csv = models.BooleanField(_("CSV"), default=True)
    is_active = models.BooleanField(_("active"), default=True)
    next_at = models.DateTimeField(null=True, blank=True, help_text=_("Empty: never again."))
    stopped_because = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["next_at"], name="report_schedule_due", condition=Q(next_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.report} {self.rhythm}"


class ReportMail(models.Model):
    """One mail to one recipient: outbox and record. Made when it is sent; `due_at` is empty when it is over."""

    schedule = models.ForeignKey(ReportSchedule, models.CASCADE, related_name="mails")
    planned_at = models.DateTimeField(help_text=_("The time of the schedule that it is for."))
    email = models.EmailField(max_length=254)
    due_at = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    handed_over_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Set just before a server may have the mail; see channels_app.")
    )
    last_error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["due_at"], name="report_mail_due", condition=Q(due_at__isnull=False))]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "planned_at", "email"], name="report_mail_once"),
        ]

    def __str__(self) -> str:
        return f"{self.schedule} to {self.email}"
