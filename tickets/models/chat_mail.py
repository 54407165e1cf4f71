"""Mails about a chat that are no message of its ticket: what was said, what was missed, that words have arrived."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tickets.models.chat import Chat
from tickets.models.ticket import Ticket


class ChatMailKind(models.TextChoices):
    TRANSCRIPT = "transcript", _("What was said, asked for by the visitor")
    MISSED = "missed", _("What was said after the visitor had gone")
    RECEIVED = "received", _("Words left while nobody was there have arrived")


class ChatMail(models.Model):
    """The row is the mail's outbox, as with contact requests; the mail is made when it is sent, and kept nowhere.

    `from_seq` and `upto_seq` say which lines of the chat it holds, so that nothing is sent twice.
    """

    kind = models.CharField(max_length=10, choices=ChatMailKind)
    email = models.EmailField(max_length=254)
    language = models.CharField(max_length=8, blank=True)
    chat = models.ForeignKey(Chat, models.CASCADE, null=True, blank=True, related_name="mails")
    ticket = models.ForeignKey(Ticket, models.CASCADE, null=True, blank=True, related_name="+")
    from_seq = models.PositiveIntegerField(default=1)
    upto_seq = models.PositiveIntegerField(default=0)
    answer_by = models.DateTimeField(null=True, blank=True, help_text=_("When an answer was said to come."))
    attempt = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    handed_over_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Set just before a server may have the mail; see channels_app.")
    )
    last_error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["due_at"], name="chat_mail_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["email", "-created_at"], name="chat_mail_of_address"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.email}"
