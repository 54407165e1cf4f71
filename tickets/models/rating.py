"""What customers say of how they were served."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from helpdesk.accounts.models import Team, User
from tickets.models.survey import Survey, SurveyInvitation, SurveyKind
from tickets.models.ticket import Ticket


class Score(models.TextChoices):
    """What a value comes down to; tickets/surveys/scales.py says which is which."""

    GOOD = "good", _("Good")
    NEUTRAL = "neutral", _("Neutral")
    BAD = "bad", _("Bad")


class GivenBy(models.TextChoices):
    MAIL = "mail", _("From the mail")
    CHAT = "chat", _("In the chat")
    PORTAL = "portal", _("On their own pages")


class Rating(models.Model):
    """One answer. Who changes their mind adds a row: of a ticket and survey the latest counts, and both are kept.

    It belongs to the assignee and team of that moment, whoever has the ticket later. `value` lies on the `scale`, the
    least content first: 1 to 5 of five, 0 to 10 of NPS. The row that counts has no `replaced_by`; of an earlier one it
    is the answer that took its place. Without `survey` nobody had set up a question: good or bad was asked.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="ratings")
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, blank=True, related_name="ratings")
    survey = models.ForeignKey(Survey, models.SET_NULL, null=True, blank=True, related_name="ratings", db_index=False)
    invitation = models.ForeignKey(SurveyInvitation, models.SET_NULL, null=True, blank=True, related_name="ratings")
    kind = models.CharField(max_length=4, choices=SurveyKind, default=SurveyKind.CSAT, db_default=SurveyKind.CSAT)
    scale = models.PositiveSmallIntegerField(default=2, db_default=2)
    value = models.PositiveSmallIntegerField(null=True, blank=True)
    score = models.CharField(max_length=8, choices=Score)
    reasons = ArrayField(models.CharField(max_length=40), default=list, blank=True, db_default=[])
    comment = models.TextField(max_length=2000, blank=True)
    given_by = models.CharField(max_length=8, choices=GivenBy, blank=True, default="", db_default="")
    assignee = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="+")
    replaced_by = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="replaces")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["ticket", "-id"], name="rating_of_ticket"),
            models.Index(fields=["customer", "-at"], name="rating_of_customer"),
            models.Index(fields=["-at"], name="rating_newest"),
            models.Index(fields=["kind", "at"], name="rating_that_counts", condition=Q(replaced_by__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.score} for #{self.ticket_id}"
