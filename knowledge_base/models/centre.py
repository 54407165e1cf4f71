"""Help centres: what readers find under one address, in one look. A company with several brands has several."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class HelpCentre(models.Model):
    """`host` is the name it is asked for by; the one without (there is one) answers every other name.

    The look is one hue, from which the style sheet's tokens derive all other colours (static/css/tokens.css).
    """

    name = models.CharField(_("name"), max_length=80)
    host = models.CharField(_("host name"), max_length=253, blank=True)
    hue = models.PositiveSmallIntegerField(_("hue"), default=276, validators=[MaxValueValidator(359)])
    logo = models.CharField(max_length=200, blank=True, help_text=_("The file’s name."))
    languages = ArrayField(models.CharField(max_length=8), default=list, verbose_name=_("languages"))
    default_language = models.CharField(_("language to fall back on"), max_length=8, default="en")
    welcome = models.JSONField(_("welcome"), default=dict, help_text=_("Language → the question above the search."))
    website = models.URLField(_("the company’s site"), blank=True)
    needs_approval = models.BooleanField(
        _("publishing needs approval"), default=False, help_text=_("Agents write, team leads and admins publish.")
    )
    has_comments = models.BooleanField(_("readers may comment"), default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["host"], name="help_centre_one_of_a_host")]

    def __str__(self) -> str:
        return self.name


class AudienceKind(models.TextChoices):
    PUBLIC = "public", _("Everyone")
    SIGNED_IN = "signed_in", _("Customers who signed in")
    CHOSEN = "chosen", _("Chosen organisations and segments")
    STAFF = "staff", _("Staff only")

    @property
    def width(self) -> int:
        """The wider one lets more people read."""
        return AudienceKind.values[::-1].index(self.value)


class Category(models.Model):
    """The first level. `texts` is language → {"name": …, "description": …}, as for sections."""

    centre = models.ForeignKey(HelpCentre, models.CASCADE, related_name="categories")
    texts = models.JSONField(default=dict)
    icon = models.CharField(_("icon"), max_length=40, default="book-open")
    tone = models.CharField(_("colour"), max_length=8, default="blue")
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "categories"
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return name_in(self.texts, self.centre.default_language)


class Section(models.Model):
    """Articles lie in sections, and the section says who reads them.

    `organisation_ids` and `segment_ids` count only for the audience "chosen": this app knows neither by more than a
    number (audience.py).
    """

    category = models.ForeignKey(Category, models.PROTECT, related_name="sections")
    texts = models.JSONField(default=dict)
    audience = models.CharField(_("who reads it"), max_length=10, choices=AudienceKind, default=AudienceKind.PUBLIC)
    organisation_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    segment_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(audience="chosen") | Q(organisation_ids=[], segment_ids=[]),
                name="section_chosen_names_whom",
            )
        ]

    def __str__(self) -> str:
        return name_in(self.texts, self.category.centre.default_language)


class Edition(models.Model):
    """One row, whose number the database raises with every change of what readers see: pages are kept by it."""

    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)


def name_in(texts: dict[str, dict[str, str]], language: str) -> str:
    """The name in a language, else in English, else in any."""
    known = (texts.get(code, {}).get("name", "") for code in (language, "en", *texts))
    return next(filter(None, known), "")
