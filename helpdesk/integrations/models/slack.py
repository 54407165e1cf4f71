"""Slack: the workspaces we are in, their threads about tickets, what we post there and what comes back."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import User
from helpdesk.lib.sealing import unseal
from tickets.models import Message, Ticket


def new_hook_token() -> str:
    return secrets.token_urlsafe(24)


class SlackWorkspace(models.Model):
    """Where our app is installed. `hook_token` is in the addresses that Slack calls; its signature proves who calls."""

    team_id = models.CharField(max_length=32, unique=True)
    team_name = models.CharField(_("workspace"), max_length=200)
    bot_user_id = models.CharField(max_length=32)
    bot_id = models.CharField(max_length=32, blank=True)
    hook_token = models.CharField(max_length=64, unique=True, default=new_hook_token)
    sealed_token = models.TextField()
    sealed_signing_secret = models.TextField()
    is_active = models.BooleanField(_("active"), default=True)
    problem = models.CharField(max_length=500, blank=True, help_text=_("Why it was switched off by itself."))
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["team_name", "pk"]

    def __str__(self) -> str:
        return self.team_name

    @property
    def token(self) -> str:
        return unseal(self.sealed_token)

    @property
    def signing_secret(self) -> str:
        return unseal(self.sealed_signing_secret)


class SlackPerson(models.Model):
    """Who somebody is in Slack, asked once a day; `user` is the member of staff with the same address."""

    workspace = models.ForeignKey(SlackWorkspace, models.CASCADE, related_name="people")
    slack_id = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    email = models.CharField(max_length=320, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "slack people"
        constraints = [models.UniqueConstraint(fields=["workspace", "slack_id"], name="slack_person_unique")]

    def __str__(self) -> str:
        return self.name


class SlackThread(models.Model):
    """A ticket's conversation in one channel; `root_ts` is empty until its first message is posted."""

    workspace = models.ForeignKey(SlackWorkspace, models.CASCADE, related_name="threads")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="slack_threads")
    channel = models.CharField(max_length=200, help_text=_("As the rule names it: an id, or a name with #."))
    channel_id = models.CharField(max_length=32, blank=True, help_text=_("What Slack calls it."))
    root_ts = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "workspace", "channel"], name="slack_thread_of_ticket"),
            models.UniqueConstraint(
                fields=["workspace", "channel_id", "root_ts"], condition=~Q(root_ts=""), name="slack_thread_root"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id} in {self.channel}"


class SlackPostKind(models.TextChoices):
    ROOT = "root", _("First message")
    REPLY = "reply", _("In the thread")
    UPDATE = "update", _("First message, brought up to date")


class SlackPostState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Not sent")


class SlackPost(models.Model):
    """One thing to be said in a thread, in the order of the rows."""

    thread = models.ForeignKey(SlackThread, models.CASCADE, related_name="posts")
    kind = models.CharField(max_length=8, choices=SlackPostKind)
    text = models.TextField(blank=True, help_text=_("Plain; marked up for Slack when it is sent."))
    state = models.CharField(max_length=8, choices=SlackPostState, default=SlackPostState.WAITING)
    attempt_count = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    ts = models.CharField(max_length=32, blank=True)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["due_at", "id"], name="slack_due", condition=Q(state__in=["waiting", "sending"])),
            models.Index(fields=["created_at"], name="slack_post_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} in {self.thread}"


class SlackEventState(models.TextChoices):
    RECEIVED = "received", _("Received")
    APPLIED = "applied", _("Applied")
    IGNORED = "ignored", _("Of no concern")
    FAILED = "failed", _("Could not be read")


class SlackEvent(models.Model):
    """What Slack sent, stored before anything is made of it; `delivery_key` tells a repetition."""

    workspace = models.ForeignKey(SlackWorkspace, models.CASCADE, related_name="events")
    delivery_key = models.CharField(max_length=100)
    body = models.JSONField()
    state = models.CharField(max_length=8, choices=SlackEventState, default=SlackEventState.RECEIVED)
    detail = models.CharField(max_length=500, blank=True)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["id"], name="slack_event_waiting", condition=Q(state="received")),
            models.Index(fields=["received_at"], name="slack_event_age"),
        ]
        constraints = [models.UniqueConstraint(fields=["workspace", "delivery_key"], name="slack_event_once")]

    def __str__(self) -> str:
        return self.delivery_key


class SlackMirror(models.Model):
    """The note that a Slack message became, so that its edits find it and it is not posted back."""

    workspace = models.ForeignKey(SlackWorkspace, models.CASCADE, related_name="+")
    channel_id = models.CharField(max_length=32)
    ts = models.CharField(max_length=32)
    message = models.OneToOneField(Message, models.CASCADE, related_name="slack_mirror")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "channel_id", "ts"], name="slack_mirror_once")]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.ts}"
