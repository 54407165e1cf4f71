"""Phone: calls, how long callers waited, and those that nobody answered."""

from __future__ import annotations

from django.db.models import Count
from django.utils.translation import gettext as _

from metrics.charts import Chart, Series, rows
from metrics.measure import Source
from metrics.pages.drawing import hour_map, over_time
from metrics.pages.parts import Block, Page, Table, columns_of, few_note, rows_by, tile
from metrics.pages.wanted import Wanted
from metrics.sources import rows_of
from tickets.models import CallDirection, Outcome

STRIP = ("calls", "call_wait", "calls_missed", "call_talk")


def phone(wanted: Wanted) -> Page:
    over, before = wanted.ask(*STRIP, by=[wanted.grain]), wanted.before(*STRIP)
    by_hour = wanted.ask("calls", "calls_missed", by=["weekday", "hour"])
    return Page(
        tiles=[tile(name, wanted, over, before) for name in STRIP],
        blocks=[
            over_time(over, wanted, "calls", _("Calls and missed calls"), "calls", "calls_missed"),
            hour_map(by_hour, wanted, "hours", _("Busiest hours"), "calls"),
            hour_map(by_hour, wanted, "missed", _("When calls are missed"), "calls_missed"),
            over_time(over, wanted, "wait", _("Wait, median"), "call_wait", width="half"),
            _outcomes(wanted),
            Block(table=_table(wanted, "agent", _("Agents"), _("Agent"))),
            Block(table=_table(wanted, "team", _("Teams"), _("Team"))),
        ],
        notes=over.notes,
    )


def _table(wanted: Wanted, dimension: str, title: str, first: str) -> Table:
    lines = rows_by(wanted.ask(*STRIP, by=[dimension]), wanted, *STRIP)
    return Table(dimension, title, columns_of(*STRIP), lines, first=first, hint=_("by name"), note=few_note(lines))


def _outcomes(wanted: Wanted) -> Block:
    """What came of calls, in and out."""
    calls = rows_of(Source.CALL, wanted.asked.question(["calls"])).filter(
        started_at__gte=wanted.span.start, started_at__lt=wanted.span.end
    )
    counted = {
        (outcome, direction): n
        for outcome, direction, n in calls.order_by().values_list("outcome", "direction").annotate(Count("pk"))
    }
    found = [outcome for outcome in Outcome if any(key[0] == outcome for key in counted)]
    series = [
        Series(str(direction.label), [counted.get((outcome, direction), 0) for outcome in found])
        for direction in CallDirection
        if any(key[1] == direction for key in counted)
    ]
    labels = [str(outcome.label) or _("Not written up") for outcome in found]
    return Block(rows(Chart("outcomes", _("What came of them"), labels, series, _("Outcome"))))
