"""What a team wants to reach, and how each day, week or month came out."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import Team, User


class Direction(models.TextChoices):
    AT_LEAST = "at_least", _("at least")
    AT_MOST = "at_most", _("at most")


class Period(models.TextChoices):
    DAY = "day", _("Each day")
    WEEK = "week", _("Each week")
    MONTH = "month", _("Each month")


class Part(models.TextChoices):
    """Which figure of a duration counts; every other measure has one."""

    MEDIAN = "median", _("Median")
    MEAN = "mean", _("Mean")
    P90 = "p90", _("90th percentile")


class Goal(models.Model):
    """`target` is seconds of durations, per cent of shares, else a number. Without `team` it is the whole house's.

    `people` hear of it when it is in danger or was missed.
    """

    measure = models.CharField(_("measure"), max_length=32)
    part = models.CharField(_("figure"), max_length=6, choices=Part, default=Part.MEDIAN)
    is_business = models.BooleanField(_("in working time"), default=False)
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="goals", verbose_name=_("team"))
    direction = models.CharField(_("direction"), max_length=8, choices=Direction, default=Direction.AT_LEAST)
    target = models.FloatField(_("target"))
    period = models.CharField(_("period"), max_length=5, choices=Period, default=Period.WEEK)
    people = models.ManyToManyField(User, related_name="goals", blank=True, verbose_name=_("who is told"))
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.measure} {self.direction} {self.target}"


class Standing(models.TextChoices):
    OPEN = "open", _("Too early to tell")
    ON_TRACK = "on_track", _("On track")
    DANGER = "danger", _("In danger")
    MET = "met", _("Met")
    MISSED = "missed", _("Missed")
    EMPTY = "empty", _("Not judged")


class GoalPeriod(models.Model):
    """One day, week or month of a goal, with the target that held then: what is told of it is told once."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="periods")
    first = models.DateField()
    last = models.DateField()
    direction = models.CharField(max_length=8, choices=Direction)
    target = models.FloatField()
    value = models.FloatField(null=True)
    n = models.PositiveIntegerField(default=0)
    standing = models.CharField(max_length=8, choices=Standing, default=Standing.OPEN)
    looked_at = models.DateTimeField(null=True)
    danger_told_at = models.DateTimeField(null=True, blank=True)
    missed_told_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True, help_text=_("Since when it is over and counted for good."))

    class Meta:
        ordering = ["goal", "-first"]
        constraints = [models.UniqueConstraint(fields=["goal", "first"], name="goal_period_once")]
        indexes = [models.Index(fields=["last"], name="goal_period_open", condition=models.Q(closed_at=None))]

    def __str__(self) -> str:
        return f"{self.goal_id} from {self.first}: {self.standing}"
