"""What a member of staff should hear of: who was mentioned, what they were told, and how they want to be told."""

from __future__ import annotations

from datetime import time

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import Team, User
from knowledge_base.models import Article
from tickets.models.event import TicketEvent
from tickets.models.message import Message
from tickets.models.ticket import Ticket


class Mention(models.Model):
    """A person or a whole team named in a note."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="mentions")
    message = models.ForeignKey(Message, models.CASCADE, related_name="mentions")
    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="mentions")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="mentions")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "user", "team"], nulls_distinct=False, name="mention_unique"),
            models.CheckConstraint(
                condition=Q(user=None, team__isnull=False) | Q(user__isnull=False, team=None),
                name="mention_names_one_user_or_team",
            ),
        ]

    def __str__(self) -> str:
        return f"@{self.user or self.team} on #{self.ticket_id}"


class NotificationKind(models.TextChoices):
    MENTION = "mention", _("Somebody mentions me or my team")
    ASSIGNED = "assigned", _("A ticket is assigned to me")
    CUSTOMER_REPLIED = "customer_replied", _("A customer answers on a ticket that is mine or that I follow")
    FOLLOWED = "followed", _("A colleague writes on my ticket, or does something on one I follow")
    NOT_SENT = "not_sent", _("My reply could not be sent, or was held back")
    RULE = "rule", _("A rule tells me something")
    BULK_DONE = "bulk_done", _("My bulk edit is done")
    TROUBLE = "trouble", _("Something that admins set up was switched off")
    BAD_RATING = "bad_rating", _("A customer was not content with a ticket of mine, of my team, or one I follow")
    ARTICLE = "article", _("An article of mine needs me, or one waits for my approval")
    PROPOSAL = "proposal", _("A public answer waits for approval, or mine was decided on")
    GOAL = "goal", _("A goal that I look after is in danger, or was missed")


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: User) -> NotificationQuerySet:
        """Their own, without those of tickets that they may no longer see."""
        own = self.filter(user=user)
        return own.exclude(ticket__team_id__in=hidden) if (hidden := user.hidden_team_ids) else own

    def in_bell(self) -> NotificationQuerySet:
        return self.filter(rings=True)

    def unread(self) -> NotificationQuerySet:
        return self.filter(rings=True, read_at=None)


class Notification(models.Model):
    """One thing one person should hear of, told once: `event` and `user` name it, whatever worker comes twice.

    It holds no words of a message: those are read from the event's message, so that what is taken back or erased
    there is gone here too.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=20, choices=NotificationKind)
    ticket = models.ForeignKey(Ticket, models.CASCADE, null=True, blank=True, related_name="notifications")
    event = models.ForeignKey(TicketEvent, models.CASCADE, null=True, blank=True, related_name="notifications")
    article = models.ForeignKey(Article, models.CASCADE, null=True, blank=True, related_name="notifications")
    article_language = models.CharField(max_length=8, blank=True, default="", db_default="")
    actor_name = models.CharField(max_length=200, blank=True)
    detail = models.CharField(max_length=300, blank=True, help_text=_("A result in words, where no event tells it."))
    rings = models.BooleanField(
        default=True, db_default=True, help_text=_("It is in the bell; otherwise it is only mailed or pushed.")
    )
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    email_due_at = models.DateTimeField(null=True, blank=True, help_text=_("When a mail about it should go out."))
    emailed_at = models.DateTimeField(null=True, blank=True)
    push_due_at = models.DateTimeField(null=True, blank=True)
    pushed_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "event"], name="notification_once_an_event")]
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_of_user"),
            models.Index(fields=["user"], name="notification_unread", condition=Q(read_at=None)),
            models.Index(
                fields=["email_due_at"],
                name="notification_mail_due",
                condition=Q(email_due_at__isnull=False, emailed_at=None),
            ),
            models.Index(
                fields=["push_due_at"],
                name="notification_push_due",
                condition=Q(push_due_at__isnull=False, pushed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"


class NotificationSettings(models.Model):
    """How a person wants to hear: for each kind the ways that are on (`bell`, `email`, `push`), and when to be quiet.

    `email_each_minutes` 0 sends a mail at once, more gathers what came within that time into one digest; a day's worth
    (1440) is sent in the morning.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="notification_settings")
    ways = models.JSONField(default=dict, blank=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True, default=time(7))
    quiet_when_away = models.BooleanField(
        default=True, db_default=True, help_text=_("Mails and pushes wait while the person is set to “Away”.")
    )
    email_each_minutes = models.PositiveIntegerField(default=60)
    updated_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"notifications of {self.user_id}"


class PushSubscription(models.Model):
    """A browser that asked for push messages (RFC 8030): where to send, and the keys to seal them (RFC 8291)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="push_subscriptions")
    endpoint = models.URLField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=200)
    auth = models.CharField(max_length=100)
    user_agent = models.CharField(max_length=300, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"push to {self.user_id}"
