"""Who writes to us: one customer, many identities."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.folding import Folded
from helpdesk.lib.people import hue_of, initials_of


class Organisation(models.Model):
    name = models.CharField(_("name"), max_length=160, unique=True)
    domains = ArrayField(models.CharField(max_length=253), default=list, blank=True, verbose_name=_("domains"))

    class Meta:
        ordering = ["name"]
        indexes = [GinIndex(fields=["domains"], name="organisation_domains")]

    def __str__(self) -> str:
        return self.name


class Customer(models.Model):
    name = models.CharField(_("name"), max_length=200, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, related_name="customers", verbose_name=_("organisation")
    )
    language = models.CharField(_("language"), max_length=8, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    notes = models.TextField(_("notes"), blank=True, max_length=10_000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [GinIndex(OpClass(Folded("name"), "gin_trgm_ops"), name="customer_name_trigrams")]

    def __str__(self) -> str:
        return self.name or str(_("Unnamed customer"))

    @property
    def initials(self) -> str:
        return initials_of(self.name)

    @property
    def hue(self) -> int:
        return hue_of(str(self.pk))


class IdentityKind(models.TextChoices):
    EMAIL = "email", _("E-mail")


class ProvedBy(models.TextChoices):
    """How we know that the identity belongs to the customer."""

    RECEIVED_MAIL = "received_mail", _("A mail received from it")
    AGENT = "agent", _("An agent's word")
    HEADER = "header", _("Named in a mail's header only")
    FORWARD = "forward", _("Claimed by a forwarded mail")


class Identity(models.Model):
    """One address of a customer on one channel; `value` is normalised by `customers.identify.normalise`."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=16, choices=IdentityKind)
    value = models.CharField(max_length=320)
    proved_by = models.CharField(max_length=16, choices=ProvedBy)
    proved_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "identities"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="identity_unique_kind_and_value")]
        indexes = [GinIndex(fields=["value"], opclasses=["gin_trgm_ops"], name="identity_value_trigrams")]

    def __str__(self) -> str:
        return self.value
