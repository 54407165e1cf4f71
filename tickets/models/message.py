from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Purpose
from helpdesk.accounts.models import User
from tickets.models.inbox import Channel
from tickets.models.ticket import Ticket


class MessageKind(models.TextChoices):
    PUBLIC = "public", _("Public")
    NOTE = "note", _("Internal note")


class DeliveryState(models.TextChoices):
    """What became of an outgoing message; empty for what came in and for notes."""

    NONE = "", ""
    SCHEDULED = "scheduled", _("Sent later")
    QUEUED = "queued", _("Sending soon")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    READ = "read", _("Read")
    DEFERRED = "deferred", _("Will be tried again")
    FAILED = "failed", _("Not sent")
    UNKNOWN = "unknown", _("May not have been sent")
    CANCELLED = "cancelled", _("Taken back")


# Public words that no customer has: they count nowhere.
UNSENT = (DeliveryState.SCHEDULED, DeliveryState.CANCELLED)


class ScanState(models.TextChoices):
    """What the malware scanner said of a file; empty when none is set up."""

    NONE = "", ""
    PENDING = "pending", _("Being checked")
    CLEAN = "clean", _("Clean")
    INFECTED = "infected", _("Malware found")
    FAILED = "failed", _("Could not be checked")


class MessageQuerySet(models.QuerySet["Message"]):
    def public(self) -> MessageQuerySet:
        """What customers may see: the one place that decides it (no note, nothing taken back or still to be sent)."""
        return self.filter(kind=MessageKind.PUBLIC).exclude(delivery_state__in=UNSENT)


class Message(models.Model):
    """One message or note. `html` is sanitised; `quoted_html` is the history the sender's mail program appended."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=8, choices=MessageKind)
    channel = models.CharField(max_length=16, choices=Channel)
    author_user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="messages")
    author_customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="messages", db_index=False
    )
    author_name = models.CharField(max_length=200)
    author_role = models.CharField(
        max_length=8, blank=True, help_text=_("The agent's role when writing; empty for customers.")
    )

    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    quoted_text = models.TextField(blank=True)
    quoted_html = models.TextField(blank=True)
    needs_frame = models.BooleanField(
        default=False, help_text=_("Its HTML is shown in the sandboxed frame, not in the page.")
    )
    has_remote_images = models.BooleanField(default=False)

    subject = models.CharField(max_length=998, blank=True)
    from_address = models.CharField(max_length=320, blank=True)
    to = ArrayField(models.CharField(max_length=320), default=list, blank=True)
    cc = ArrayField(models.CharField(max_length=320), default=list, blank=True)
    bcc = ArrayField(models.CharField(max_length=320), default=list, blank=True)
    reply_to = models.CharField(max_length=320, blank=True)
    message_id = models.CharField(
        max_length=998, blank=True, help_text=_("Message-ID without brackets (RFC 5322 §3.6.4).")
    )
    match_rule = models.CharField(max_length=40, blank=True, help_text=_("Which threading rule put it here."))
    match_evidence = models.JSONField(default=dict, blank=True)
    is_auto_reply = models.BooleanField(default=False)
    refuses_answers = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_("A machine, a list or nobody wrote it: nothing may answer it automatically (RFC 3834 §2)."),
    )
    is_automatic = models.BooleanField(
        default=False, db_default=False, help_text=_("Written by a rule: it never counts as a reply.")
    )
    cause_depth = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text=_("How many rules, one causing the next, led to it; see TicketEvent.")
    )
    language = models.CharField(max_length=8, blank=True, default="", db_default="")
    tone = models.CharField(max_length=8, blank=True, default="", db_default="")
    purpose = models.CharField(
        max_length=8,
        choices=Purpose,
        default=Purpose.SUPPORT,
        db_default="support",
        help_text=_("What consent has to allow it; see customers/consent.py."),
    )
    is_unverified = models.BooleanField(default=False, help_text=_("Its sender is no known participant."))

    delivery_state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.NONE, blank=True)
    delivery_detail = models.CharField(max_length=500, blank=True)
    send_at = models.DateTimeField(null=True, blank=True)
    unless_answered = models.BooleanField(
        default=False, help_text=_("Sent later, but not when the customer writes first.")
    )
    submit_key = models.UUIDField(
        null=True, blank=True, help_text=_("Made by the browser once a message: the same submit twice is one message.")
    )
    facts = models.JSONField(
        default=dict,
        db_default={},
        blank=True,
        help_text=_("What its channel tells besides the words: see tickets/message_facts.py."),
    )
    created_at = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text=_("Its words are gone: a person was erased, or their time was over."),
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["ticket", "-id"], name="message_of_ticket"),
            models.Index(fields=["message_id"], name="message_by_message_id", condition=~models.Q(message_id="")),
            # For timelines, which read no row but those they show.
            models.Index(
                fields=["ticket", "-created_at", "-id"],
                name="message_said",
                condition=models.Q(kind=MessageKind.PUBLIC),
            ),
            models.Index(
                fields=["ticket", "-created_at", "-id"], name="message_noted", condition=models.Q(kind=MessageKind.NOTE)
            ),
            models.Index(
                fields=["author_customer", "-created_at", "-id"],
                include=["ticket", "kind"],
                name="message_of_author",
                condition=models.Q(author_customer__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "submit_key"], name="message_unique_submit"),
            models.CheckConstraint(
                condition=models.Q(kind=MessageKind.PUBLIC) | models.Q(delivery_state=""),
                name="note_is_never_delivered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author_name}: {self.text[:60]}"

    @property
    def is_note(self) -> bool:
        return self.kind == MessageKind.NOTE

    @property
    def is_from_customer(self) -> bool:
        return not self.author_role

    @property
    def author(self) -> User | Customer | None:
        return self.author_user or self.author_customer


def attachment_path(attachment: Attachment, filename: str) -> str:
    """Stored under its content's hash: the same file twice takes its space once, and no name reaches the disk."""
    return f"attachments/{attachment.sha256[:2]}/{attachment.sha256[2:4]}/{attachment.sha256}"


class Attachment(models.Model):
    """A file of a message, or uploaded for one that is not sent yet (`message` is null, `uploaded_by` set)."""

    message = models.ForeignKey(Message, models.CASCADE, null=True, blank=True, related_name="attachments")
    uploaded_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="uploads")
    file = models.FileField(upload_to=attachment_path, max_length=200)
    filename = models.CharField(max_length=255)
    content_type = models.CharField(max_length=127, default="application/octet-stream")
    size = models.PositiveBigIntegerField(help_text=_("In bytes."))
    sha256 = models.CharField(max_length=64, db_index=True)
    content_id = models.CharField(max_length=998, blank=True)
    inline = models.BooleanField(default=False)
    scan_state = models.CharField(max_length=8, choices=ScanState, default=ScanState.NONE, blank=True)
    scan_detail = models.CharField(max_length=200, blank=True, help_text=_("What the malware scanner found."))
    created_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True, help_text=_("Redacted: only that it was there is left."))
    removed_by = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["created_at"], name="attachment_unsent", condition=models.Q(message=None)),
            models.Index(fields=["id"], name="attachment_unchecked", condition=models.Q(scan_state="pending")),
        ]

    def __str__(self) -> str:
        return self.filename

    def as_dict(self) -> dict[str, Any]:
        return {"id": self.pk, "filename": self.filename, "size": self.size, "content_type": self.content_type}


class UnusedFile(models.Model):
    """Bytes in the storage that were let go of, written down with that: see tickets/unused_files.py."""

    path = models.CharField(max_length=200, unique=True)
    noted_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.path
