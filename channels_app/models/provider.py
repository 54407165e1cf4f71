"""Channels of other companies: our accounts there, what their hooks brought, conversations, and each message's fate."""

from __future__ import annotations

import json
import secrets
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Identity
from helpdesk.accounts.models import User
from helpdesk.lib.sealing import seal, unseal
from tickets.models import Attachment, Inbox, Message, Ticket


class ProviderKind(models.TextChoices):
    """As in the address of its hook: /hooks/<kind>/<token>/."""

    TWILIO_SMS = "twilio-sms", _("SMS (Twilio)")
    TWILIO_VOICE = "twilio-voice", _("Telephone (Twilio)")
    WHATSAPP = "whatsapp", _("WhatsApp")
    MESSENGER = "messenger", _("Messenger")
    INSTAGRAM = "instagram", _("Instagram")
    TELEGRAM = "telegram", _("Telegram")
    X = "x", _("X")
    GENERIC = "generic", _("Another network (signed webhook)")


def new_hook_token() -> str:
    return secrets.token_urlsafe(24)


class ProviderAccount(models.Model):
    """Our number, page, bot or profile at a provider. What comes in by it belongs to `inbox`."""

    kind = models.CharField(max_length=16, choices=ProviderKind)
    name = models.CharField(_("name"), max_length=80)
    inbox = models.ForeignKey(Inbox, models.PROTECT, related_name="provider_accounts", verbose_name=_("inbox"))
    external_id = models.CharField(
        max_length=128, blank=True, help_text=_("What the provider calls it: our number, page, bot or profile.")
    )
    hook_token = models.CharField(max_length=64, unique=True, default=new_hook_token)
    sealed_secrets = models.TextField(blank=True, help_text=_("JSON of tokens and signing secrets, sealed."))
    options = models.JSONField(default=dict, blank=True, help_text=_("What its adapter lets admins choose."))
    is_active = models.BooleanField(_("active"), default=True)

    problem = models.CharField(max_length=500, blank=True, help_text=_("Why nothing can be sent or received now."))
    problem_at = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True, help_text=_("The provider asked us to wait."))
    token_expires_at = models.DateTimeField(null=True, blank=True)
    first_event_at = models.DateTimeField(null=True, blank=True)
    last_event_at = models.DateTimeField(null=True, blank=True)
    last_sent_at = models.DateTimeField(null=True, blank=True)
    refused_count = models.PositiveIntegerField(default=0, help_text=_("Calls of its hook without a right signature."))
    last_refused_at = models.DateTimeField(null=True, blank=True)
    facts = models.JSONField(default=dict, blank=True, help_text=_("What the provider told of it: quality, limits."))
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["kind", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "external_id"], condition=~Q(external_id=""), name="provider_account_once"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def secrets(self) -> dict[str, str]:
        """Raises `CannotOpen` when SECRET_KEY is another than when they were sealed."""
        return dict(json.loads(unseal(self.sealed_secrets))) if self.sealed_secrets else {}

    def secret(self, name: str) -> str:
        return self.secrets.get(name, "")

    def set_secrets(self, **values: str) -> None:
        """An empty value removes it; those that are not named stay."""
        kept = {name: value for name, value in {**self.secrets, **values}.items() if value}
        self.sealed_secrets = seal(json.dumps(kept))

    def option(self, name: str, default: Any = None) -> Any:
        return self.options.get(name, default)


class HookState(models.TextChoices):
    RECEIVED = "received", _("Waiting to be read")
    APPLIED = "applied", _("Read")
    UNHANDLED = "unhandled", _("Of a kind that we don't read")
    FAILED = "failed", _("Could not be read")


class HookPayload(models.Model):
    """One call of a hook as it came, its signature checked, stored before anything is made of it."""

    account = models.ForeignKey(ProviderAccount, models.CASCADE, related_name="payloads")
    path = models.CharField(max_length=32, blank=True, help_text=_("What follows the token in the address."))
    method = models.CharField(max_length=8, default="POST")
    query = models.TextField(blank=True)
    content_type = models.CharField(max_length=200, blank=True)
    headers = models.JSONField(default=dict, blank=True, help_text=_("Those that its adapter wants to keep."))
    raw = models.BinaryField()
    state = models.CharField(max_length=10, choices=HookState, default=HookState.RECEIVED)
    reason = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    conversations = ArrayField(
        models.BigIntegerField(),
        default=list,
        db_default=[],
        blank=True,
        help_text=_("Ids of those that it told of: whose words stand in it."),
    )
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="hook_payload_waiting", condition=Q(state="received")),
            models.Index(fields=["account", "-id"], name="hook_payload_of_account"),
            models.Index(fields=["received_at"], name="hook_payload_by_age"),
            GinIndex(fields=["conversations"], name="hook_payload_by_talk"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.path} {self.pk}"


class Conversation(models.Model):
    """One person (or one public post) on one account. `ticket` is where the next message goes while it is not closed.

    Its row is locked before a ticket's, never after, and by `messaging.locks.lock_conversation` alone.
    """

    account = models.ForeignKey(ProviderAccount, models.CASCADE, related_name="conversations")
    thread_key = models.CharField(max_length=256, help_text=_("The provider's name for the person or thread."))
    identity = models.ForeignKey(Identity, models.SET_NULL, null=True, blank=True, related_name="conversations")
    person_name = models.CharField(max_length=200, blank=True)
    ticket = models.ForeignKey(Ticket, models.SET_NULL, null=True, blank=True, related_name="conversations")
    is_public = models.BooleanField(default=False, help_text=_("Everybody can read it: a post, a comment."))
    last_inbound_at = models.DateTimeField(null=True, blank=True, help_text=_("Opens the window for free answers."))
    window_until = models.DateTimeField(null=True, blank=True, help_text=_("Where the provider gave a longer one."))
    unreachable = models.CharField(max_length=300, blank=True, help_text=_("Why this person can't be written to."))
    facts = models.JSONField(default=dict, blank=True)
    name_due_at = models.DateTimeField(null=True, blank=True, help_text=_("When its provider is asked who this is."))
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "thread_key"], name="conversation_once")]
        indexes = [
            models.Index(
                fields=["name_due_at"], name="conversation_without_name", condition=Q(name_due_at__isnull=False)
            ),
            models.Index(fields=["account", "created_at"], name="conversation_in_public", condition=Q(is_public=True)),
        ]

    def __str__(self) -> str:
        return self.person_name or self.thread_key


class Direction(models.TextChoices):
    IN = "in", _("From them")
    OUT = "out", _("From us")
    UNKNOWN = "", _("Not known yet")


class PartState(models.TextChoices):
    """What became of what we sent; empty for what came in. It only moves forward: see `messaging/states.py`."""

    NONE = "", ""
    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    READ = "read", _("Read")
    FAILED = "failed", _("Not sent")
    UNCERTAIN = "uncertain", _("May not have been sent")
    CANCELLED = "cancelled", _("Taken back")


class ProviderMessage(models.Model):
    """One message as the provider counts: what came in, or one part of what we send (a text, then each file).

    A row may be there before its message is: a status, an edit or a deletion that came first waits in it.
    """

    account = models.ForeignKey(ProviderAccount, models.CASCADE, related_name="messages")
    conversation = models.ForeignKey(Conversation, models.CASCADE, null=True, blank=True, related_name="messages")
    external_id = models.CharField(max_length=300, blank=True)
    message = models.ForeignKey(Message, models.CASCADE, null=True, blank=True, related_name="parts")
    direction = models.CharField(max_length=4, choices=Direction, default=Direction.UNKNOWN, blank=True)
    number = models.PositiveSmallIntegerField(default=0, help_text=_("Its place among the parts of its message."))
    body = models.JSONField(default=dict, blank=True, help_text=_("What is to be sent."))
    reply_to = models.CharField(max_length=300, blank=True, help_text=_("external_id of what it answers."))
    said_at = models.DateTimeField(null=True, blank=True)

    state = models.CharField(max_length=10, choices=PartState, default=PartState.NONE, blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    error = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    tried_since = models.DateTimeField(
        null=True, blank=True, help_text=_("The first try, since a person last decided to try.")
    )
    leased_until = models.DateTimeField(null=True, blank=True)
    client_key = models.UUIDField(null=True, blank=True, unique=True, help_text=_("Ours; some providers give it back."))

    edit_number = models.BigIntegerField(default=0, help_text=_("Which version of the words is the newest known."))
    edit = models.JSONField(default=dict, blank=True, help_text=_("That version: text, at."))
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    reactions = models.JSONField(default=dict, blank=True, help_text=_("Who → emoji (empty: taken back), at."))
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "external_id"], condition=~Q(external_id=""), name="provider_message_once"
            )
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="provider_part_due", condition=Q(state="waiting")),
            models.Index(fields=["leased_until"], name="provider_part_leased", condition=Q(state="sending")),
            models.Index(fields=["conversation", "id"], name="provider_part_of_talk"),
            models.Index(fields=["account", "reply_to"], name="provider_part_answers", condition=~Q(reply_to="")),
            models.Index(fields=["state", "-id"], name="provider_part_by_state", condition=Q(direction="out")),
        ]

    def __str__(self) -> str:
        return self.external_id or f"part {self.pk}"

    @staticmethod
    def refused(reason: str) -> dict[str, str]:
        """The body of a part that can't be sent at all."""
        return {"refused": reason}

    @property
    def refusal(self) -> str:
        return str(self.body.get("refused", ""))


class MediaState(models.TextChoices):
    WAITING = "waiting", _("Being fetched")
    STORED = "stored", _("Stored")
    FAILED = "failed", _("Could not be fetched")
    LINKED = "linked", _("May only be linked")


class ProviderMedia(models.Model):
    """A file of a message that came in, fetched by a worker soon after; its message is there without it."""

    part = models.ForeignKey(ProviderMessage, models.CASCADE, related_name="media")
    number = models.PositiveSmallIntegerField(default=0)
    ref = models.JSONField(help_text=_("Where its adapter finds it: an id, an address."))
    filename = models.CharField(max_length=255, blank=True)
    content_type = models.CharField(max_length=127, blank=True)
    size = models.BigIntegerField(null=True, blank=True, help_text=_("In bytes, as the provider says."))
    state = models.CharField(max_length=8, choices=MediaState, default=MediaState.WAITING)
    reason = models.CharField(max_length=300, blank=True)
    attachment = models.ForeignKey(Attachment, models.SET_NULL, null=True, blank=True, related_name="+")
    attempt = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "provider media"
        constraints = [models.UniqueConstraint(fields=["part", "number"], name="provider_media_once")]
        indexes = [models.Index(fields=["due_at"], name="provider_media_due", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return self.filename or f"file {self.number}"


class TemplateState(models.TextChoices):
    PENDING = "pending", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    PAUSED = "paused", _("Paused")
    DISABLED = "disabled", _("Disabled")


class MessageTemplate(models.Model):
    """A text that the provider approved, the only one that may be sent when the window for free answers is over."""

    account = models.ForeignKey(ProviderAccount, models.CASCADE, related_name="templates")
    external_id = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=512)
    language = models.CharField(max_length=16)
    category = models.CharField(max_length=32, blank=True)
    components = models.JSONField(default=list, help_text=_("HEADER, BODY, FOOTER, BUTTONS as the provider has them."))
    state = models.CharField(max_length=10, choices=TemplateState, default=TemplateState.PENDING)
    reason = models.CharField(max_length=300, blank=True)
    synced_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name", "language"]
        constraints = [models.UniqueConstraint(fields=["account", "name", "language"], name="template_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"
