"""What readers do: look, say whether it helped, comment, and write to us or not."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import User
from knowledge_base.models.article import Article
from knowledge_base.models.centre import HelpCentre


class View(models.Model):
    """An article was read: once a visitor, article and half hour. `ticket` as in Search."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="views")
    language = models.CharField(max_length=8)
    visitor = models.CharField(max_length=32, blank=True)
    customer_id = models.BigIntegerField(null=True, blank=True)
    ticket = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["article", "-at"], name="view_of_article"),
            models.Index(fields=["-at"], name="view_newest"),
            models.Index(fields=["visitor", "-at"], name="view_of_visitor"),
            models.Index(fields=["customer_id", "-at"], name="view_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} at {self.at:%Y-%m-%d %H:%M}"


class Reason(models.TextChoices):
    """Why an article did not help."""

    WRONG = "wrong", _("It is wrong or out of date")
    UNCLEAR = "unclear", _("I don’t understand it")
    INCOMPLETE = "incomplete", _("Something is missing")
    OTHER_PROBLEM = "other", _("It is not about my problem")


class Vote(models.Model):
    """Was this helpful? One of a visitor and article: saying otherwise later changes it."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="votes")
    language = models.CharField(max_length=8)
    is_helpful = models.BooleanField()
    reason = models.CharField(max_length=12, choices=Reason, blank=True)
    text = models.TextField(max_length=2000, blank=True)
    visitor = models.CharField(max_length=32)
    customer_id = models.BigIntegerField(null=True, blank=True)
    ticket = models.BigIntegerField(null=True, blank=True, help_text=_("Where the reader asked for help."))
    at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True, blank=True, help_text=_("When somebody of us dealt with it."))
    seen_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "visitor"], name="vote_once")]
        indexes = [
            models.Index(fields=["article", "-at"], name="vote_of_article"),
            models.Index(fields=["visitor", "-at"], name="vote_of_visitor"),
            models.Index(
                fields=["customer_id", "-at"], name="vote_of_customer", condition=Q(customer_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{'yes' if self.is_helpful else 'no'} to {self.article_id}"


class CommentState(models.TextChoices):
    WAITING = "waiting", _("Waits for us")
    SHOWN = "shown", _("Shown")
    HIDDEN = "hidden", _("Hidden")


class Comment(models.Model):
    """A signed-in reader's comment below an article; shown when one of us has said so."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="comments")
    language = models.CharField(max_length=8)
    customer_id = models.BigIntegerField(null=True, blank=True)
    author = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    author_name = models.CharField(max_length=200)
    text = models.TextField(max_length=5000)
    state = models.CharField(max_length=8, choices=CommentState, default=CommentState.WAITING)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["at"], name="comment_waiting", condition=Q(state="waiting")),
            models.Index(
                fields=["customer_id", "-at"], name="comment_of_customer", condition=Q(customer_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Offered(models.TextChoices):
    FORM = "form", _("Contact form")
    ACKNOWLEDGEMENT = "acknowledgement", _("Automatic acknowledgement")
    WIDGET = "widget", _("Chat widget")


class Offer(models.Model):
    """Articles were offered to somebody about to write (or who just had): what came of it.

    Nothing is counted as deflected but an offer whose article was opened, and whose visitor had no ticket within
    72 hours or said "this solved it".
    """

    centre = models.ForeignKey(HelpCentre, models.CASCADE, related_name="offers")
    language = models.CharField(max_length=8)
    offered_in = models.CharField(max_length=16, choices=Offered)
    words = models.CharField(max_length=200)
    article_ids = models.JSONField(default=list)
    opened = models.ForeignKey(Article, models.SET_NULL, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True)
    solved_at = models.DateTimeField(null=True, blank=True, help_text=_("When they said “this solved it”."))
    visitor = models.CharField(max_length=32, blank=True)
    customer_id = models.BigIntegerField(null=True, blank=True)
    ticket = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["-at"], name="offer_newest"),
            models.Index(fields=["visitor", "-at"], name="offer_of_visitor"),
            models.Index(
                fields=["customer_id", "-at"], name="offer_of_customer", condition=Q(customer_id__isnull=False)
            ),
            models.Index(fields=["ticket"], name="offer_of_ticket", condition=Q(ticket__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.words


class BrokenLink(models.Model):
    """A link or picture in published words that the weekly check could not reach."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="broken_links")
    language = models.CharField(max_length=8)
    url = models.TextField()
    problem = models.CharField(max_length=200)
    found_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["article", "pk"]
        constraints = [models.UniqueConstraint(fields=["article", "language", "url"], name="broken_link_once")]

    def __str__(self) -> str:
        return self.url
