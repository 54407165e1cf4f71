"""Where tickets and articles meet: what was given to customers, what is wrong, and what should be written."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import User
from knowledge_base.models import Article
from tickets.models.message import Message
from tickets.models.ticket import Ticket


class GivenAs(models.TextChoices):
    LINK = "link", _("Link")
    TEXT = "text", _("Text")


class ArticleUse(models.Model):
    """An article stood in a reply. Written with the message, from what its words hold."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="article_uses")
    message = models.ForeignKey(Message, models.CASCADE, related_name="article_uses")
    article = models.ForeignKey(Article, models.CASCADE, related_name="uses")
    language = models.CharField(max_length=8, blank=True)
    given_as = models.CharField(max_length=4, choices=GivenAs, default=GivenAs.LINK)
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "article"], name="article_use_once")]
        indexes = [models.Index(fields=["article", "-at"], name="article_use_of_article")]

    def __str__(self) -> str:
        return f"{self.article_id} in #{self.ticket_id}"


class ArticleFlag(models.Model):
    """Somebody found an article wrong while working on a ticket; its owner sees to it."""

    ticket = models.ForeignKey(Ticket, models.SET_NULL, null=True, blank=True, related_name="article_flags")
    article = models.ForeignKey(Article, models.CASCADE, related_name="flags")
    language = models.CharField(max_length=8, blank=True)
    text = models.TextField(_("what is wrong"), max_length=2000)
    flagged_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["article"], name="article_flag_open", condition=Q(done_at=None))]

    def __str__(self) -> str:
        return self.text[:60]


class GapKind(models.TextChoices):
    NOT_FOUND = "not_found", _("Searched for and not found")
    THEN_WROTE = "then_wrote", _("Searched for, then wrote to us")
    READ_THEN_WROTE = "read_then_wrote", _("Read, then wrote to us")
    MACRO = "macro", _("Answered by a macro, with no article")
    STALE = "stale", _("Old, and its tickets rise")


class GapDecision(models.Model):
    """What somebody said of a line of the gap report, so that it does not come again: `key` names the line."""

    kind = models.CharField(max_length=16, choices=GapKind)
    key = models.CharField(max_length=250)
    article = models.ForeignKey(
        Article, models.SET_NULL, null=True, blank=True, related_name="+", help_text=_("What was written for it.")
    )
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True, help_text=_("Asked again after this; empty: never."))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="gap_decision_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.key}"
