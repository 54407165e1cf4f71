"""Promises of time: policies, the clocks that run for a ticket, and the log that explains each of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import Calendar, User
from tickets.models.ticket import Ticket


class SlaMetric(models.TextChoices):
    """rules-sla-metrics §4; names are Zendesk's."""

    FIRST_REPLY = "first_reply_time", _("First reply")
    NEXT_REPLY = "next_reply_time", _("Next reply")
    PERIODIC_UPDATE = "periodic_update_time", _("Periodic update")
    PAUSABLE_UPDATE = "pausable_update_time", _("Pausable update")
    REQUESTER_WAIT = "requester_wait_time", _("Requester wait")
    AGENT_WORK = "agent_work_time", _("Agent work")
    TOTAL_RESOLUTION = "total_resolution_time", _("Total resolution")
    GROUP_OWNERSHIP = "group_ownership_time", _("Team ownership")


class SlaPolicy(models.Model):
    """The first active one in order of `position` whose `conditions` hold gives a ticket its targets.

    `targets`: `[{"priority": "high", "metric": "first_reply_time", "target": 3600, "business_hours": true}, …]`, target
    in seconds, at least 15. `settings`: the advanced switches of rules-sla-metrics §4 by name, true where on.
    """

    title = models.CharField(_("title"), max_length=120)
    description = models.CharField(_("description"), max_length=500, blank=True)
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(_("active"), default=True)
    conditions = models.JSONField(default=dict)
    targets = models.JSONField(default=list)
    settings = models.JSONField(default=dict)
    calendar = models.ForeignKey(
        Calendar, models.SET_NULL, null=True, blank=True, related_name="+",
        help_text=_("Whose hours count; empty: the ticket's, its team's, or else the default calendar."),
    )  # fmt: skip
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = "SLA policies"

    def __str__(self) -> str:
        return self.title


class SlaState(models.TextChoices):
    ACTIVE = "active", _("Running")
    PAUSED = "paused", _("Paused")
    FULFILLED = "fulfilled", _("Fulfilled")
    CANCELLED = "cancelled", _("No longer applies")


class SlaTarget(models.Model):
    """One clock of one ticket: a metric's `instance`, counted from 1. What `tickets.sla.book` says, stored.

    Running clocks have `due_at`, the moment at which they breach; paused and settled ones have none. Seconds are of
    the calendar named, or of the wall clock where `is_business` is false. The sweep looks at it when `wake_at` is over.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="sla_targets")
    policy = models.ForeignKey(SlaPolicy, models.SET_NULL, null=True, blank=True, related_name="targets_set")
    metric = models.CharField(max_length=24, choices=SlaMetric)
    instance = models.PositiveIntegerField(default=1)
    priority = models.CharField(max_length=8)
    target = models.PositiveBigIntegerField(help_text=_("In seconds."))
    is_business = models.BooleanField(default=False)
    calendar = models.ForeignKey(Calendar, models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=SlaState, default=SlaState.ACTIVE)
    started_at = models.DateTimeField()
    elapsed = models.FloatField(default=0, help_text=_("Seconds counted when it last paused or was settled."))
    counting_since = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    warn_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True)
    wake_at = models.DateTimeField(null=True, blank=True, help_text=_("When somebody has to warn, or tell of it."))
    told = models.CharField(
        max_length=8, blank=True, default="", db_default="", help_text=_("What the timeline says: warned, breached.")
    )

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["wake_at", "id"], name="sla_to_wake", condition=Q(wake_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "metric", "instance"], name="sla_target_unique_instance"),
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.instance} of #{self.ticket_id}"


class SlaMemory(models.Model):
    """What `tickets.sla.book` has to know of a ticket between two gestures; only tickets under a policy have it.

    Written and read by tickets/sla/memory.py alone; `targets.recompute` tells the same from the timeline.
    """

    ticket = models.OneToOneField(Ticket, models.CASCADE, primary_key=True, related_name="sla_memory")
    data = models.JSONField()

    class Meta:
        verbose_name_plural = "SLA memories"

    def __str__(self) -> str:
        return f"clocks of #{self.ticket_id}"


class SlaWhatIf(models.Model):
    """What a changed policy, calendar or holiday would have meant for the last days: a job, which changes nothing.

    `draft`: see tickets/sla/whatif.py. `result`: breaches by metric, now and then, and tickets for which it differs.
    """

    draft = models.JSONField()
    title = models.CharField(max_length=200)
    days = models.PositiveIntegerField(default=90)
    asked_by = models.ForeignKey(User, models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, default="waiting")  # waiting, running, done, cancelled, failed
    total = models.PositiveIntegerField(default=0)
    looked_at = models.PositiveIntegerField(default=0)
    last_ticket_id = models.BigIntegerField(default=0)
    result = models.JSONField(default=dict)
    problem = models.CharField(max_length=500, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"what if {self.pk}: {self.title}"


class SlaEventKind(models.TextChoices):
    ACTIVATE = "activate", _("Started")
    APPLY = "apply_sla", _("Target set")
    PAUSE = "pause", _("Paused")
    RESUME = "resume", _("Resumed")
    FULFILL = "fulfill", _("Fulfilled")
    BREACH = "breach", _("Breached")
    WARN = "warn", _("Warned")
    CANCEL = "cancel", _("No longer applies")
    MEASURE = "measure", _("Measured")


class SlaEvent(models.Model):
    """What happened to one clock, in order: append-only; the API's metric events and the receipts read it."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="sla_events")
    metric = models.CharField(max_length=24, choices=SlaMetric)
    instance = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=SlaEventKind)
    data = models.JSONField(default=dict)
    gesture_id = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["ticket", "metric", "instance", "id"], name="sla_event_of_clock")]

    def __str__(self) -> str:
        return f"{self.kind} {self.metric} of #{self.ticket_id}"
