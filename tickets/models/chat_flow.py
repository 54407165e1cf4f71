"""The assistant of a chat: flows that admins write, and what came of each time one was used."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tickets.models.chat import Chat, ChatWidget


class ChatFlow(models.Model):
    """Questions with buttons, answers, and the way to people. tickets/chat/flow_steps.py reads and checks `steps`."""

    widget = models.ForeignKey(ChatWidget, models.CASCADE, related_name="flows", verbose_name=_("chat widget"))
    name = models.CharField(_("name"), max_length=80)
    is_active = models.BooleanField(_("active"), default=False)
    steps = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["widget"], condition=Q(is_active=True), name="chat_flow_one_active")
        ]

    def __str__(self) -> str:
        return self.name


class FlowOutcome(models.TextChoices):
    OPEN = "", _("Under way")
    SOLVED = "solved", _("Solved without an agent")
    HANDED_OVER = "people", _("Handed over to people")


class FlowRun(models.Model):
    """A chat that began with the assistant. `path` holds the steps that were shown, in their order."""

    chat = models.OneToOneField(Chat, models.CASCADE, related_name="flow_run")
    flow = models.ForeignKey(ChatFlow, models.SET_NULL, null=True, related_name="runs")
    path = ArrayField(models.CharField(max_length=40), default=list)
    shown = ArrayField(models.BigIntegerField(), default=list, help_text=_("Articles that were shown."))
    opened = ArrayField(models.BigIntegerField(), default=list, help_text=_("Articles that were opened."))
    outcome = models.CharField(max_length=6, choices=FlowOutcome, default=FlowOutcome.OPEN, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["flow", "-started_at"], name="flow_run_newest")]

    def __str__(self) -> str:
        return f"{self.chat}: {self.outcome}"
