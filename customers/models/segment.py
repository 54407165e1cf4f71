"""Segments: kept questions in the condition language over customers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import User


class BadgeColour(models.TextChoices):
    """The tones of the style sheet, by the names people have for them."""

    SLATE = "slate", _("Grey")
    BLUE = "blue", _("Blue")
    GREEN = "green", _("Green")
    AMBER = "amber", _("Amber")
    RED = "red", _("Red")
    VIOLET = "violet", _("Violet")


class SegmentQuerySet(models.QuerySet["Segment"]):
    def in_use(self) -> SegmentQuerySet:
        return self.filter(deleted_at=None)

    def visible_to(self, user: User) -> SegmentQuerySet:
        """Own ones and those of everyone; the badges among them are seen by whoever sees the customer."""
        return self.in_use().filter(Q(owner=user) | Q(owner=None))

    def badges(self) -> SegmentQuerySet:
        return self.in_use().filter(is_badge=True)


class Segment(models.Model):
    """Of one person (`owner`) or of everyone. `conditions` is a tree of tickets/conditions in the scope "customer".

    One that is deleted stays as a row with `deleted_at`: what was sent to it says to whom.
    """

    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("description"), max_length=300, blank=True)
    owner = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="segments")
    conditions = models.JSONField(default=dict)
    is_badge = models.BooleanField(_("badge"), default=False, help_text=_("Its customers carry its name as a badge."))
    colour = models.CharField(_("colour"), max_length=8, choices=BadgeColour, default=BadgeColour.SLATE)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    updated_at = models.DateTimeField(default=timezone.now, db_default=Now())
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = SegmentQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(is_badge=False) | Q(owner=None), name="segment_badge_is_everyones")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def version(self) -> str:
        """Another one after each change, for editors to say which they saw."""
        return self.updated_at.isoformat()

    @property
    def slug(self) -> str:
        """What addresses call it."""
        return f"s{self.pk}"
