"""An import: the file, what its columns mean, how far it is, and what was wrong with which row."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.field import FieldOf
from helpdesk.accounts.models import User


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("Uploaded")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")
    FAILED = "failed", _("Failed")


AT_WORK = (ImportState.CHECKING, ImportState.RUNNING)


class MatchBy(models.TextChoices):
    ANY = "any", _("External id, e-mail or phone, whichever is known")
    EXTERNAL = "external_id", _("External id")
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")


class ImportJob(models.Model):
    """`mapping` says which target each column of the file goes to, by its place; "" for none.

    `position` counts the rows that are behind it, in the check as in the run: each chunk moves it in the transaction
    that writes its rows, so whoever goes on after a killed worker begins where nothing is written yet.
    """

    of = models.CharField(max_length=12, choices=FieldOf, default=FieldOf.CUSTOMER)
    user = models.ForeignKey(User, models.CASCADE, related_name="imports")
    filename = models.CharField(max_length=200)
    file = models.CharField(max_length=200, help_text=_("Its name in the storage; empty once it is deleted."))
    rows_file = models.CharField(max_length=200, blank=True, help_text=_("A spreadsheet's rows, as lines of text."))
    kind = models.CharField(max_length=4)
    encoding = models.CharField(max_length=40, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    header = models.JSONField(default=list)
    sample = models.JSONField(default=list)
    mapping = models.JSONField(default=list)
    match_by = models.CharField(_("find records by"), max_length=12, choices=MatchBy, default=MatchBy.ANY)
    update_existing = models.BooleanField(_("update records that are there"), default=True)
    create_organisations = models.BooleanField(_("create organisations that are missing"), default=True)
    country = models.CharField(_("country of phone numbers"), max_length=2, blank=True)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.UPLOADED)
    reason = models.CharField(max_length=500, blank=True)
    total = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["created_at"], name="import_at_work", condition=Q(state__in=["checking", "running"])),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK


class ImportProblem(models.Model):
    """What was wrong with a row; that row was left out as a whole."""

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="problems")
    row = models.PositiveIntegerField(help_text=_("In the file, whose first row is its header."))
    column = models.CharField(max_length=200, blank=True)
    value = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=400)

    class Meta:
        ordering = ["row", "pk"]
        indexes = [models.Index(fields=["job", "row", "id"], name="import_problem_of_job")]

    def __str__(self) -> str:
        return f"{self.row}: {self.reason}"


class ListExport(models.Model):
    """Who took which list out of here, when, and how many rows: written before the first of them leaves."""

    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    user_name = models.CharField(max_length=200)
    what = models.CharField(max_length=40)
    query = models.CharField(max_length=4000, blank=True)
    format = models.CharField(max_length=4)
    rows = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.what} by {self.user_name}"
