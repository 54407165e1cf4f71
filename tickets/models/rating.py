"""What customers say of how they were served."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from helpdesk.accounts.models import Team, User
from tickets.models.ticket import Ticket


class Score(models.TextChoices):
    GOOD = "good", _("Good")
    BAD = "bad", _("Bad")


class Rating(models.Model):
    """One answer. Who changes their mind adds a row: the latest counts, and both are kept.

    It belongs to the assignee and team of that moment, whoever has the ticket later.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="ratings")
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, blank=True, related_name="ratings")
    score = models.CharField(max_length=4, choices=Score)
    comment = models.TextField(max_length=2000, blank=True)
    assignee = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["ticket", "-id"], name="rating_of_ticket"),
            models.Index(fields=["customer", "-at"], name="rating_of_customer"),
            models.Index(fields=["-at"], name="rating_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.score} for #{self.ticket_id}"
