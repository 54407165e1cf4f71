"""How bytes travel: the account behind an inbox, what came in as it came, what goes out and what became of it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import User
from tickets.models import Inbox, Message, Ticket


class ChannelAccount(models.Model):
    """The technical side of an inbox."""

    inbox = models.OneToOneField(Inbox, models.CASCADE, related_name="account")
    aliases = ArrayField(
        models.EmailField(), default=list, blank=True, help_text=_("Further addresses that arrive here, lower case.")
    )
    authserv_id = models.CharField(
        max_length=253,
        blank=True,
        help_text=_("The name under which our own mail server writes Authentication-Results (RFC 8601 §2.5)."),
    )

    def __str__(self) -> str:
        return str(self.inbox)


class PayloadState(models.TextChoices):
    RECEIVED = "received", _("Waiting to be read")
    APPLIED = "applied", _("On a ticket")
    HELD = "held", _("Held")
    DUPLICATE = "duplicate", _("Seen before")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Could not be read")


def sender_domain() -> models.Func:
    """What follows the last @ of `sender`; written the same way everywhere, since an index is on it."""
    last_part = models.F("sender"), models.Value("@"), models.Value(-1)
    return models.Func(*last_part, function="split_part", output_field=models.CharField())


class InboundPayload(models.Model):
    """One mail as it arrived, stored before anything is parsed. It is always in exactly one state."""

    account = models.ForeignKey(ChannelAccount, models.PROTECT, related_name="payloads")
    source = models.CharField(max_length=16, help_text=_("smtp, pipe"))
    raw = models.BinaryField()
    size = models.PositiveIntegerField(help_text=_("In bytes."))
    envelope_from = models.CharField(max_length=320, blank=True)
    envelope_to = ArrayField(models.CharField(max_length=320), default=list)
    content_key = models.CharField(max_length=64)
    mail_id = models.CharField(max_length=998, blank=True, help_text=_("Message-ID without brackets."))
    sender = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=PayloadState, default=PayloadState.RECEIVED)
    rule = models.CharField(max_length=40, blank=True, help_text=_("The rule that decided the state."))
    reason = models.TextField(blank=True, help_text=_("Why, in words; the traceback where reading it broke."))
    ticket = models.ForeignKey(Ticket, models.SET_NULL, null=True, blank=True, related_name="payloads")
    message = models.OneToOneField(Message, models.SET_NULL, null=True, blank=True, related_name="payload")
    attempts = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["content_key"], name="payload_by_content"),
            models.Index(fields=["mail_id"], name="payload_by_mail_id"),
            models.Index(
                fields=["leased_until", "id"], name="payload_waiting", condition=models.Q(state=PayloadState.RECEIVED)
            ),
            models.Index(fields=["state", "-id"], name="payload_of_state"),
            models.Index(fields=["sender", "received_at"], name="payload_of_sender"),
            models.Index(
                sender_domain(), "received_at", name="payload_of_domain", condition=models.Q(rule__in=["new", "storm"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sender}: {self.subject}"


class OutboxState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Being sent")
    ACCEPTED = "accepted", _("Accepted by the mail server")
    DEFERRED = "deferred", _("Will be tried again")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Outcome unknown")
    CANCELLED = "cancelled", _("Cancelled")


class Delivery(models.Model):
    """The outbox row of a message, written in the message's own transaction.

    Its Message-ID (`mail_id`) is fixed from the start; `raw` holds the bytes rendered at the first attempt, so that
    every further attempt sends the same.
    """

    message = models.OneToOneField(Message, models.CASCADE, related_name="delivery")
    account = models.ForeignKey(ChannelAccount, models.PROTECT, related_name="deliveries")
    mail_id = models.CharField(max_length=255, unique=True, help_text=_("Message-ID without brackets."))
    envelope_from = models.CharField(max_length=320)
    envelope_to = ArrayField(models.CharField(max_length=320))
    raw = models.BinaryField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=OutboxState, default=OutboxState.QUEUED)
    due_at = models.DateTimeField()
    attempt = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="delivery_due",
                condition=models.Q(state__in=[OutboxState.QUEUED, OutboxState.DEFERRED]),
            ),
            models.Index(
                fields=["leased_until"], name="delivery_leased", condition=models.Q(state=OutboxState.SENDING)
            ),
        ]

    def __str__(self) -> str:
        return self.mail_id


class DeliveryAttempt(models.Model):
    """One try to hand a delivery over, and what the other side said, for each recipient."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    backend = models.CharField(max_length=200, help_text=_("The mail backend: only it could prove what became of it."))
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=OutboxState, blank=True)
    answer = models.TextField(blank=True)
    refused = models.JSONField(default=dict, help_text=_("Who does not have the mail yet → answer, final."))

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="delivery_attempt_unique_number")]

    def __str__(self) -> str:
        return f"{self.delivery} #{self.number}"


class Notice(models.Model):
    """A mail that tells a member of staff of one or several notifications: its own small outbox.

    Unlike a reply it is sent at least once: a worker that dies between sending and writing so down sends it again, the
    same bytes under the same Message-ID, which mail programs show once. The bytes are dropped when it has been sent.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="notices")
    mail_id = models.CharField(max_length=255, blank=True, help_text=_("Message-ID without brackets."))
    raw = models.BinaryField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=OutboxState, default=OutboxState.QUEUED)
    due_at = models.DateTimeField()
    attempt = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="notice_due",
                condition=models.Q(state__in=[OutboxState.QUEUED, OutboxState.DEFERRED, OutboxState.SENDING]),
            ),
            models.Index(fields=["created_at"], name="notice_by_age"),
        ]

    def __str__(self) -> str:
        return self.mail_id
