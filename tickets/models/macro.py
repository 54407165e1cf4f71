"""Macros: changes and words that an agent puts to a ticket with one choice, and then looks over before sending."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import Role, Team, User
from tickets.models.message import Attachment
from tickets.models.ticket import Ticket


class MacroQuerySet(models.QuerySet["Macro"]):
    def meant_for(self, user: User) -> MacroQuerySet:
        """Own ones, those of everyone and those of the own teams; leads and admins see those of all teams."""
        shared = Q(owner=None) if user.role in (Role.ADMIN, Role.LEAD) else Q(owner=None, team=None)
        return self.filter(Q(owner=user) | shared | Q(team__in=user.teams.all()))

    def visible_to(self, user: User) -> MacroQuerySet:
        """Those meant for `user` that are not deleted."""
        return self.meant_for(user).filter(deleted_at=None)


class Macro(models.Model):
    """Of one person (`owner`), of one team (`team`), or of everyone (neither).

    `actions` are of tickets/automation/actions; the words are the action `comment_value_html`, with placeholders.
    """

    title = models.CharField(_("title"), max_length=120)
    description = models.CharField(_("description"), max_length=500, blank=True)
    folder = models.CharField(_("folder"), max_length=200, blank=True, help_text=_("Parted by ::, as Billing::Refunds"))
    shortcut = models.SlugField(
        _("shortcut"), max_length=40, blank=True, help_text=_("What is typed after / in a reply")
    )
    language = models.CharField(_("language of its words"), max_length=8, blank=True)
    owner = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="macros")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="macros")
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(_("active"), default=True)
    actions = models.JSONField(default=list)
    attachments = models.ManyToManyField(Attachment, related_name="macros", blank=True)
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = MacroQuerySet.as_manager()

    class Meta:
        ordering = ["folder", "position", "pk"]
        constraints = [models.CheckConstraint(condition=Q(owner=None) | Q(team=None), name="macro_has_one_audience")]

    def __str__(self) -> str:
        return self.title


class MacroUse(models.Model):
    """Somebody applied a macro and sent or saved what came of it. A row each: nobody waits for a counter's lock."""

    macro = models.ForeignKey(Macro, models.CASCADE, related_name="uses")
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["macro", "-created_at"], name="macro_use_of_macro")]

    def __str__(self) -> str:
        return f"{self.macro} on #{self.ticket_id}"
