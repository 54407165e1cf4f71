from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import User
from tickets.models.ticket import Ticket


class DraftMode(models.TextChoices):
    REPLY = "reply", _("Reply")
    NOTE = "note", _("Note")


class Draft(models.Model):
    """Words an agent has typed and not sent. One per person, ticket and mode; `version` counts the saves."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="drafts")
    user = models.ForeignKey(User, models.CASCADE, related_name="drafts")
    mode = models.CharField(max_length=8, choices=DraftMode)
    html = models.TextField(blank=True)
    attachment_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    recipients = models.JSONField(
        null=True, blank=True, help_text=_("Addresses to, cc and bcc where the writer changed them; null: as usual.")
    )
    shared_at = models.DateTimeField(null=True, blank=True, help_text=_("Since when colleagues may read along."))
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "user", "mode"], name="draft_unique_per_person_and_mode")
        ]

    def __str__(self) -> str:
        return f"{self.mode} on #{self.ticket_id}"


class DraftRevision(models.Model):
    """What a draft said before: kept when it is overwritten, sent or discarded, so that no words are lost."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="draft_revisions")
    user = models.ForeignKey(User, models.CASCADE, related_name="draft_revisions")
    mode = models.CharField(max_length=8, choices=DraftMode)
    html = models.TextField()
    attachment_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    version = models.PositiveIntegerField()
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["ticket", "user", "-id"], name="draft_revision_of_draft")]

    def __str__(self) -> str:
        return f"{self.mode} on #{self.ticket_id}, version {self.version}"
