"""The feedback board: what customers ask for, in their own words, gathered under topics for the product team."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from helpdesk.accounts.models import User
from tickets.models.message import Message
from tickets.models.ticket import Ticket


class TopicStatus(models.TextChoices):
    OPEN = "open", _("Open")
    PLANNED = "planned", _("Planned")
    DONE = "done", _("Done")
    DECLINED = "declined", _("Declined")


class Topic(models.Model):
    """One wish or one complaint, however many said it."""

    title = models.CharField(_("title"), max_length=120)
    tags = ArrayField(models.CharField(max_length=60), default=list, blank=True, verbose_name=_("tags"))
    status = models.CharField(_("status"), max_length=8, choices=TopicStatus, default=TopicStatus.OPEN)
    owner = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="topics", verbose_name=_("owner")
    )
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    status_changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        indexes = [GinIndex(fields=["tags"], name="topic_tags")]

    def __str__(self) -> str:
        return self.title


class Excerpt(models.Model):
    """What one customer said about a topic: a part of a message, or as a colleague tells it (without a message)."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="excerpts")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="excerpts")
    message = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="excerpts")
    words = models.TextField(_("words"), max_length=2_000, blank=True)
    shared_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["topic", "-id"], name="excerpt_of_topic")]

    def __str__(self) -> str:
        return self.words[:60]


class ToldState(models.TextChoices):
    QUEUED = "queued", _("Waits")
    TOLD = "told", _("Told")
    FAILED = "failed", _("Not told")


class ToldWay(models.TextChoices):
    MESSAGE = "message", _("A message to the customer")
    NOTE = "note", _("A note to whoever answers the customer")


class ToldCustomer(models.Model):
    """One customer who is, or was, told what became of a topic: once for each status that it came to have."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="told")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="told_of_topics")
    status = models.CharField(max_length=8, choices=TopicStatus)
    way = models.CharField(max_length=8, choices=ToldWay)
    words = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=ToldState, default=ToldState.QUEUED)
    detail = models.CharField(max_length=300, blank=True)
    ticket = models.ForeignKey(Ticket, models.SET_NULL, null=True, blank=True, related_name="+")
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "told customers"
        constraints = [models.UniqueConstraint(fields=["topic", "customer", "status"], name="told_once_a_status")]
        indexes = [models.Index(fields=["id"], name="told_waiting", condition=models.Q(state="queued"))]

    def __str__(self) -> str:
        return f"{self.customer_id} of {self.topic_id}: {self.state}"
