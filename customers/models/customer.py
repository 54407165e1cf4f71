"""Who writes to us: one customer, many identities."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from customers.folding import Folded
from customers.models.organisation import Organisation
from helpdesk.accounts.models import User
from helpdesk.lib.people import hue_of, initials_of


class CustomerQuerySet(models.QuerySet["Customer"]):
    def current(self) -> CustomerQuerySet:
        """Without those that were merged into another or erased: they are in no list, search or suggestion."""
        return self.filter(merged_into=None, erased_at=None)


class Customer(models.Model):
    """One that was merged into another stays as an empty row that names the survivor; so does one that was erased.

    `custom_fields` holds values by the keys of CustomField, as its kind stores them.
    """

    name = models.CharField(_("name"), max_length=200, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, related_name="customers", verbose_name=_("organisation")
    )
    language = models.CharField(_("language"), max_length=8, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    notes = models.TextField(_("notes"), blank=True, max_length=10_000)
    pronouns = models.CharField(_("pronouns"), max_length=40, blank=True, default="", db_default="")
    location = models.CharField(_("location"), max_length=160, blank=True, default="", db_default="")
    tier = models.CharField(_("tier"), max_length=40, blank=True, default="", db_default="")
    account_type = models.CharField(_("account type"), max_length=40, blank=True, default="", db_default="")
    tags = ArrayField(models.CharField(max_length=80), default=list, db_default=[], blank=True, verbose_name=_("tags"))
    owner = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="customers", verbose_name=_("owner")
    )
    avatar = models.CharField(max_length=200, blank=True, default="", db_default="", help_text=_("Its file’s name."))
    preferred_channel = models.CharField(
        _("preferred channel"), max_length=16, blank=True, default="", db_default="", help_text=_("An IdentityKind.")
    )
    contact_preferences = models.CharField(
        _("contact preferences"), max_length=500, blank=True, default="", db_default=""
    )
    custom_fields = models.JSONField(default=dict, db_default={}, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    erased_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    objects = CustomerQuerySet.as_manager()

    class Meta:
        indexes = [
            GinIndex(OpClass(Folded("name"), "gin_trgm_ops"), name="customer_name_trigrams"),
            GinIndex(fields=["tags"], name="customer_tags"),
            models.Index(fields=["-id"], name="customer_newest", condition=Q(merged_into=None, erased_at=None)),
            models.Index(Folded("name"), "id", name="customer_by_name", condition=Q(merged_into=None, erased_at=None)),
        ]

    def __str__(self) -> str:
        return self.name or str(_("Unnamed customer"))

    @property
    def initials(self) -> str:
        return initials_of(self.name)

    @property
    def hue(self) -> int:
        return hue_of(str(self.pk))


class ImportantDate(models.Model):
    """A day to remember: a birthday, the end of a contract. `is_yearly` ones come again."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="important_dates")
    label = models.CharField(_("what"), max_length=80)
    day = models.DateField(_("day"))
    is_yearly = models.BooleanField(_("every year"), default=False)

    class Meta:
        ordering = ["day", "pk"]

    def __str__(self) -> str:
        return f"{self.label}: {self.day}"
