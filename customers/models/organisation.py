"""The company a customer belongs to."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from customers.folding import Folded
from helpdesk.accounts.models import User


class Organisation(models.Model):
    """`custom_fields` holds values by the keys of CustomField, as its kind stores them."""

    name = models.CharField(_("name"), max_length=160, unique=True)
    domains = ArrayField(models.CharField(max_length=253), default=list, blank=True, verbose_name=_("domains"))
    external_id = models.CharField(_("external id"), max_length=160, null=True, blank=True, unique=True)
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="subsidiaries", verbose_name=_("parent company")
    )
    tier = models.CharField(_("tier"), max_length=40, blank=True, default="", db_default="")
    account_type = models.CharField(_("account type"), max_length=40, blank=True, default="", db_default="")
    owner = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="organisations", verbose_name=_("owner")
    )
    tags = ArrayField(models.CharField(max_length=80), default=list, db_default=[], blank=True, verbose_name=_("tags"))
    notes = models.TextField(_("notes"), blank=True, max_length=10_000, default="", db_default="")
    shares_tickets = models.BooleanField(
        _("shared tickets"), default=False, db_default=False, help_text=_("Its members see each other’s requests.")
    )
    custom_fields = models.JSONField(default=dict, db_default={}, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    class Meta:
        ordering = ["name"]
        indexes = [
            GinIndex(fields=["domains"], name="organisation_domains"),
            GinIndex(OpClass(Folded("name"), "gin_trgm_ops"), name="organisation_name_trigrams"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")), name="organisation_is_not_its_own_parent"
            )
        ]

    def __str__(self) -> str:
        return self.name
