"""Telephone calls: what happened in each, what agents say and tick while they talk, and whom we owe a call."""

from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Customer
from helpdesk.accounts.models import Team, User
from tickets.models.inbox import Inbox
from tickets.models.message import Message
from tickets.models.ticket import Ticket


class CallDirection(models.TextChoices):
    IN = "in", _("Incoming")
    OUT = "out", _("Outgoing")


class CallState(models.TextChoices):
    RINGING = "ringing", _("Ringing")
    ANSWERED = "answered", _("Under way")
    HELD = "held", pgettext_lazy("a call", "On hold")
    ENDED = "ended", _("Ended")


class Outcome(models.TextChoices):
    NONE = "", _("Not said yet")
    RESOLVED = "resolved", _("Resolved")
    FOLLOW_UP = "follow_up", _("To be followed up")
    NO_ANSWER = "no_answer", _("No answer")
    BUSY = "busy", _("Busy")
    VOICEMAIL = "voicemail", _("Voicemail")
    MISSED = "missed", _("Missed")
    CALLBACK = "callback", _("Asked to be called back")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    FAILED = "failed", _("Could not be connected")


# They were spoken with: it counts as an answer to what they wrote before.
SPOKEN = (Outcome.RESOLVED, Outcome.FOLLOW_UP)


class CallScript(models.Model):
    """What to say and do in calls about one topic; each step is ticked while talking."""

    topic = models.CharField(_("topic"), max_length=80, unique=True)
    opening = models.TextField(_("opening"), blank=True, max_length=1000)
    steps = ArrayField(models.CharField(max_length=300), default=list, blank=True, verbose_name=_("steps"))
    closing = models.TextField(_("closing"), blank=True, max_length=1000)
    is_active = models.BooleanField(_("active"), default=True)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.topic


class Call(models.Model):
    """One call. Its state, people and durations follow from its moments: see tickets/calls/course.py.

    `number` is empty when the caller hid it: such callers are never taken for one person.
    """

    key = models.UUIDField(default=uuid4, unique=True, help_text=_("The same form sent twice is one call."))
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="calls")
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, blank=True, related_name="calls")
    inbox = models.ForeignKey(Inbox, models.PROTECT, related_name="calls")
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="calls")
    agent = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="calls")
    message = models.OneToOneField(Message, models.SET_NULL, null=True, blank=True, related_name="told_call")
    direction = models.CharField(max_length=3, choices=CallDirection)
    number = models.CharField(max_length=64, blank=True, help_text=_("Theirs (E.164); empty: hidden."))
    our_number = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=8, choices=CallState, default=CallState.RINGING)
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.NONE, blank=True)
    is_logged = models.BooleanField(default=False, help_text=_("Written down by hand: no telephone told of it."))

    started_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    held_since = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    seconds_waited = models.PositiveIntegerField(default=0, help_text=_("From its start until somebody answered."))
    seconds_talked = models.PositiveIntegerField(default=0, help_text=_("Without the time on hold."))
    seconds_held = models.PositiveIntegerField(default=0)
    seconds_wrapping = models.PositiveIntegerField(default=0, help_text=_("From its end until it was written up."))
    told_seconds = models.PositiveIntegerField(null=True, blank=True, help_text=_("The wait that was announced."))

    script = models.ForeignKey(CallScript, models.SET_NULL, null=True, blank=True, related_name="calls")
    steps_done = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    follow_up_on = models.DateField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True, help_text=_("Since when its outcome is known."))
    wrapped_up_at = models.DateTimeField(null=True, blank=True)
    wants_recording = models.BooleanField(default=False)
    rings = models.BooleanField(
        default=True,
        db_default=True,
        help_text=_("It is put before agents: not while a greeting is said, or a voicemail is left."),
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-started_at", "-pk"]
        indexes = [
            models.Index(fields=["-started_at", "-id"], name="call_log"),
            models.Index(fields=["started_at"], name="call_live", condition=~Q(state="ended")),
            models.Index(fields=["ended_at"], name="call_unsettled", condition=Q(state="ended", settled_at=None)),
            models.Index(fields=["agent", "ended_at"], name="call_to_write_up", condition=Q(wrapped_up_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.get_direction_display()} {self.number or '–'}"

    @property
    def is_live(self) -> bool:
        return self.state != CallState.ENDED

    @property
    def is_hidden(self) -> bool:
        return not self.number


class MomentKind(models.TextChoices):
    """In the order in which they come when a second is not fine enough to tell."""

    STARTED = "started", _("Started")
    QUEUED = "queued", _("Waits in the queue")
    ANSWERED = "answered", _("Answered")
    HELD = "held", _("Put on hold")
    RESUMED = "resumed", _("Taken off hold")
    TRANSFERRED = "transferred", _("Passed on")
    ENDED = "ended", _("Ended")


class CallMoment(models.Model):
    """One thing that a telephone told of a call: in any order, more than once. `key` says which is which."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="moments")
    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=MomentKind)
    at = models.DateTimeField()
    sequence = models.PositiveIntegerField(default=0, help_text=_("The provider's number for it, of its leg."))
    agent = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.NONE, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "key"], name="call_moment_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%H:%M:%S}"


class CallRefusal(models.Model):
    """An agent let a ringing call go to somebody else."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="refusals")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "user"], name="call_refused_once")]

    def __str__(self) -> str:
        return f"{self.user} {self.call_id}"


class AgentPhone(models.Model):
    """The telephone at which an agent takes calls. Without a number they see calls, and can't take them."""

    user = models.OneToOneField(User, models.CASCADE, related_name="agent_phone")
    number = models.CharField(max_length=64, blank=True)
    takes_calls = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.number


class CallbackState(models.TextChoices):
    WAITING = "waiting", _("To be called")
    CLAIMED = "claimed", _("Somebody is on it")
    DONE = "done", _("Called")
    FAILED = "failed", _("Given up")


class CallbackReason(models.TextChoices):
    ASKED = "asked", _("Asked for it while waiting")
    MISSED = "missed", _("Called, nobody answered")
    FOLLOW_UP = "follow_up", _("We said we would call")


class CallbackRequest(models.Model):
    """A call that we owe. One agent claims it, and says what came of it."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="callbacks")
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, blank=True, related_name="callbacks")
    call = models.ForeignKey(Call, models.SET_NULL, null=True, blank=True, related_name="callbacks")
    number = models.CharField(max_length=64)
    reason = models.CharField(max_length=10, choices=CallbackReason)
    state = models.CharField(max_length=8, choices=CallbackState, default=CallbackState.WAITING)
    due_at = models.DateTimeField()
    claimed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="callbacks")
    claimed_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(fields=["due_at", "id"], name="callback_open", condition=Q(state__in=["waiting", "claimed"]))
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "number"],
                condition=Q(state__in=["waiting", "claimed"]),
                name="callback_owed_once",
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state in (CallbackState.WAITING, CallbackState.CLAIMED)
