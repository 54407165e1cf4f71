"""Account actions: what agents can have another system do for a customer or an order, and each time they did."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Order
from helpdesk.accounts.models import Role, User
from helpdesk.lib.sealing import unseal
from tickets.models import Ticket


class AppliesTo(models.TextChoices):
    ORDER = "order", _("An order")
    CUSTOMER = "customer", _("The customer")


class InputKind(models.TextChoices):
    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    AMOUNT = "amount", _("Amount of money")
    CHOICE = "choice", _("One of a list")
    CHECKBOX = "checkbox", _("Yes or no")


def full_agents() -> list[str]:
    return [Role.ADMIN, Role.LEAD, Role.AGENT]


class AccountAction(models.Model):
    """A button. `inputs` are `{"key", "label", "kind", "required", "options"}`, asked for before it is done.

    `order_statuses`: it is offered on orders of these only; none: on all. `is_once`: an order (or customer) for which
    it succeeded is not offered it again.
    """

    name = models.CharField(_("name"), max_length=60)
    icon = models.CharField(_("symbol"), max_length=40, default="zap")
    url = models.CharField(_("address"), max_length=2000)
    sealed_secret = models.TextField()
    applies_to = models.CharField(_("applies to"), max_length=10, choices=AppliesTo, default=AppliesTo.ORDER)
    order_statuses = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name=_("order statuses")
    )
    confirm_text = models.CharField(_("question before it is done"), max_length=300, blank=True)
    inputs = models.JSONField(default=list, blank=True)
    roles = ArrayField(models.CharField(max_length=8), default=full_agents, verbose_name=_("who may"))
    is_once = models.BooleanField(_("only once"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    position = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def secret(self) -> str:
        """Raises `helpdesk.lib.sealing.CannotOpen`."""
        return unseal(self.sealed_secret)


class RunState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Under way")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


UNDER_WAY = (RunState.WAITING, RunState.SENDING)


class AccountActionRun(models.Model):
    """One press of a button: `message_id` is the webhook-id, the same in every attempt, also in those by hand.

    The same action waits at most once for the same order, or for the same customer: see the constraints.
    """

    action = models.ForeignKey(AccountAction, models.SET_NULL, null=True, blank=True, related_name="runs")
    title = models.CharField(max_length=60)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="account_action_runs")
    order = models.ForeignKey(Order, models.SET_NULL, null=True, blank=True, related_name="account_action_runs")
    order_number = models.CharField(max_length=80, blank=True)
    ticket = models.ForeignKey(Ticket, models.SET_NULL, null=True, blank=True, related_name="account_action_runs")
    actor = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    actor_name = models.CharField(max_length=200)
    submit_key = models.UUIDField(unique=True)
    message_id = models.CharField(max_length=64, unique=True)
    inputs = models.JSONField(default=dict)
    body = models.TextField()
    state = models.CharField(max_length=8, choices=RunState, default=RunState.WAITING)
    message = models.CharField(max_length=500, blank=True, help_text=_("What they answered, or what went wrong."))
    attempt_count = models.PositiveIntegerField(default=0)
    attempts = models.JSONField(default=list)
    due_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    give_up_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["due_at", "id"], name="account_action_due", condition=Q(state__in=["waiting", "sending"])
            ),
            models.Index(fields=["customer", "-id"], name="account_action_of_customer"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["action", "order"],
                condition=Q(state__in=["waiting", "sending"], order__isnull=False),
                name="account_action_once_on_an_order",
            ),
            models.UniqueConstraint(
                fields=["action", "customer"],
                condition=Q(state__in=["waiting", "sending"], order=None),
                name="account_action_once_on_a_customer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.order_number}".strip()
