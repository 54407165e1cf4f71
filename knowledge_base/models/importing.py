"""Articles from elsewhere: the job that brings them, and where each came from."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import User
from knowledge_base.models.article import Article
from knowledge_base.models.centre import Category, HelpCentre, Section


class ImportKind(models.TextChoices):
    ZENDESK = "zendesk", _("Zendesk Help Center (JSON)")
    MARKDOWN = "markdown", _("Folder of Markdown files")


class ImportStage(models.TextChoices):
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")
    FAILED = "failed", _("Failed")


class ArticleImport(models.Model):
    """`position` counts the steps that are behind it: each is written in the transaction that moves it, so whoever
    goes on after a killed worker begins where nothing is written yet.

    `report` is what the check found: {"counts": {…}, "problems": [[where, what], …], "languages": […]}.
    """

    centre = models.ForeignKey(HelpCentre, models.CASCADE, related_name="imports")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=ImportKind)
    filename = models.CharField(max_length=200)
    file = models.CharField(max_length=200, help_text=_("Its name in the storage; empty once it is deleted."))
    does_publish = models.BooleanField(_("publish what is published there"), default=True)
    does_update = models.BooleanField(_("update articles that an earlier import brought"), default=True)
    stage = models.CharField(max_length=8, choices=ImportStage, default=ImportStage.CHECKING)
    reason = models.CharField(max_length=500, blank=True)
    report = models.JSONField(default=dict)
    total = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    stop_asked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["leased_until"], name="article_import_at_work", condition=Q(stage__in=["checking", "running"])
            ),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def is_at_work(self) -> bool:
        return self.stage in (ImportStage.CHECKING, ImportStage.RUNNING)


class Origin(models.Model):
    """What an article, section or category was there, so that the same file brought again doubles nothing."""

    centre = models.ForeignKey(HelpCentre, models.CASCADE, related_name="+")
    key = models.CharField(max_length=500, help_text=_("“zendesk:article:42”, “markdown:heron/rain”."))
    article = models.OneToOneField(Article, models.CASCADE, null=True, blank=True, related_name="origin")
    section = models.ForeignKey(Section, models.CASCADE, null=True, blank=True, related_name="+")
    category = models.ForeignKey(Category, models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["centre", "key"], name="origin_once")]

    def __str__(self) -> str:
        return self.key
