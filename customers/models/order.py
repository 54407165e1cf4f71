"""What customers bought, and what shops and back ends tell of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer


class Order(models.Model):
    """As the shop last told it. `source` names the shop; with `external_id` it says which order this is.

    `items` is a list of `{"name", "sku", "quantity", "price"}`: the price of one, as a decimal number in text.
    `status` is the shop's own word in lower case: `customers.orders.STATUS_WORDS` knows the usual ones.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="orders")
    source = models.CharField(_("source"), max_length=40, default="shop")
    external_id = models.CharField(_("external id"), max_length=160)
    number = models.CharField(_("number"), max_length=80)
    status = models.CharField(_("status"), max_length=40)
    items = models.JSONField(default=list, blank=True)
    total = models.DecimalField(_("total"), max_digits=18, decimal_places=4)
    currency = models.CharField(_("currency"), max_length=3, help_text=_("By ISO 4217, such as EUR."))
    placed_at = models.DateTimeField(_("placed"))
    carrier = models.CharField(_("carrier"), max_length=80, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=120, blank=True)
    tracking_url = models.CharField(_("tracking address"), max_length=1000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["customer", "-placed_at", "-id"], name="order_of_customer"),
            models.Index(fields=["number"], name="order_number"),
        ]
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="order_once_in_a_shop")]

    def __str__(self) -> str:
        return self.number


class CustomerEvent(models.Model):
    """Something that happened to a customer elsewhere: `cart.abandoned`, `service.outage`, `plan.changed` …"""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="told_events")
    kind = models.CharField(_("kind"), max_length=60)
    summary = models.CharField(_("summary"), max_length=300, blank=True, help_text=_("What a person should read."))
    payload = models.JSONField(default=dict, blank=True)
    source = models.CharField(_("source"), max_length=40, default="shop")
    external_id = models.CharField(_("external id"), max_length=160, blank=True)
    occurred_at = models.DateTimeField(_("when"))
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["customer", "-occurred_at", "-id"], name="told_event_of_customer")]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(external_id=""), name="told_event_once_in_a_source"
            )
        ]

    def __str__(self) -> str:
        return self.kind
