"""Words that customers use more often than they did: found by a worker, looked at by people."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import User
from tickets.models import Topic


class TermKind(models.TextChoices):
    WORD = "word", _("Word")
    PAIR = "pair", _("Two words")
    TAG = "tag", _("Tag")


class VoiceRun(models.Model):
    """One count of the last seven days against the weeks before. The latest that is done is shown."""

    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True, help_text=_("The end of the seven days."))
    tickets = models.PositiveIntegerField(default=0, help_text=_("In which customers wrote within the seven days."))
    before = models.PositiveIntegerField(default=0, help_text=_("Tickets and weeks that they are compared with."))
    every = models.PositiveIntegerField(default=1, help_text=_("Of the weeks before, one ticket in so many was read."))
    problem = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"words until {self.until}"


class VoiceTerm(models.Model):
    """A word, two words that follow each other, or a tag. `term` is folded, `shown` as customers write it.

    `weeks`: by team ("0": none) the number of tickets in each week, the oldest first, the seven days last. So a team
    that somebody may not see can be left out. `tickets` are those of the seven days, the newest first.
    """

    run = models.ForeignKey(VoiceRun, models.CASCADE, related_name="terms")
    kind = models.CharField(max_length=4, choices=TermKind)
    term = models.CharField(max_length=130)
    shown = models.CharField(max_length=130)
    language = models.CharField(max_length=8, blank=True)
    score = models.FloatField(help_text=_("Log-likelihood of the difference (G²)."))
    customers = models.PositiveIntegerField()
    weeks = models.JSONField(default=dict)
    tickets = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        ordering = ["-score"]
        constraints = [models.UniqueConstraint(fields=["run", "kind", "term"], name="voice_term_once")]

    def __str__(self) -> str:
        return self.shown


class VoiceChoice(models.Model):
    """What people decided of a term, whatever later runs find: not interesting, or on the feedback board."""

    kind = models.CharField(max_length=4, choices=TermKind)
    term = models.CharField(max_length=130)
    shown = models.CharField(max_length=130)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    topic = models.ForeignKey(Topic, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["term"]
        constraints = [models.UniqueConstraint(fields=["kind", "term"], name="voice_choice_once")]

    def __str__(self) -> str:
        return self.shown
