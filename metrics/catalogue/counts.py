"""How much came in, how much was done, and with how many replies."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from metrics.measure import Measure, Source, Text, Unit
from metrics.models import MomentKind

NOT_MERGED = Q(is_merged=False)


def moments(name: str, label: Text, kind: MomentKind, sentence: Text, formula: Text, better: str = "") -> Measure:
    return Measure(name, label, Unit.COUNT, Source.MOMENT, "at", sentence, formula, where=Q(kind=kind), better=better)


def touched(name: str, label: Text, replies: Q, sentence: Text, formula: Text, better: str = "") -> Measure:
    return Measure(
        name, label, Unit.PERCENT, Source.FACT, "solved_at", sentence, formula,
        where=NOT_MERGED, hit=replies, better=better,
    )  # fmt: skip


MEASURES = (
    Measure(
        "opened", _("Opened"), Unit.COUNT, Source.FACT, "opened_at",
        _("Tickets that were opened, by customers or by agents. Tickets merged later stay counted: somebody wrote."),
        _("tickets with opened at in the period"),
    ),
    Measure(
        "solved", _("Solved"), Unit.COUNT, Source.FACT, "solved_at",
        _("Tickets that are solved or closed now and were last solved in the period. A ticket that is reopened leaves "
          "the count. Tickets merged into another are not counted."),
        _("tickets that are solved or closed, with solved at in the period"), where=NOT_MERGED, better="up",
    ),
    Measure(
        "merged", _("Merged"), Unit.COUNT, Source.FACT, "solved_at",
        _("Tickets merged into another. They are in no average and not among those solved."),
        _("tickets merged away, with solved at in the period"), where=Q(is_merged=True),
    ),
    moments(
        "resolutions", _("Resolutions"), MomentKind.SOLVED,
        _("How often tickets went from not solved to solved or closed. One ticket can be solved more than once."),
        _("moves from not solved to solved or closed in the period"), "up",
    ),
    moments(
        "reopens", _("Reopens"), MomentKind.REOPENED,
        _("How often solved tickets went back to not solved. Solving and reopening within one update counts as none."),
        _("moves from solved to not solved in the period"), "down",
    ),
    moments(
        "customer_messages", _("Customer messages"), MomentKind.WRITTEN,
        _("Public messages that customers wrote, the one that opened the ticket included."),
        _("public messages by customers in the period"),
    ),
    moments(
        "replies", _("Replies"), MomentKind.REPLIED,
        _("Public replies by agents, without the message by which an agent opened a ticket. One chat counts as one "
          "reply. Automatic answers, rules and bots never count."),
        _("public messages by agents in the period, a chat as one"),
    ),
    moments(
        "notes", _("Internal notes"), MomentKind.NOTED,
        _("Notes that people wrote for their colleagues."),
        _("internal notes by people in the period"),
    ),
    moments(
        "assigned", _("Assignments"), MomentKind.ASSIGNED,
        _("How often a ticket was given to an agent, by whom or what ever. It counts for the agent who got it."),
        _("moves to an assignee in the period"),
    ),
    moments(
        "passed_on", _("Passed on"), MomentKind.PASSED_ON,
        _("How often a ticket went from one team to another. It counts for the team that gave it away."),
        _("moves from a team to another in the period"), "down",
    ),
    touched(
        "zero_touch", _("Zero-touch"), Q(replies=0),
        _("Share of the tickets solved that were solved without any reply by an agent."),
        _("100 × solved tickets with 0 replies ÷ solved tickets"),
    ),
    touched(
        "one_touch", _("One-touch"), Q(replies=1),
        _("Share of the tickets solved that needed exactly one reply. Those without any are zero-touch."),
        _("100 × solved tickets with 1 reply ÷ solved tickets"), "up",
    ),
    touched(
        "two_touch", _("Two-touch"), Q(replies=2),
        _("Share of the tickets solved that needed two replies."),
        _("100 × solved tickets with 2 replies ÷ solved tickets"),
    ),
    touched(
        "multi_touch", _("Multi-touch"), Q(replies__gt=2),
        _("Share of the tickets solved that needed more than two replies."),
        _("100 × solved tickets with more than 2 replies ÷ solved tickets"), "down",
    ),
    Measure(
        "backlog", _("Backlog"), Unit.COUNT, Source.BACKLOG, "day",
        _("Tickets that were not solved at the end of the period's last day; of today, those that are not solved now."),
        _("tickets new, open, pending or on hold at the end of the day"), better="down",
    ),
)  # fmt: skip
