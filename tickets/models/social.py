"""What everybody can read: how a public post was sorted, whether it may become a quarrel, and answers that wait for a
second pair of eyes.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import User
from tickets.models.message import Message
from tickets.models.ticket import Ticket


class Triage(models.TextChoices):
    NEW = "new", _("To be sorted")
    SUPPORT = "support", _("Support")
    MARKETING = "marketing", _("Marketing")
    IGNORED = "ignored", _("Ignored")


class PublicCase(models.Model):
    """A ticket that began in public. `before` is what sorting changed, so that it can be taken back."""

    ticket = models.OneToOneField(Ticket, models.CASCADE, related_name="public_case")
    triage = models.CharField(max_length=10, choices=Triage, default=Triage.NEW)
    reason = models.CharField(max_length=300, blank=True)
    sorted_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    sorted_at = models.DateTimeField(null=True, blank=True)
    before = models.JSONField(default=dict, blank=True)
    flagged_at = models.DateTimeField(null=True, blank=True, help_text=_("Since when it may become a quarrel."))
    signs = models.JSONField(default=list, blank=True, help_text=_("Why: see tickets/confrontation.py."))
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["-id"], name="public_case_to_sort", condition=Q(triage="new"))]

    def __str__(self) -> str:
        return f"{self.get_triage_display()} #{self.ticket_id}"

    @property
    def is_confrontational(self) -> bool:
        return self.flagged_at is not None


class ProposalState(models.TextChoices):
    WAITING = "waiting", _("Waits for approval")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Taken back")


class ReplyProposal(models.Model):
    """A public answer as its author wrote it; nothing of it is sent before somebody else has approved it."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="proposals")
    author = models.ForeignKey(User, models.CASCADE, related_name="+")
    html = models.TextField()
    route = models.CharField(max_length=400, help_text=_("The way it is to go, as forms name it."))
    answers = models.BigIntegerField(null=True, blank=True, help_text=_("Id of the message that it answers."))
    status = models.CharField(max_length=10, blank=True, help_text=_("What the ticket becomes once it is sent."))
    reasons = models.JSONField(default=list, help_text=_("Why it needs a second person."))
    submit_key = models.UUIDField(null=True, blank=True, unique=True)
    state = models.CharField(max_length=10, choices=ProposalState, default=ProposalState.WAITING)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=300, blank=True)
    message = models.OneToOneField(Message, models.SET_NULL, null=True, blank=True, related_name="proposal")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["ticket"], name="proposal_waiting", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.author} #{self.ticket_id}"
