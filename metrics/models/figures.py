"""What is added up ahead, so that a report over a year reads days and not tickets; and how far that has got."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class DayFigure(models.Model):
    """A measure on one day of the reporting time zone, for one team and one value of one dimension.

    Always by the ticket's team, since that decides who may see: what somebody may not see is left out of the sum.
    `total` are seconds, of a percentage the hits. All of a day has an empty `dimension`. Durations are counted by the
    buckets of metrics.histogram, for medians and percentiles of many. The dimension `hour` is that of the week, from
    Monday's first on, and counts no durations.
    """

    day = models.DateField()
    measure = models.CharField(max_length=32)
    team_id = models.BigIntegerField(default=0, help_text=_("0: no team."))
    dimension = models.CharField(max_length=16, blank=True, help_text=_("Empty: all of the day."))
    key = models.CharField(max_length=64, blank=True)
    n = models.PositiveIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    total_business = models.BigIntegerField(default=0)
    buckets = ArrayField(models.SmallIntegerField(), default=list)
    counts = ArrayField(models.IntegerField(), default=list)
    buckets_business = ArrayField(models.SmallIntegerField(), default=list)
    counts_business = ArrayField(models.IntegerField(), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["measure", "dimension", "day", "team_id", "key"], name="day_figure_once")
        ]

    def __str__(self) -> str:
        return f"{self.measure} on {self.day}: {self.n}"


class BacklogDay(models.Model):
    """How many tickets were not solved at the end of a day, by what can be asked of them later."""

    day = models.DateField()
    status = models.CharField(max_length=8)
    team_id = models.BigIntegerField(default=0)
    inbox_id = models.BigIntegerField()
    channel = models.CharField(max_length=16)
    priority = models.CharField(max_length=8, blank=True)
    type = models.CharField(max_length=10, blank=True)
    n = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "status", "team_id", "inbox_id", "channel", "priority", "type"], name="backlog_day_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.n} {self.status} on {self.day}"


class DirtyDay(models.Model):
    """A day whose figures are to be added up anew: something of it was told, or told differently."""

    day = models.DateField(primary_key=True)
    marked_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.day)


class Progress(models.Model):
    """How far a worker has got, so that the next one goes on there."""

    name = models.CharField(max_length=40, primary_key=True)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "progress"

    def __str__(self) -> str:
        return self.name


class HoursOf(models.Model):
    """Whose working hours a team went by since when; team 0 stands for everybody who has none of their own.

    Teams keep no history of it, and working time is counted by the hours then in force: metrics/facts/hours.py.
    """

    team_id = models.BigIntegerField()
    calendar_id = models.BigIntegerField(null=True)
    since = models.DateTimeField(null=True, help_text=_("Empty: as long as anybody knows."))

    class Meta:
        verbose_name_plural = "hours of teams"

    def __str__(self) -> str:
        return f"calendar {self.calendar_id} of team {self.team_id}"
