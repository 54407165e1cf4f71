"""What happened to a record: the audit of customers and organisations, and a part of their timelines."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.models.customer import Customer
from customers.models.organisation import Organisation
from helpdesk.accounts.models import User


class RecordEvent(models.Model):
    """Append-only; kinds and payloads are the dataclasses of customers/events.py. Of one of the two records."""

    customer = models.ForeignKey(Customer, models.CASCADE, null=True, blank=True, related_name="events")
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, blank=True, related_name="events")
    kind = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    actor_kind = models.CharField(max_length=10)
    actor_user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    actor_name = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["customer", "-created_at", "-id"], name="record_event_of_customer"),
            models.Index(fields=["organisation", "-created_at", "-id"], name="record_event_of_organisation"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(customer=None, organisation__isnull=False) | Q(customer__isnull=False, organisation=None),
                name="record_event_of_one_record",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.created_at}"
