"""The backlog: how it grew, how old it is, what flows in and out, and what may come."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metrics.charts import Chart, Series, line, rows
from metrics.dimensions import DIMENSIONS
from metrics.measure import Source
from metrics.pages.drawing import bars_by, over_time
from metrics.pages.forecast import WEEKS, Expected, forecast
from metrics.pages.parts import Block, Page, Table, columns_of, rows_by, tile
from metrics.pages.wanted import Wanted, short_day
from metrics.questions import Answer
from metrics.sources import rows_of
from metrics.spans import Span

STRIP = ("backlog", "opened", "resolutions", "reopens")
NOW = ("ticket_age", "since_update")
# In days; each from the one before it.
AGES: Final = ((1, gettext_lazy("< 1 day")), (3, gettext_lazy("1–3 days")), (7, gettext_lazy("3–7 days")),
               (14, gettext_lazy("1–2 weeks")), (30, gettext_lazy("2–4 weeks")), (90, gettext_lazy("1–3 months")),
               (None, gettext_lazy("> 3 months")))  # fmt: skip


def backlog(wanted: Wanted) -> Page:
    over, before = wanted.ask(*STRIP, by=[wanted.grain]), wanted.before(*STRIP)
    now = wanted.ask(*NOW)
    return Page(
        tiles=[
            *(tile(name, wanted, over, before) for name in STRIP),
            *(tile(name, wanted, now, None) for name in NOW),
        ],
        blocks=[
            _history(over, wanted),
            over_time(over, wanted, "flow", _("In and out"), "opened", "resolutions", width="half"),
            Block(_ages(wanted)),
            bars_by(wanted.ask("ticket_age", by=["priority"]), wanted, "by-priority",
                    _("Age now by priority, median"), "ticket_age"),
            Block(table=_by_team(wanted)),
        ],
        notes=over.notes,
    )  # fmt: skip


def _history(over: Answer, wanted: Wanted) -> Block:
    """With what may come, where the line ends today and is told by days."""
    grain = over.question.by[0]
    points = [(group.key[0], group.figures.get("backlog")) for group in over.groups]
    values = [figure.value if figure else None for _key, figure in points]
    today = timezone.now().astimezone(wanted.span.zone).date()
    ahead = _ahead(wanted, values[-1] or 0, today) if grain == "day" and wanted.span.last == today and values else []
    links = [wanted.link("backlog", [grain], [key]) for key, _figure in points]
    nothing: list[float | None] = [None] * len(ahead)
    series = [Series(_("Backlog"), [*values, *nothing], links)]
    if ahead:
        series.append(_band(ahead, values))
    days = [*(short_day(key, grain) for key, _figure in points), *(short_day(str(one.day), "day") for one in ahead)]
    chart = Chart(
        "backlog", _("Backlog at the end of each day"), days, series,
        str(DIMENSIONS[grain].label), hint=_explained() if ahead else "",
    )  # fmt: skip
    return Block(line(chart), width="whole")


def _explained() -> str:
    return _("Expected: each weekday as in the last %(weeks)s weeks; the band holds 8 of 10 outcomes") % {
        "weeks": WEEKS
    }


def _band(ahead: list[Expected], values: list[float | None]) -> Series:
    """Begins at the last known value, so that the line goes on from there."""
    before: list[float | None] = [None] * (len(values) - 1)
    last = values[-1]
    return Series(
        _("Expected"),
        [*before, last, *(round(one.value, 1) for one in ahead)],
        low=[*before, last, *(round(one.low, 1) for one in ahead)],
        high=[*before, last, *(round(one.high, 1) for one in ahead)],
        is_expected=True,
        style=2,
    )


def _ahead(wanted: Wanted, level: float, today: date) -> list[Expected]:
    span = Span(today - timedelta(weeks=WEEKS), today - timedelta(days=1), wanted.span.zone)
    past = replace(wanted, asked=replace(wanted.asked, span=span))
    flow = past.ask("opened", "reopens", "resolutions", by=["day"])
    net = {
        date.fromisoformat(group.key[0]): sum(
            sign * (group.figures[name].value or 0)
            for name, sign in (("opened", 1), ("reopens", 1), ("resolutions", -1))
        )
        for group in flow.groups
    }
    first = next((day for day in sorted(net) if net[day]), today)  # before it the house was not open yet
    return forecast({day: change for day, change in net.items() if day >= first}, level, today)


def _ages(wanted: Wanted) -> SafeString:
    """Of the tickets that are not solved now, in one statement."""
    now = timezone.now()
    counts, edge = {}, now
    for place, (days, _label) in enumerate(AGES):
        until = now - timedelta(days=days) if days else None
        younger = Q(created_at__gt=until) if until else Q()
        counts[f"a{place}"] = Count("pk", filter=younger & Q(created_at__lte=edge))
        edge = until or edge
    found = rows_of(Source.UNSOLVED, wanted.asked.question(["ticket_age"])).aggregate(**counts)
    labels = [str(label) for _days, label in AGES]
    series = [Series(_("Tickets"), [found[f"a{place}"] for place in range(len(AGES))])]
    return rows(Chart("ages", _("How old it is now"), labels, series, _("Age")))


def _by_team(wanted: Wanted) -> Table:
    lines = rows_by(wanted.ask(*NOW, by=["team"]), wanted, *NOW)
    return Table("by-team", _("Age now by team, median"), columns_of(*NOW), lines, first=_("Team"))
