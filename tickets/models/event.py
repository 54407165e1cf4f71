from __future__ import annotations

from typing import NoReturn

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from helpdesk.accounts.models import User
from tickets.models.message import Message
from tickets.models.ticket import Ticket

# What of a ticket's past is told on its customer's timeline. The index below holds no other kinds: whoever adds one
# here makes a migration that builds it anew.
TOLD = (
    "ticket.opened",
    "follow_up.opened",
    "status.changed",
    "priority.changed",
    "subject.changed",
    "assignee.changed",
    "team.changed",
    "message.moved",
    "sla.breached",
)

# What reports tell of rules, over all tickets; of an index as well.
OF_RULES = ("rule.fired", "rule.failed")


class AppendOnly(Exception):
    """Somebody tried to rewrite history."""


class TicketEventQuerySet(models.QuerySet["TicketEvent"]):
    def update(self, **kwargs: object) -> NoReturn:
        raise AppendOnly("ticket events are never edited")


class TicketEvent(models.Model):
    """What happened to a ticket, by whom. Append-only; kinds and payloads are the dataclasses of tickets/events.py."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    actor_kind = models.CharField(max_length=10)
    actor_user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    actor_customer = models.ForeignKey(Customer, models.SET_NULL, null=True, blank=True, related_name="+")
    actor_name = models.CharField(max_length=200)
    gesture_id = models.UUIDField()
    message = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="events")
    cause = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="effects")
    rule_id = models.BigIntegerField(null=True, blank=True, help_text=_("The Rule that did it; it may be gone."))
    cause_depth = models.PositiveSmallIntegerField(
        db_default=0, default=0, help_text=_("How many rules, one causing the next, led here; 0: a person.")
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = TicketEventQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["ticket", "-id"], name="event_of_ticket"),
            models.Index(fields=["ticket", "-created_at", "-id"], name="event_told", condition=models.Q(kind__in=TOLD)),
            models.Index(fields=["created_at"], name="event_of_rules", condition=models.Q(kind__in=OF_RULES)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on #{self.ticket_id}"

    def save(self, *args: object, **kwargs: object) -> None:
        if self.pk:
            raise AppendOnly("ticket events are never edited")
        super().save(*args, **kwargs)  # type: ignore[arg-type]
