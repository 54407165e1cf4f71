"""SLA: what was promised and kept, by policy, metric and hour of the day."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from metrics.charts import Chart, Series, stack
from metrics.dimensions import DIMENSIONS
from metrics.measures import MEASURES
from metrics.pages.drawing import over_time
from metrics.pages.parts import Block, Page, Table, columns_of, few_note, in_order, rows_by, tile
from metrics.pages.wanted import Wanted, short_day
from metrics.questions import Answer

STRIP = ("sla_achieved", "sla_met", "sla_breached", "first_reply", "reply_time", "requester_wait")
KEPT = ("sla_achieved", "sla_met", "sla_breached")


def promises(wanted: Wanted) -> Page:
    over, before = wanted.ask(*STRIP, by=[wanted.grain]), wanted.before(*STRIP)
    by_hour = wanted.ask("sla_met", "sla_breached", by=["hour"])
    return Page(
        tiles=[tile(name, wanted, over, before) for name in STRIP],
        blocks=[
            over_time(over, wanted, "achieved", _("Achieved"), "sla_achieved", width="half"),
            kept_and_missed(over, wanted, "kept", _("Met and missed")),
            kept_and_missed(by_hour, wanted, "hours", _("By hour of the day"), width="whole"),
            Block(table=_by_policy(wanted), width="whole"),
            Block(table=_by(wanted, "team", _("By team"), _("Team"))),
            Block(table=_by(wanted, "priority", _("By priority"), _("Priority"))),
        ],
        notes=over.notes,
    )


def kept_and_missed(answer: Answer, wanted: Wanted, name: str, title: str, *, width: str = "half") -> Block:
    by = answer.question.by
    series = [
        Series(
            str(MEASURES[measure].label),
            [group.figures[measure].value for group in answer.groups],
            [wanted.link(measure, by, group.key) for group in answer.groups],
            style=style,
        )
        for measure, style in (("sla_met", 1), ("sla_breached", 4))
    ]
    names = [group.names[0] for group in answer.groups]
    is_day = by[0] in ("day", "week", "month")
    labels = [short_day(group.key[0], by[0]) for group in answer.groups] if is_day else names
    return Block(
        stack(Chart(name, title, labels, series, str(DIMENSIONS[by[0]].label), full_labels=names)), width=width
    )


def _by_policy(wanted: Wanted) -> Table:
    """A row for each metric of each policy."""
    answer = wanted.ask(*KEPT, by=["policy", "sla_metric"])
    rows = [
        replace(row, about=group.names[1])
        for row, group in zip(rows_by(answer, wanted, *KEPT), in_order(answer), strict=True)
    ]
    return Table("policies", _("Policies and metrics"), columns_of(*KEPT), rows, first=_("Policy"), note=few_note(rows))


def _by(wanted: Wanted, dimension: str, title: str, first: str) -> Table:
    rows = rows_by(wanted.ask(*KEPT, by=[dimension]), wanted, *KEPT)
    return Table(f"by-{dimension}", title, columns_of(*KEPT), rows, first=first, note=few_note(rows))
