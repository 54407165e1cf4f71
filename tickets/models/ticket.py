"""The ticket: its own facts, the table of allowed status moves, and the lists that agents look at."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from helpdesk.accounts.models import Calendar, Role, Team, User
from tickets.models.inbox import Channel, Inbox


class Status(models.TextChoices):
    NEW = "new", _("New")
    OPEN = "open", _("Open")
    PENDING = "pending", _("Pending")
    HOLD = "hold", _("On hold")
    SOLVED = "solved", _("Solved")
    CLOSED = "closed", _("Closed")


UNSOLVED = (Status.NEW, Status.OPEN, Status.PENDING, Status.HOLD)

# The workflow. Nothing goes back to new; closed is the end: what comes after it is a follow-up ticket.
MOVES: dict[str, tuple[Status, ...]] = {
    Status.NEW: (Status.OPEN, Status.PENDING, Status.HOLD, Status.SOLVED),
    Status.OPEN: (Status.PENDING, Status.HOLD, Status.SOLVED),
    Status.PENDING: (Status.OPEN, Status.HOLD, Status.SOLVED),
    Status.HOLD: (Status.OPEN, Status.PENDING, Status.SOLVED),
    Status.SOLVED: (Status.OPEN, Status.PENDING, Status.HOLD, Status.CLOSED),
    Status.CLOSED: (),
}


class Priority(models.TextChoices):
    NONE = "", _("None")
    LOW = "low", _("Low")
    NORMAL = "normal", _("Normal")
    HIGH = "high", _("High")
    URGENT = "urgent", _("Urgent")


class TicketType(models.TextChoices):
    NONE = "", _("None")
    QUESTION = "question", _("Question")
    INCIDENT = "incident", _("Incident")
    PROBLEM = "problem", _("Problem")
    TASK = "task", _("Task")


class ForbiddenMove(Exception):
    """The table of status moves has no such move."""

    def __init__(self, old: str, new: str) -> None:
        super().__init__(
            _("A ticket that is %(old)s can't become %(new)s.")
            % {"old": Status(old).label.lower(), "new": Status(new).label.lower()}
        )


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, user: User) -> TicketQuerySet:
        """What this member of staff may see: everything but the tickets of private teams of others.

        Nothing, for other departments: what they may read of tickets stands on the timelines of customers.
        """
        return self.none() if user.role == Role.COMPANY else self.told_to(user)

    def told_to(self, user: User) -> TicketQuerySet:
        """What counts for this person on pages about customers: as `visible_to`, and for other departments what they
        read of on timelines. Not for opening a ticket.
        """
        if not user.is_active:
            return self.none()
        if hidden := user.hidden_team_ids:
            return self.exclude(team_id__in=hidden)
        return self

    def hidden_from(self, user: User) -> TicketQuerySet:
        """Those of private teams that are not theirs: what numbers made of tickets leave out, since they would tell."""
        return self.filter(team_id__in=user.hidden_team_ids)

    def lock(self, pk: int) -> Ticket:
        """The row, locked until the end of the transaction."""
        for ticket in self.lock_all([pk]):
            return ticket
        raise self.model.DoesNotExist

    def lock_all(self, pks: Iterable[int]) -> list[Ticket]:
        """Those rows that there are, locked in the order of their ids: whoever locks several does it in this order."""
        from tickets.one_ticket import locked  # it reads models, this one among them

        wanted = set(pks)
        tickets = locked(wanted)
        if len(tickets) < len(wanted) or any(ticket.is_torn for ticket in tickets):
            # Whom we waited for may have given a ticket to other people: PostgreSQL then joins the new row to the old
            # ones, and leaves it out or brings nobody. It is locked by now, so reading it again brings what is stored.
            tickets = locked(wanted)
        return tickets

    def unsolved(self) -> TicketQuerySet:
        return self.filter(status__in=UNSOLVED)

    def with_people(self) -> TicketQuerySet:
        return self.select_related("requester", "assignee", "team", "inbox")


class Ticket(models.Model):
    """`id` is the ticket's number: short, human, counted up from 1001."""

    id = models.BigAutoField(primary_key=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.NEW)
    priority = models.CharField(_("priority"), max_length=8, choices=Priority, default=Priority.NONE, blank=True)
    type = models.CharField(_("type"), max_length=10, choices=TicketType, default=TicketType.NONE, blank=True)
    tags = ArrayField(models.CharField(max_length=60), default=list, blank=True, verbose_name=_("tags"))
    requester = models.ForeignKey(Customer, models.PROTECT, related_name="tickets", verbose_name=_("requester"))
    assignee = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="tickets", verbose_name=_("assignee")
    )
    team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="tickets", verbose_name=_("team")
    )
    inbox = models.ForeignKey(Inbox, models.PROTECT, related_name="tickets", verbose_name=_("inbox"))
    also_seen_in = models.ManyToManyField(Inbox, related_name="also_seen", blank=True)
    channel = models.CharField(max_length=16, choices=Channel)
    follow_up_of = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="follow_ups")

    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    solved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)

    # What conditions ask for (tickets/conditions), kept by the services.
    status_changed_at = models.DateTimeField(default=timezone.now)
    assigned_at = models.DateTimeField(null=True, blank=True)
    requester_updated_at = models.DateTimeField(null=True, blank=True)
    assignee_updated_at = models.DateTimeField(null=True, blank=True)
    reply_count = models.PositiveIntegerField(default=0, help_text=_("Public replies by agents."))
    reopen_count = models.PositiveIntegerField(default=0)
    assignee_stations = models.PositiveIntegerField(default=0, help_text=_("How many different people had it."))
    team_stations = models.PositiveIntegerField(default=0)

    # What rules set, and what is known of its words and clocks.
    calendar = models.ForeignKey(Calendar, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    skills = ArrayField(
        models.CharField(max_length=60),
        default=list,
        blank=True,
        db_default=Value([], output_field=ArrayField(models.CharField())),
    )
    language = models.CharField(
        max_length=8,
        blank=True,
        default="",
        db_default="",
        help_text=_("Of the customer's words, worked out; empty: not known."),
    )
    tone = models.CharField(
        max_length=8,
        blank=True,
        default="",
        db_default="",
        help_text=_("A hint from words alone: upset, urgent, or empty."),
    )
    sla_due_at = models.DateTimeField(null=True, blank=True, help_text=_("When its next running target breaches."))
    sla_metric = models.CharField(max_length=24, blank=True, default="", db_default="")
    sla_state = models.CharField(
        max_length=8,
        blank=True,
        default="",
        db_default="",
        help_text=_("running, warned, breached, paused; empty: no target."),
    )
    sla_calendar_id = models.BigIntegerField(
        null=True, blank=True, help_text=_("By whose hours that target counts; empty: every hour.")
    )

    # Kept by the gesture so that no list has to count or search: see tickets/services/gesture.py.
    last_event_id = models.BigIntegerField(default=0)
    message_count = models.PositiveIntegerField(default=0)
    preview = models.CharField(max_length=140, blank=True)
    waiting_since = models.DateTimeField(
        null=True, blank=True, help_text=_("The customer's oldest public message that no agent has answered yet.")
    )
    has_files = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_("With some message that was not taken back; kept by the database, whoever adds or moves files."),
    )

    objects = TicketQuerySet.as_manager()

    class Meta:
        # One partial index for each standard view: a page of a list costs the same at any number of tickets.
        # They include the team, which decides who sees a ticket: so the counts in the sidebar read the index alone.
        indexes = [
            models.Index(fields=["-updated_at", "-id"], include=["team"], name="ticket_view_all"),
            models.Index(
                fields=["-updated_at", "-id"],
                include=["team"],
                name="ticket_view_unassigned",
                condition=Q(status__in=UNSOLVED, assignee=None),
            ),
            models.Index(
                fields=["assignee", "-updated_at", "-id"],
                include=["team"],
                name="ticket_view_mine",
                condition=Q(status__in=UNSOLVED),
            ),
            models.Index(
                fields=["-updated_at", "-id"],
                include=["team"],
                name="ticket_view_open",
                condition=Q(status__in=[Status.NEW, Status.OPEN]),
            ),
            models.Index(
                fields=["-updated_at", "-id"],
                include=["team"],
                name="ticket_view_pending",
                condition=Q(status__in=[Status.PENDING, Status.HOLD]),
            ),
            models.Index(
                fields=["-updated_at", "-id"],
                include=["team"],
                name="ticket_view_solved",
                condition=Q(status__in=[Status.SOLVED, Status.CLOSED]),
            ),
            # What saved views ask most: a team's work, what came in, what was solved lately.
            models.Index(
                fields=["team", "-updated_at", "-id"], name="ticket_view_team", condition=Q(status__in=UNSOLVED)
            ),
            models.Index(fields=["created_at"], name="ticket_created"),
            models.Index(fields=["solved_at"], name="ticket_solved", condition=Q(solved_at__isnull=False)),
            models.Index(fields=["requester", "-updated_at", "-id"], name="ticket_of_requester"),
            # Whom we heard from last, newest first: the list of customers in that order.
            models.Index(
                fields=["-requester_updated_at", "-id"],
                include=["requester"],
                name="ticket_heard_last",
                condition=Q(requester_updated_at__isnull=False),
            ),
            models.Index(fields=["solved_at"], name="ticket_to_close", condition=Q(status=Status.SOLVED)),
            GinIndex(fields=["tags"], name="ticket_tags"),
            models.Index(fields=["sla_due_at", "id"], name="ticket_sla_due", condition=Q(sla_due_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*UNSOLVED], solved_at=None) | Q(status__in=[Status.SOLVED, Status.CLOSED]),
                name="ticket_unsolved_has_no_solved_at",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.subject}"

    @property
    def is_torn(self) -> bool:
        """Read together with people who are not those that the row names."""
        known = self._state.fields_cache
        return any(known.get(name, 1) is None and getattr(self, f"{name}_id") for name in ("assignee", "team"))

    @property
    def number(self) -> int:
        return self.pk

    @property
    def is_closed(self) -> bool:
        return self.status == Status.CLOSED

    @property
    def is_waiting(self) -> bool:
        """Whether the customer waits for an answer; a solved ticket waits for nobody, whoever wrote last.

        Lists and conditions ask the same by `conditions.sources.WAITING_SINCE`.
        """
        return self.waiting_since is not None and self.status in UNSOLVED

    def ensure_can_become(self, status: str) -> None:
        """Raises `ForbiddenMove` where the table has no such move."""
        if status not in MOVES[self.status]:
            raise ForbiddenMove(self.status, status)
