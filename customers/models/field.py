"""Fields that an admin adds to records."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class FieldOf(models.TextChoices):
    CUSTOMER = "customer", _("Customer")
    ORGANISATION = "organisation", _("Organisation")


class FieldKind(models.TextChoices):
    """Named as people know them; the API calls them text, textarea, checkbox, date, integer, decimal and so on."""

    TEXT = "text", _("Text")
    TEXTAREA = "textarea", _("Text of several lines")
    CHECKBOX = "checkbox", _("Yes or no")
    DATE = "date", _("Date")
    INTEGER = "integer", _("Whole number")
    DECIMAL = "decimal", _("Number")
    DROPDOWN = "dropdown", _("One of a list")
    MULTISELECT = "multiselect", _("Several of a list")
    REGEXP = "regexp", _("Text of a form")


class CustomField(models.Model):
    """A value is kept under `key` in the record's `custom_fields`, in JSON: customers/fields.py reads and checks it."""

    of = models.CharField(_("of"), max_length=12, choices=FieldOf)
    key = models.SlugField(_("key"), max_length=40, help_text=_("What the API and placeholders call it."))
    title = models.CharField(_("title"), max_length=80)
    kind = models.CharField(_("kind"), max_length=12, choices=FieldKind)
    options = ArrayField(
        models.CharField(max_length=80), default=list, blank=True, help_text=_("Of lists: what can be chosen.")
    )
    pattern = models.CharField(_("form"), max_length=200, blank=True, help_text=_("A regular expression."))
    help = models.CharField(_("help"), max_length=200, blank=True)
    is_internal = models.BooleanField(
        _("internal"), default=False, help_text=_("Only agents see it, not the company’s other departments.")
    )
    is_active = models.BooleanField(_("active"), default=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["of", "key"], name="custom_field_unique_key")]

    def __str__(self) -> str:
        return self.title
