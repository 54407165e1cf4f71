"""Working hours: calendars with their weeks, holidays and exceptions, and how they looked before each change."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Calendar(models.Model):
    """`week` is what helpdesk.lib.business_time takes: `[[start, end], …]`, minutes since Sunday 00:00 local time."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    week = models.JSONField(default=list)
    holiday_country = models.CharField(_("country whose holidays count"), max_length=2, blank=True)
    holiday_region = models.CharField(_("region"), max_length=10, blank=True)
    is_default = models.BooleanField(_("default"), default=False)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="calendar_one_default"),
        ]

    def __str__(self) -> str:
        return self.name


class Holiday(models.Model):
    """Days on which nobody works, or, with `hours`, on which other hours count: `[[540, 720]]`, minutes of the day."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="holidays")
    name = models.CharField(_("name"), max_length=120)
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    hours = models.JSONField(default=list, blank=True)
    is_public = models.BooleanField(default=False, help_text=_("Came from the country's list, not by hand."))
    is_ignored = models.BooleanField(
        default=False, db_default=False, help_text=_("A public holiday on which we work; the list would bring it back.")
    )

    class Meta:
        ordering = ["first", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=models.F("first")), name="holiday_ends_after_it_begins")
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.first}"


class CalendarVersion(models.Model):
    """The hours as they were in force from `valid_from` on: what was promised then is counted by them."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="versions")
    valid_from = models.DateTimeField()
    data = models.JSONField()

    class Meta:
        ordering = ["valid_from", "pk"]

    def __str__(self) -> str:
        return f"{self.calendar} from {self.valid_from}"
