"""The overview: what a lead looks at in the morning."""

from __future__ import annotations

from django.utils.translation import gettext as _

from metrics.pages.drawing import hour_map, over_time, stacked
from metrics.pages.parts import Block, Page, Table, columns_of, few_note, rows_by, tile
from metrics.pages.wanted import Wanted

STRIP = ("opened", "solved", "backlog", "first_reply", "sla_achieved", "csat")
OF_AGENTS = ("assigned", "replies", "resolutions", "reply_time", "csat")


def overview(wanted: Wanted) -> Page:
    over, before = wanted.ask(*STRIP, by=[wanted.grain]), wanted.before(*STRIP)
    by_channel = wanted.ask("opened", by=[wanted.grain, "channel"])
    by_hour = wanted.ask("opened", by=["weekday", "hour"])
    return Page(
        tiles=[tile(name, wanted, over, before) for name in STRIP],
        blocks=[
            over_time(over, wanted, "volume", _("Ticket volume"), "opened", "solved"),
            stacked(by_channel, wanted, "channels", _("By channel"), "opened"),
            hour_map(by_hour, wanted, "hours", _("Busiest hours"), "opened"),
            over_time(over, wanted, "first-reply", _("First reply, median"), "first_reply", width="half"),
            over_time(over, wanted, "backlog", _("Backlog at the end of each day"), "backlog", width="half"),
            Block(table=agents(wanted), width="whole"),
        ],
        notes=over.notes,
    )


def agents(wanted: Wanted) -> Table:
    rows = rows_by(wanted.ask(*OF_AGENTS, by=["agent"]), wanted, *OF_AGENTS)
    return Table(
        "agents", _("Agents"), columns_of(*OF_AGENTS), rows, first=_("Agent"),
        hint=_("by name"), note=few_note(rows),
    )  # fmt: skip
