"""Records that became one, and records that may be one."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from helpdesk.accounts.models import User


class CustomerMerge(models.Model):
    """`merged` became a part of `survivor`. What each record said is kept by field, so that it can be taken back.

    `survivor_before`, `survivor_after` and `merged_before` hold `customers.merge_fields.snapshot`; `moved` what each
    app moved, by its name, as it returned it. A merge whose people were erased has forgotten all of it.
    """

    survivor = models.ForeignKey(Customer, models.CASCADE, related_name="merges")
    merged = models.ForeignKey(Customer, models.CASCADE, related_name="was_merged")
    survivor_before = models.JSONField(default=dict)
    survivor_after = models.JSONField(default=dict)
    merged_before = models.JSONField(default=dict)
    moved = models.JSONField(default=dict)
    actor_user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    actor_name = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    forgotten_at = models.DateTimeField(null=True, blank=True, help_text=_("Erased; it can’t be taken back."))

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at=None), name="customer_merge_once_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(survivor=F("merged")), name="customer_merge_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} into {self.survivor_id}"


class SuggestionState(models.TextChoices):
    OPEN = "open", _("To be looked at")
    DISMISSED = "dismissed", _("Not the same person")
    MERGED = "merged", _("Merged")


class DuplicateSuggestion(models.Model):
    """`first` (the smaller id) and `second` may be the same person: `reasons` of customers/duplicates.py say why."""

    first = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    second = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    reasons = models.JSONField(default=list)
    score = models.PositiveSmallIntegerField(help_text=_("How sure, of 100."))
    state = models.CharField(max_length=10, choices=SuggestionState, default=SuggestionState.OPEN)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_suggestion_unique_pair"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="duplicate_suggestion_in_order"),
        ]
        indexes = [models.Index(fields=["-score", "-id"], name="duplicate_suggestion_open", condition=Q(state="open"))]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"


class UncheckedCustomer(models.Model):
    """A record that was not yet compared with the others since it changed. Database triggers write these rows."""

    customer_id = models.BigIntegerField(primary_key=True)
    noted_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"customer {self.customer_id}"
