"""Report pages as somebody wants to see them again: which, of when, filtered by what."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import Role, Team, User


class DashboardQuerySet(models.QuerySet["Dashboard"]):
    def visible_to(self, user: User) -> DashboardQuerySet:
        """Own ones, those of everyone and those of the own teams; admins keep those of all teams."""
        shared = Q(owner=None) if user.role == Role.ADMIN else Q(owner=None, team=None)
        return self.filter(Q(owner=user) | shared | Q(team__in=user.teams.all())).distinct()


class Dashboard(models.Model):
    """Of one person (`owner`), of one team (`team`), or of everyone (neither).

    `query` is the report's address after the `?`; a range such as “last month” is kept by its name and moves on. It
    holds no numbers: whoever opens it sees what they may see.
    """

    title = models.CharField(_("name"), max_length=80)
    report = models.CharField(max_length=20)
    query = models.TextField(blank=True, max_length=8000)
    owner = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="dashboards")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="dashboards")
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = DashboardQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(owner=None) | Q(team=None), name="dashboard_has_one_audience"),
        ]

    def __str__(self) -> str:
        return self.title
