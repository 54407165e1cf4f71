"""Exports and erasures as jobs, what was done for privacy's sake, how long things are kept, who was erased."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from helpdesk.accounts.models import User


class PrivacyJobKind(models.TextChoices):
    EXPORT = "export", _("Export")
    ERASURE = "erasure", _("Erasure")


class PrivacyJobState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class PrivacyJob(models.Model):
    """One person's archive, or their erasure, done by a worker in steps: customers/privacy_jobs.py.

    `step` and `cursor` say how far it is and are written with what the step changed. `sealed` holds by what an erased
    person is found while that goes on; it is emptied at its end.
    """

    kind = models.CharField(max_length=8, choices=PrivacyJobKind)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="privacy_jobs")
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    asked_by_name = models.CharField(max_length=200)
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=PrivacyJobState, default=PrivacyJobState.QUEUED)
    step = models.CharField(max_length=80, blank=True)
    cursor = models.BigIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    plan = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    sealed = models.TextField(blank=True)
    report = models.JSONField(default=list, help_text=_("Where something is left, by table and column."))
    file = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0, help_text=_("In bytes."))
    expires_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=500, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["leased_until"], name="privacy_job_unfinished", condition=Q(state__in=["queued", "running"])
            ),
            models.Index(fields=["expires_at"], name="privacy_job_to_expire", condition=~Q(file="")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["customer"], condition=Q(kind="erasure"), name="customer_erased_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of customer {self.customer_id}"


class PrivacyAct(models.TextChoices):
    EXPORT_ASKED = "export.asked", _("Asked for an export")
    EXPORT_FETCHED = "export.fetched", _("Fetched an export")
    ERASURE_ASKED = "erasure.asked", _("Asked for an erasure")
    ERASURE_DONE = "erasure.done", _("A person was erased")
    REDACTED = "message.redacted", _("Redacted a message")
    RETENTION_CHANGED = "retention.changed", _("Changed how long something is kept")
    RETENTION_APPLIED = "retention.applied", _("Something old was removed")


class PrivacyEntry(models.Model):
    """Who did what for privacy's sake: numbers and names of staff, never a word of a customer."""

    kind = models.CharField(max_length=24, choices=PrivacyAct)
    actor_user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    actor_name = models.CharField(max_length=200)
    customer_number = models.BigIntegerField(null=True, blank=True)
    ticket_number = models.BigIntegerField(null=True, blank=True)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "privacy entries"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.kind} by {self.actor_name}"


class RetentionRule(models.Model):
    """How long one kind of data is kept, see customers/retention.py. Without a row, or without days: for ever."""

    kind = models.CharField(max_length=24, unique=True)
    days = models.PositiveIntegerField(null=True, blank=True)
    changed_by_name = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)
    last_run_at = models.DateTimeField(null=True, blank=True)
    removed = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.kind}: {self.days}"


class Tombstone(models.Model):
    """An address that was erased, as a keyed digest: what comes back from a backup or an import can be told."""

    digest = models.CharField(max_length=64, unique=True)
    customer_number = models.BigIntegerField()
    erased_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.digest
