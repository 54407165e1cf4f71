"""Telephone calls at a provider: the legs of each, and its recordings."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from channels_app.models.provider import MediaState, ProviderAccount
from helpdesk.accounts.models import User
from tickets.models import Attachment, Call


class LegOf(models.TextChoices):
    CUSTOMER = "customer", _("The customer’s")
    AGENT = "agent", _("An agent’s")


class CallLeg(models.Model):
    """One line of a call as the provider counts: the customer's, and one for each agent whose telephone rang."""

    account = models.ForeignKey(ProviderAccount, models.CASCADE, related_name="call_legs")
    external_id = models.CharField(max_length=128)
    call = models.ForeignKey(Call, models.CASCADE, related_name="legs")
    of = models.CharField(max_length=8, choices=LegOf)
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    facts = models.JSONField(default=dict, blank=True, help_text=_("Of its queue and its conference."))
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "external_id"], name="call_leg_once")]

    def __str__(self) -> str:
        return self.external_id


class CallRecording(models.Model):
    """What was said, fetched by a worker; `attachment` is the file once it is here."""

    account = models.ForeignKey(ProviderAccount, models.CASCADE, related_name="recordings")
    external_id = models.CharField(max_length=128)
    call = models.ForeignKey(Call, models.CASCADE, related_name="recordings")
    is_voicemail = models.BooleanField(default=False)
    url = models.CharField(max_length=1000, blank=True)
    seconds = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=MediaState, default=MediaState.WAITING)
    reason = models.CharField(max_length=300, blank=True)
    attachment = models.ForeignKey(Attachment, models.SET_NULL, null=True, blank=True, related_name="+")
    attempt = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "external_id"], name="call_recording_once")]
        indexes = [models.Index(fields=["due_at"], name="recording_due", condition=models.Q(state="waiting"))]

    def __str__(self) -> str:
        return self.external_id
