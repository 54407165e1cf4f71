"""Who else is on a ticket: customers in copy, and agents who follow it."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from helpdesk.accounts.models import User
from tickets.models.ticket import Ticket


class CcState(models.TextChoices):
    CC = "cc", _("In copy")
    SUGGESTED = "suggested", _("Suggested: a colleague of the requester wrote")
    UNVERIFIED = "unverified", _("New person, unverified")


class TicketCC(models.Model):
    """A customer beside the requester. Only those in state `cc` are sent copies of replies."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="ccs")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="cc_on")
    address = models.EmailField()
    state = models.CharField(max_length=10, choices=CcState, default=CcState.CC)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["ticket", "address"], name="ticket_cc_unique_address")]

    def __str__(self) -> str:
        return self.address


class Follower(models.Model):
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="followers")
    user = models.ForeignKey(User, models.CASCADE, related_name="following")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="follower_unique")]

    def __str__(self) -> str:
        return str(self.user)
