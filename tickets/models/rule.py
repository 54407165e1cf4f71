"""Rules: what happens by itself. Triggers on what is done to a ticket, automations on time that has passed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import User
from tickets.models.ticket import Ticket


class RuleKind(models.TextChoices):
    TRIGGER = "trigger", _("Trigger")
    AUTOMATION = "automation", _("Automation")


class RuleCategory(models.Model):
    """Groups triggers; they run category by category, and by position inside each."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = "rule categories"

    def __str__(self) -> str:
        return self.name


class Rule(models.Model):
    """`conditions` is a tree of tickets/conditions, `actions` a list of tickets/automation/actions.

    A deleted rule stays as a row, because timelines name it.
    """

    kind = models.CharField(max_length=10, choices=RuleKind)
    title = models.CharField(_("title"), max_length=120)
    description = models.CharField(_("description"), max_length=500, blank=True)
    category = models.ForeignKey(RuleCategory, models.PROTECT, null=True, blank=True, related_name="rules")
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(_("active"), default=True)
    conditions = models.JSONField(default=dict)
    actions = models.JSONField(default=list)
    problem = models.CharField(
        max_length=500, blank=True, help_text=_("Why it was switched off by itself, or can't run; empty when it can.")
    )
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["category__position", "category_id", "position", "pk"]
        indexes = [
            models.Index(fields=["kind", "position"], name="rule_running", condition=Q(is_active=True, deleted_at=None))
        ]

    def __str__(self) -> str:
        return self.title


class Stamp(models.Model):
    """Tells every process that something it has read before is different now: `number` is another after each change.

    Triggers of the database raise it, whoever changes the rows and however; a number is never given twice.
    """

    name = models.CharField(max_length=40, primary_key=True)
    number = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class RuleTrace(models.Model):
    """What the rules saw and did in one gesture, for the rule debugger; kept for some weeks.

    `steps` is written and read by tickets/automation/tracing.py alone.
    """

    gesture_id = models.UUIDField(primary_key=True)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="rule_traces")
    steps = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["ticket", "-created_at"], name="rule_trace_of_ticket"),
            models.Index(fields=["created_at"], name="rule_trace_age"),
        ]

    def __str__(self) -> str:
        return f"rules on #{self.ticket_id} at {self.created_at}"


class DueState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    FIRED = "fired", _("Fired")
    CANCELLED = "cancelled", _("Cancelled")
    SPARED = "spared", _("Was true before the rule was")
    FAILED = "failed", _("Failed")


class DueRule(models.Model):
    """An automation's appointment with a ticket: at `due_at` it looks, and fires if its conditions hold.

    Once per ticket and time its conditions become true: as long as they stay true, until `true_until`, the row that
    fired stands for it, and no other is made. tickets/automation/timed.py writes these rows.
    """

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="due")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="due_rules")
    due_at = models.DateTimeField()
    became_true_at = models.DateTimeField(help_text=_("The moment from which its conditions hold."))
    true_until = models.DateTimeField(
        null=True, blank=True, help_text=_("Of one that fired: when its conditions ceased to hold, or will by time.")
    )
    depth = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text=_("How many rules, one causing the next, led here; see TicketEvent.")
    )
    state = models.CharField(max_length=10, choices=DueState, default=DueState.WAITING)
    settled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["due_at", "id"], name="due_rule_waiting", condition=Q(state="waiting")),
            models.Index(fields=["ticket"], name="due_rule_of_ticket"),
            models.Index(fields=["settled_at"], name="due_rule_age", condition=~Q(state="waiting")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "ticket"], condition=Q(state="waiting"), name="due_rule_waits_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} on #{self.ticket_id} at {self.due_at}"


class DuePlan(models.Model):
    """How far an automation's appointments with the tickets that were there before it have been made.

    `conditions` is what they were made for, a digest, empty while the rule is off; another one means to begin anew.
    Transactions older than `barrier` may not know the rule yet: nothing is planned before they have ended.
    """

    rule = models.OneToOneField(Rule, models.CASCADE, related_name="plan")
    conditions = models.CharField(max_length=64, blank=True)
    spares_existing = models.BooleanField(
        default=False, help_text=_("Tickets for which it holds already are left alone until it holds anew.")
    )
    barrier = models.BigIntegerField(default=0)
    last_ticket_id = models.BigIntegerField(default=0)
    began_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"appointments of {self.rule_id} up to #{self.last_ticket_id}"


class RevisionOf(models.TextChoices):
    RULE = "rule", _("Rule")
    MACRO = "macro", _("Macro")
    SLA_POLICY = "sla_policy", _("SLA policy")
    VIEW = "view", _("View")
    SURVEY = "survey", _("Survey")


class Revision(models.Model):
    """How something that people configure looked after each change, by whom; any can be restored.

    `data` is what the export writes of it. Rows are written by tickets/revisions.py.
    """

    of = models.CharField(max_length=12, choices=RevisionOf)
    object_id = models.BigIntegerField()
    number = models.PositiveIntegerField()
    data = models.JSONField()
    change = models.CharField(max_length=300, blank=True, help_text=_("What was done, in words: restored from 3."))
    author = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    author_name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["of", "object_id", "number"], name="revision_unique_number"),
        ]

    def __str__(self) -> str:
        return f"{self.of} {self.object_id}, revision {self.number}"


class Replay(models.Model):
    """What a draft rule would have done to the tickets of the last days: a job with progress, which changes nothing."""

    kind = models.CharField(max_length=10, choices=RuleKind)
    conditions = models.JSONField(default=dict)
    actions = models.JSONField(default=list)
    days = models.PositiveIntegerField()
    asked_by = models.ForeignKey(User, models.CASCADE, related_name="replays")
    state = models.CharField(max_length=10, default="waiting")  # waiting, running, done, cancelled, failed
    total = models.PositiveIntegerField(default=0)
    looked_at = models.PositiveIntegerField(default=0)
    matched = models.PositiveIntegerField(default=0, help_text=_("How often it would have fired."))
    matched_tickets = models.PositiveIntegerField(default=0, db_default=0)
    last_ticket_id = models.BigIntegerField(default=0)
    examples = models.JSONField(default=list, help_text=_("The first matches: ticket, moment and what would change."))
    problem = models.CharField(max_length=500, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"replay {self.pk} over {self.days} days"
