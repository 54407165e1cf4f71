"""One-time links by which customers prove that an address is theirs."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.models.identity import Identity
from helpdesk.accounts.models import User


class LinkState(models.TextChoices):
    QUEUED = "queued", _("On its way")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Not sent")


class IdentityLink(models.Model):
    """The row is the mail's outbox as well: `due_at` is when a worker sends it, or tries again.

    The link itself is signed over the row's id and the address, and stored nowhere (customers/proving.py).
    """

    identity = models.ForeignKey(Identity, models.CASCADE, related_name="links")
    joins = models.ForeignKey(
        Customer,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Who says that the address is theirs, though another record has it."),
    )
    sent_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=8, choices=LinkState, default=LinkState.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    last_error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["due_at"], name="identity_link_due", condition=Q(state__in=("queued", "sending")))
        ]

    def __str__(self) -> str:
        return f"{self.identity}, {self.created_at:%Y-%m-%d}"
