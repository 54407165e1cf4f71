"""Saved views: a question in the condition language that somebody wants to ask again."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import Role, Team, User


class ViewLayout(models.TextChoices):
    ROWS = "rows", _("Rows")
    TABLE = "table", _("Table")


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: User) -> SavedViewQuerySet:
        """Own ones, those of everyone and those of the own teams; leads and admins keep those of all teams."""
        shared = Q(owner=None) if user.role in (Role.ADMIN, Role.LEAD) else Q(owner=None, team=None)
        return self.filter(Q(owner=user) | shared | Q(team__in=user.teams.all()))


class SavedView(models.Model):
    """Of one person (`owner`), of one team (`team`), or of everyone (neither). Shown in order of `position`.

    `conditions` is a tree of tickets/conditions; `sort` and `group_by` name columns of tickets/columns, a leading
    minus turning the order round.
    """

    title = models.CharField(_("title"), max_length=80)
    description = models.CharField(_("description"), max_length=300, blank=True)
    owner = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="views")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="views")
    position = models.PositiveIntegerField(default=0)
    conditions = models.JSONField(default=dict)
    columns = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    sort = models.CharField(max_length=61, default="-updated_at")
    group_by = models.CharField(max_length=61, blank=True)
    layout = models.CharField(max_length=8, choices=ViewLayout, default=ViewLayout.ROWS)
    is_active = models.BooleanField(_("active"), default=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(owner=None) | Q(team=None), name="view_has_one_audience"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def slug(self) -> str:
        """What addresses call it."""
        return f"v{self.pk}"

    @property
    def version(self) -> str:
        """Another one after each change, for editors to say which they saw."""
        return self.updated_at.isoformat()

    @property
    def audience(self) -> str:
        """`me`, `team` or `everyone`."""
        return "me" if self.owner_id else "team" if self.team_id else "everyone"
