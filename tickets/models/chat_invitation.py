"""Invitations to chat: when one is shown to whom, and what came of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Segment
from tickets.models.chat import Chat, ChatWidget


class ChatInvitation(models.Model):
    """`conditions`: {"page": part of the address, "seconds": on the page, "basket": at least, "visits": at least,
    "languages": […]}, all of which must hold; absent: no matter. `variants`: [{"key", "weight", "texts": language →
    {"text"}}]; one without texts is shown nothing, to be compared with. tickets/chat/invitations.py checks both.
    """

    widget = models.ForeignKey(ChatWidget, models.CASCADE, related_name="invitations", verbose_name=_("chat widget"))
    name = models.CharField(_("name"), max_length=80)
    is_active = models.BooleanField(_("active"), default=True)
    position = models.PositiveIntegerField(default=0)
    conditions = models.JSONField(default=dict)
    variants = models.JSONField(default=list)
    segment = models.ForeignKey(
        Segment, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("only customers of")
    )
    needs_agents = models.BooleanField(_("only while somebody can answer"), default=True)
    every_days = models.PositiveSmallIntegerField(_("to the same visitor at most once in so many days"), default=7)
    goal = models.CharField(_("goal"), max_length=40, blank=True, help_text=_("What the page reports, as “purchase”."))
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class Invited(models.Model):
    """An invitation, shown or held back for comparison, to one visitor (their token's number)."""

    invitation = models.ForeignKey(ChatInvitation, models.CASCADE, related_name="invited")
    visitor = models.UUIDField()
    variant = models.CharField(max_length=20)
    page_url = models.CharField(max_length=1000, blank=True)
    shown_at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(null=True, blank=True)
    dismissed_at = models.DateTimeField(null=True, blank=True)
    chat = models.ForeignKey(Chat, models.SET_NULL, null=True, blank=True, related_name="+")
    goal_at = models.DateTimeField(null=True, blank=True)
    goal_value = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name_plural = "invited"
        indexes = [
            models.Index(fields=["visitor", "-shown_at"], name="invited_visitor"),
            models.Index(fields=["invitation", "variant"], name="invited_variant"),
            models.Index(fields=["shown_at"], name="invited_open_goal", condition=Q(goal_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.invitation} {self.variant}"
