"""How long things took: each in calendar and in working time, as mean, median and 90th percentile."""

from __future__ import annotations

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from metrics.catalogue.counts import NOT_MERGED
from metrics.expressions import UntilNow
from metrics.measure import Measure, Source, Text, Unit
from metrics.models import MomentKind


def of_ticket(name: str, label: Text, date: str, sentence: Text, formula: Text, better: str = "down") -> Measure:
    """A duration of its facts; not of merged tickets, which are in no average."""
    there = NOT_MERGED & Q(**{f"{name}__isnull": False})
    return Measure(
        name, label, Unit.DURATION, Source.FACT, date, sentence, formula,
        where=there, value=name, business=f"{name}_business", better=better,
    )  # fmt: skip


def until_now(name: str, label: Text, since: str, sentence: Text, formula: Text) -> Measure:
    return Measure(
        name, label, Unit.DURATION, Source.UNSOLVED, "", sentence, formula, value=UntilNow(F(since)), better="down"
    )


MEASURES = (
    of_ticket(
        "first_reply", _("First reply time"), "first_reply_at",
        _("From opening the ticket to the first public reply by a person; where an agent opened it with a message to "
          "the customer, to the second. Automatic answers, rules, bots and internal notes don't count."),
        _("first reply − opened"),
    ),
    Measure(
        "reply_time", _("Reply time"), Unit.DURATION, Source.MOMENT, "at",
        _("For each reply by an agent: how long the customer's oldest unanswered message had waited for it."),
        _("reply − oldest unanswered message of the customer"),
        where=Q(kind=MomentKind.REPLIED, seconds__isnull=False), value="seconds", business="seconds_business",
        better="down",
    ),
    of_ticket(
        "first_resolution", _("First resolution time"), "first_solved_at",
        _("From opening the ticket to the first time that it was solved."),
        _("first solved − opened"),
    ),
    of_ticket(
        "full_resolution", _("Full resolution time"), "solved_at",
        _("From opening the ticket to the latest time that it was solved. Reopening extends it."),
        _("last solved − opened"),
    ),
    of_ticket(
        "requester_wait", _("Requester wait time"), "solved_at",
        _("How long the customer waited for us, over the life of tickets solved in the period."),
        _("Σ time in new, open and on hold"),
    ),
    of_ticket(
        "agent_wait", _("Agent wait time"), "solved_at",
        _("How long we waited for the customer, over the life of tickets solved in the period."),
        _("Σ time in pending"), "",
    ),
    of_ticket(
        "on_hold", _("On-hold time"), "solved_at",
        _("How long tickets solved in the period waited for somebody else."),
        _("Σ time on hold"),
    ),
    of_ticket(
        "agent_work", _("Agent work time"), "solved_at",
        _("How long tickets solved in the period were ours to work on."),
        _("Σ time in new and open"),
    ),
    of_ticket(
        "first_assignment", _("First assignment time"), "first_assigned_at",
        _("From opening the ticket to the first time that it was given to an agent."),
        _("first assigned − opened"),
    ),
    of_ticket(
        "last_assignment", _("Last assignment time"), "last_assigned_at",
        _("From opening the ticket to the latest time that it was given to an agent."),
        _("last assigned − opened"),
    ),
    of_ticket(
        "assignment_to_resolution", _("Assignment to resolution"), "solved_at",
        _("From the latest assignment to an agent until the ticket was solved."),
        _("last solved − last assigned"),
    ),
    of_ticket(
        "unassigned", _("Unassigned time"), "solved_at",
        _("How long tickets solved in the period had nobody."),
        _("Σ time without an assignee"),
    ),
    until_now(
        "ticket_age", _("Ticket age"), "created_at",
        _("How long ago tickets were opened that are not solved now."),
        _("now − opened, of tickets not solved"),
    ),
    until_now(
        "since_update", _("Time since update"), "updated_at",
        _("How long ago anything happened to tickets that are not solved now."),
        _("now − last update, of tickets not solved"),
    ),
)  # fmt: skip
