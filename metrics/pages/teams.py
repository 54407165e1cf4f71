"""Teams and agents: what lands with whom, what is done, and how it is liked. By name: no table ranks people."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from metrics.charts import Unit, in_words
from metrics.pages.drawing import stacked
from metrics.pages.parts import Block, Cell, Column, Page, Row, Table, columns_of, few_note, in_order, rows_by, tile
from metrics.pages.wanted import Wanted
from metrics.questions import Answer

STRIP = ("assigned", "replies", "resolutions", "reply_time", "one_touch", "csat")
OF_TEAMS = ("opened", "solved", "passed_on", "first_reply", "full_resolution", "sla_achieved", "csat")
OF_AGENTS = ("assigned", "replies", "resolutions", "reopens", "reply_time", "one_touch", "csat")


def teams(wanted: Wanted) -> Page:
    over, before = wanted.ask(*STRIP, by=[wanted.grain]), wanted.before(*STRIP)
    by_week = wanted.ask("replies", by=["weekday", "team"])
    by_team = wanted.ask("resolutions", by=[wanted.grain, "team"])
    return Page(
        tiles=[tile(name, wanted, over, before) for name in STRIP],
        blocks=[
            Block(table=of_teams(wanted), width="whole"),
            Block(table=of_agents(wanted), width="whole"),
            stacked(by_team, wanted, "by-team", _("Solved, by team"), "resolutions"),
            stacked(by_week, wanted, "weekdays", _("Replies by weekday"), "replies"),
        ],
        notes=over.notes,
    )


def of_teams(wanted: Wanted) -> Table:
    rows = rows_by(wanted.ask(*OF_TEAMS, by=["team"]), wanted, *OF_TEAMS)
    return Table("teams", _("Teams"), columns_of(*OF_TEAMS), rows, first=_("Team"), note=few_note(rows))


def of_agents(wanted: Wanted) -> Table:
    """With what each has open right now, whatever the period."""
    rows = rows_by(wanted.ask(*OF_AGENTS, by=["agent"]), wanted, *OF_AGENTS)
    rows = _with_workload(rows, wanted.ask("ticket_age", by=["agent"]), wanted)
    return Table(
        "agents", _("Agents"), [Column(_("Open now")), *columns_of(*OF_AGENTS)], rows,
        hint=_("by name"), first=_("Agent"), note=" ".join([fairness(), few_note(rows)]).strip(),
    )  # fmt: skip


def _with_workload(rows: list[Row], open_now: Answer, wanted: Wanted) -> list[Row]:
    """What each has open first; also of those who did nothing in the period."""
    held = {group.key: group for group in in_order(open_now)}
    done = {row.key for row in rows}
    idle = [Row(group.names[0], [Cell("–")] * len(OF_AGENTS), key) for key, group in held.items() if key not in done]
    found = []
    for row in sorted([*rows, *idle], key=lambda row: (not row.key[0], row.name.casefold())):
        count = held[row.key].figures["ticket_age"].n if row.key in held else 0
        link = wanted.link("ticket_age", ["agent"], row.key) if count else ""
        found.append(replace(row, cells=[Cell(in_words(count, Unit.COUNT), link), *row.cells]))
    return found


def fairness() -> str:
    return _(
        "Numbers of people show what landed with them as much as what they did: channels, hours and hard cases differ. "
        "Talk about them with those who know the work, and compare people with themselves."
    )
