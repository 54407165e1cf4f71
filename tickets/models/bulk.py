"""A change of many tickets as a job: what was asked, how far it is, and what became of each ticket."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import User


class BulkState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


class BulkOutcome(models.TextChoices):
    PENDING = "pending", _("Not yet")
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Nothing to change")
    REFUSED = "refused", _("Refused")


class BulkJob(models.Model):
    """`actions` are those of tickets/automation/actions. The tickets were fixed when it was asked: its `items`.

    Those of a very long list are written down by the worker before it changes the first, which `list_query` tells.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="bulk_jobs")
    title = models.CharField(max_length=200)
    actions = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=BulkState, default=BulkState.QUEUED)
    submit_key = models.UUIDField(unique=True)
    list_query = models.TextField(
        blank=True,
        default="",
        db_default="",
        help_text=_("The address of a list whose tickets are still being written down as items."),
    )
    total = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["created_at"], name="bulk_unfinished", condition=Q(state__in=["queued", "running"])),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def done(self) -> int:
        return self.changed + self.unchanged + self.refused


class BulkItem(models.Model):
    """One ticket of a job. Not a foreign key: the list stays true when a ticket is deleted meanwhile."""

    job = models.ForeignKey(BulkJob, models.CASCADE, related_name="items")
    ticket_id = models.BigIntegerField()
    outcome = models.CharField(max_length=10, choices=BulkOutcome, default=BulkOutcome.PENDING)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["job", "ticket_id"], name="bulk_item_unique_ticket")]
        indexes = [
            models.Index(fields=["job", "id"], name="bulk_item_pending", condition=Q(outcome="pending")),
            models.Index(fields=["job", "id"], name="bulk_item_refused", condition=Q(outcome="refused")),
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id}: {self.outcome}"
