"""What reports know of tickets: told from their timelines, and told again whenever those grow. No fact begins here.

Rebuilding all of it from the timelines gives the same rows; a property test holds that. Definitions: docs/metrics.md.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models import Channel, Priority, Status, Ticket, TicketType


class Fact(models.Model):
    """One ticket: its durations and counts. Durations are seconds, of the calendar and (`…_business`) of working time.

    What it is and whose it is stands here as on the ticket, so that a report reads one narrow table.
    """

    ticket = models.OneToOneField(Ticket, models.CASCADE, primary_key=True, related_name="fact")
    event_id = models.BigIntegerField(help_text=_("The last event that these facts know of."))
    edition = models.PositiveSmallIntegerField(help_text=_("Of the definitions they were told by."))

    status = models.CharField(max_length=8, choices=Status)
    priority = models.CharField(max_length=8, choices=Priority, blank=True)
    type = models.CharField(max_length=10, choices=TicketType, blank=True)
    channel = models.CharField(max_length=16, choices=Channel)
    inbox_id = models.BigIntegerField()
    team_id = models.BigIntegerField(null=True)
    assignee_id = models.BigIntegerField(null=True)
    opened_by_agent = models.BooleanField(default=False)
    is_merged = models.BooleanField(default=False, help_text=_("Into another ticket: left out of every average."))

    opened_at = models.DateTimeField()
    first_reply_at = models.DateTimeField(null=True)
    first_assigned_at = models.DateTimeField(null=True)
    last_assigned_at = models.DateTimeField(null=True)
    first_solved_at = models.DateTimeField(null=True)
    solved_at = models.DateTimeField(null=True, help_text=_("Latest; empty while it is not solved."))

    first_reply = models.BigIntegerField(null=True)
    first_reply_business = models.BigIntegerField(null=True)
    first_resolution = models.BigIntegerField(null=True)
    first_resolution_business = models.BigIntegerField(null=True)
    full_resolution = models.BigIntegerField(null=True)
    full_resolution_business = models.BigIntegerField(null=True)
    requester_wait = models.BigIntegerField(default=0)
    requester_wait_business = models.BigIntegerField(default=0)
    agent_wait = models.BigIntegerField(default=0)
    agent_wait_business = models.BigIntegerField(default=0)
    on_hold = models.BigIntegerField(default=0)
    on_hold_business = models.BigIntegerField(default=0)
    agent_work = models.BigIntegerField(default=0)
    agent_work_business = models.BigIntegerField(default=0)
    first_assignment = models.BigIntegerField(null=True)
    first_assignment_business = models.BigIntegerField(null=True)
    last_assignment = models.BigIntegerField(null=True)
    last_assignment_business = models.BigIntegerField(null=True)
    assignment_to_resolution = models.BigIntegerField(null=True, help_text=_("From the latest assignment."))
    assignment_to_resolution_business = models.BigIntegerField(null=True)
    unassigned = models.BigIntegerField(default=0)
    unassigned_business = models.BigIntegerField(default=0)

    replies = models.PositiveIntegerField(default=0)
    reopens = models.PositiveIntegerField(default=0, help_text=_("Without those of one update that also solved it."))
    reopens_in_history = models.PositiveIntegerField(default=0)
    resolutions = models.PositiveIntegerField(default=0)
    assignee_stations = models.PositiveIntegerField(default=0)
    team_stations = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["opened_at"], name="fact_opened"),
            models.Index(fields=["first_reply_at"], name="fact_replied", condition=models.Q(first_reply__isnull=False)),
            models.Index(fields=["solved_at"], name="fact_solved", condition=models.Q(solved_at__isnull=False)),
            models.Index(
                fields=["first_solved_at"], name="fact_first_solved", condition=models.Q(first_solved_at__isnull=False)
            ),
            models.Index(
                fields=["first_assigned_at"], name="fact_assigned", condition=models.Q(first_assigned_at__isnull=False)
            ),
            models.Index(
                fields=["last_assigned_at"],
                name="fact_last_assigned",
                condition=models.Q(last_assigned_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"facts of #{self.pk}"


class MomentKind(models.TextChoices):
    """What is counted on the day, and for the person and team, that it happened on and with."""

    OPENED = "opened", _("Opened")
    WRITTEN = "written", _("Message from a customer")
    REPLIED = "replied", _("Reply")
    NOTED = "noted", _("Internal note")
    ASSIGNED = "assigned", _("Assigned")
    PASSED_ON = "passed_on", _("Passed on to another team")
    SOLVED = "solved", _("Solved")
    REOPENED = "reopened", _("Reopened")
    MET = "met", _("Target met")
    BREACHED = "breached", _("Target missed")


class Moment(models.Model):
    """One thing that happened to a ticket, with its agent, team and channel of that moment.

    `user_id` is who did it, of `assigned` who got it; of `solved`, `reopened`, `met` and `breached` the assignee.
    `team_id` is the ticket's; of `passed_on` the one that passed it on, `ref` the one that got it. `seconds` of
    `replied`: how long the customer's oldest unanswered message had waited; empty where none had, and `name` is "first"
    on the first reply of its ticket. Of `met` and `breached`: what its clock had counted, in the time that its target
    counts in; `name` is its metric and `ref` its policy.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="moments", db_index=False)
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=MomentKind)
    user_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=16)
    seconds = models.BigIntegerField(null=True)
    seconds_business = models.BigIntegerField(null=True)
    name = models.CharField(max_length=24, blank=True)
    ref = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["ticket", "id"], name="moment_of_ticket"),
            models.Index(fields=["kind", "at"], name="moment_of_kind"),
            # People's own pages: what they did in the last weeks, of the millions that all have done.
            models.Index(fields=["user_id", "at"], name="moment_of_user", condition=models.Q(user_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.ticket_id}"
