"""Chat: who waits, who gives up, and how many are led at once."""

from __future__ import annotations

from django.db import connection
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from metrics.charts import Chart, Series, line
from metrics.dimensions import DIMENSIONS
from metrics.measure import Source
from metrics.pages.drawing import hour_map, over_time
from metrics.pages.parts import Block, Page, Table, columns_of, few_note, rows_by, tile
from metrics.pages.wanted import Wanted, short_day
from metrics.sources import rows_of

STRIP = ("chats", "chat_wait", "chats_missed", "chat_seconds")
OF_GROUPS = ("chats", "chat_wait", "chats_missed", "chat_seconds")


def chat(wanted: Wanted) -> Page:
    over, before = wanted.ask(*STRIP, by=[wanted.grain]), wanted.before(*STRIP)
    by_hour = wanted.ask("chats", "chat_wait", by=["weekday", "hour"])
    peaks = at_once(wanted)
    return Page(
        tiles=[tile(name, wanted, over, before) for name in STRIP],
        blocks=[
            over_time(over, wanted, "chats", _("Chats and chats missed"), "chats", "chats_missed"),
            over_time(over, wanted, "wait", _("Wait for an agent, median"), "chat_wait", width="half"),
            Block(_by_day(peaks, wanted)),
            hour_map(by_hour, wanted, "hours", _("Busiest hours"), "chats"),
            hour_map(by_hour, wanted, "waits", _("Where one waits, median"), "chat_wait"),
            Block(table=_table(wanted, "agent", _("Agents"), _("Agent"))),
            Block(table=_table(wanted, "team", _("Teams"), _("Team"))),
        ],
        notes=over.notes,
    )


def _table(wanted: Wanted, dimension: str, title: str, first: str) -> Table:
    rows = rows_by(wanted.ask(*OF_GROUPS, by=[dimension]), wanted, *OF_GROUPS)
    return Table(dimension, title, columns_of(*OF_GROUPS), rows, first=first, hint=_("by name"), note=few_note(rows))


def at_once(wanted: Wanted) -> dict[str, int]:
    """The most chats that agents led at the same moment, of each day: every start is one more, every end one less."""
    chats = rows_of(Source.CHAT, wanted.asked.question(["chats"])).filter(
        accepted_at__isnull=False, accepted_at__gte=wanted.span.start, accepted_at__lt=wanted.span.end
    )
    sql, params = chats.order_by().values("accepted_at", "ended_at").query.sql_with_params()
    statement = f"""
        WITH led AS MATERIALIZED ({sql}),
        steps AS (
          SELECT accepted_at AS at, 1 AS step FROM led
          UNION ALL SELECT ended_at, -1 FROM led WHERE ended_at >= accepted_at
        ),
        running AS (SELECT at, sum(step) OVER (ORDER BY at, step) AS led FROM steps)
        SELECT (at AT TIME ZONE %s)::date::text, max(led) FROM running GROUP BY 1
    """  # noqa: S608 a statement of ours
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, wanted.span.zone.key])
        return {day: int(most) for day, most in cursor.fetchall()}


def _by_day(peaks: dict[str, int], wanted: Wanted) -> SafeString:
    days = list(DIMENSIONS["day"].keys(wanted.span)) if DIMENSIONS["day"].keys else []
    series = Series(_("At once"), [peaks.get(day, 0) for day in days])
    labels = [short_day(day, "day") for day in days]
    return line(Chart("at-once", _("Most chats at once"), labels, [series], _("Day"), hint=_("led by agents")))
