"""Who gets the next ticket: a team's way of handing out work, and what each person can take."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import Team, User
from tickets.models.ticket import Ticket


class RoutingMode(models.TextChoices):
    MANUAL = "manual", _("By hand")
    ROUND_ROBIN = "round_robin", _("In turn")
    LEAST_LOADED = "least_loaded", _("Whoever has the least")


class TeamRouting(models.Model):
    """How a team's tickets find their agent. Without a row, or `manual`, agents take them themselves."""

    team = models.OneToOneField(Team, models.CASCADE, related_name="routing")
    mode = models.CharField(_("mode"), max_length=12, choices=RoutingMode, default=RoutingMode.MANUAL)
    uses_skills = models.BooleanField(_("only to people with the skills a ticket asks for"), default=False)
    only_in_hours = models.BooleanField(_("only in the team's hours"), default=False)
    take_back_after = models.PositiveIntegerField(
        _("take back when unanswered for"), default=0, help_text=_("Minutes; 0 is never.")
    )
    updated_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.team}: {self.mode}"


class Skill(models.Model):
    """What a ticket may ask for and a person may have: a language ("lang:de"), a product."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    people = models.ManyToManyField(User, related_name="skills", blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Capacity(models.Model):
    """How many open tickets somebody takes by routing, by channel: `{"email": 10, "chat": 3}`; absent: the default."""

    user = models.OneToOneField(User, models.CASCADE, related_name="capacity")
    per_channel = models.JSONField(default=dict, blank=True)
    last_given_at = models.DateTimeField(null=True, blank=True, help_text=_("Whose turn it is: the longest ago."))
    last_seen_at = models.DateTimeField(null=True, blank=True, help_text=_("When a page of theirs last said a word."))
    away_by_itself_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Set to away because no page was open; the next page brings them back.")
    )

    class Meta:
        verbose_name_plural = "capacities"

    def __str__(self) -> str:
        return f"{self.user}: {self.per_channel}"


class WaitReason(models.TextChoices):
    """Why a ticket still waits; empty: nobody has looked yet."""

    NOBODY = "nobody", _("nobody is online")
    FULL = "full", _("everybody has as much as they can take")
    SKILLS = "skills", _("nobody online has the skills it asks for")
    HOURS = "hours", _("it is outside working hours")
    AVOIDED = "avoided", _("only the person it was taken back from is there")


class WaitingTicket(models.Model):
    """A ticket that routing has to give to somebody: the row that neither a lost message nor a crash forgets."""

    ticket = models.OneToOneField(Ticket, models.CASCADE, primary_key=True, related_name="waits_for_routing")
    team = models.ForeignKey(Team, models.CASCADE, related_name="waiting")
    since = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=8, choices=WaitReason, blank=True, default="")
    not_to = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", help_text=_("From whom it was taken back.")
    )

    class Meta:
        ordering = ["since", "pk"]
        indexes = [models.Index(fields=["team", "since"], name="waiting_of_team")]

    def __str__(self) -> str:
        return f"#{self.ticket_id} waits for {self.team}"


class RoutedState(models.TextChoices):
    GIVEN = "given", _("Given")
    ANSWERED = "answered", _("Answered")
    TAKEN_BACK = "taken_back", _("Taken back")
    OVERRIDDEN = "overridden", _("Changed by hand")


class Routed(models.Model):
    """A ticket that routing gave to somebody, and what became of it; `due_at` is when it is taken back unanswered."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="routed")
    user = models.ForeignKey(User, models.CASCADE, related_name="routed")
    team = models.ForeignKey(Team, models.CASCADE, related_name="+")
    reasons = ArrayField(models.CharField(max_length=300), default=list)
    state = models.CharField(max_length=10, choices=RoutedState, default=RoutedState.GIVEN)
    due_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "routed"
        indexes = [
            models.Index(
                fields=["due_at"], name="routed_to_take_back", condition=Q(state="given", due_at__isnull=False)
            ),
            models.Index(fields=["ticket", "-id"], name="routed_of_ticket"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["ticket"], condition=Q(state="given"), name="routed_given_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id} to {self.user}"
