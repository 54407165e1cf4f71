"""What customers are asked about how they were served, whom, when; and what came of each time somebody was asked."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from helpdesk.accounts.models import User
from tickets.models.chat import Chat
from tickets.models.ticket import Ticket


class SurveyKind(models.TextChoices):
    """How content, how likely to recommend us (0 to 10), how easy it was (1 to 7)."""

    CSAT = "csat", _("Satisfaction (CSAT)")
    NPS = "nps", _("Recommendation (NPS)")
    CES = "ces", _("Effort (CES)")


class SurveyMoment(models.TextChoices):
    SOLVED = "solved", _("After a ticket is solved")
    CHAT = "chat", _("After a chat")
    NEVER = "never", _("Never by itself: only on the customer’s own pages")


class Survey(models.Model):
    """The first active one in order of `position` for its moment, whose `conditions` hold, is the one that is asked.

    `scale` counts the steps: 2, 3 or 5 for satisfaction, 11 (0 to 10) for NPS, 7 for effort. `texts`: language →
    {"subject", "question", "comment", "thanks"}, where what is missing is said in our own words. `reasons`: what a bad
    answer can be put down to, `[{"code": "slow", "texts": {"en": "It took too long", …}}, …]`.
    """

    title = models.CharField(_("title"), max_length=120)
    kind = models.CharField(_("kind"), max_length=4, choices=SurveyKind, default=SurveyKind.CSAT)
    scale = models.PositiveSmallIntegerField(_("scale"), default=5)
    moment = models.CharField(_("moment"), max_length=6, choices=SurveyMoment, default=SurveyMoment.SOLVED)
    conditions = models.JSONField(default=dict)
    texts = models.JSONField(default=dict)
    reasons = models.JSONField(default=list)
    delay_minutes = models.PositiveIntegerField(_("delay"), default=60)
    delay_is_business = models.BooleanField(_("count working hours only"), default=False)
    remind_after_days = models.PositiveSmallIntegerField(_("remind once after"), null=True, blank=True)
    apart_days = models.PositiveSmallIntegerField(
        _("days between two surveys"), default=30, help_text=_("A customer gets no more than one in so many days.")
    )
    open_days = models.PositiveSmallIntegerField(_("days to answer"), default=30)
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(_("active"), default=False)
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title


class InvitationState(models.TextChoices):
    WAITING = "waiting", _("Waits for its time")
    SENT = "sent", _("Asked")
    ANSWERED = "answered", _("Answered")
    SKIPPED = "skipped", _("Not asked")
    EXPIRED = "expired", _("Not answered in time")


class WhySkipped(models.TextChoices):
    REOPENED = "reopened", _("The ticket was opened again before")
    CONSENT = "consent", _("They do not want to be asked")
    RECENT = "recent", _("They were asked a short while ago")
    ADDRESS = "address", _("There is no e-mail address to ask at")
    MACHINE = "machine", _("A machine wrote, and nobody would answer")
    INACTIVE = "inactive", _("The survey was switched off meanwhile")
    MERGED = "merged", _("The ticket became part of another one")
    BOUNCED = "bounced", _("The mail could not be delivered")


class SurveyInvitation(models.Model):
    """One ticket, one moment: at most one is asked of each ticket and of each chat.

    It waits until `due_at`; what happens to the ticket before may end it as skipped, for `reason`. Whoever was asked
    (`sent_at`) counts in the response rate: state sent, answered or expired. `mailed_to` is empty where only the chat
    itself asked. `remind_at` is when the one reminder is due.
    """

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="invitations")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="survey_invitations", db_index=False)
    chat = models.ForeignKey(Chat, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    moment = models.CharField(max_length=6, choices=SurveyMoment)
    state = models.CharField(max_length=8, choices=InvitationState, default=InvitationState.WAITING)
    reason = models.CharField(max_length=8, choices=WhySkipped, blank=True)
    mailed_to = models.EmailField(max_length=254, blank=True)
    language = models.CharField(max_length=8, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="survey_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["remind_at"], name="survey_to_remind", condition=Q(remind_at__isnull=False)),
            models.Index(fields=["expires_at"], name="survey_open", condition=Q(state="sent")),
            models.Index(fields=["sent_at"], name="survey_sent", condition=Q(sent_at__isnull=False)),
            models.Index(fields=["customer", "-sent_at"], name="survey_of_customer"),
            models.Index(fields=["ticket", "-id"], name="survey_of_ticket"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "moment"], name="survey_once_a_ticket",
                condition=Q(moment="solved") & ~Q(state="skipped"),
            ),
            models.UniqueConstraint(
                fields=["chat"], name="survey_once_a_chat", condition=Q(chat__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.state}: survey {self.survey_id} for #{self.ticket_id}"


class SurveyMailKind(models.TextChoices):
    QUESTION = "question", _("The question")
    REMINDER = "reminder", _("The reminder")
    TRIAL = "trial", _("A test, to oneself")


class SurveyMail(models.Model):
    """The outbox of surveys: the mail is made when it is sent, and kept nowhere. A trial belongs to no ticket."""

    kind = models.CharField(max_length=8, choices=SurveyMailKind)
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="+")
    invitation = models.ForeignKey(SurveyInvitation, models.CASCADE, null=True, blank=True, related_name="mails")
    email = models.EmailField(max_length=254)
    language = models.CharField(max_length=8, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    handed_over_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Set just before a server may have the mail; see channels_app.")
    )
    last_error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="survey_mail_due", condition=Q(due_at__isnull=False))]
        constraints = [
            models.UniqueConstraint(
                fields=["invitation", "kind"], name="survey_mail_once", condition=Q(invitation__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.email}"
