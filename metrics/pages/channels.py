"""Channels: what comes in where, and how each is served."""

from __future__ import annotations

from django.utils.translation import gettext as _

from metrics.pages.drawing import bars_by, over_time, stacked
from metrics.pages.parts import Block, Page, Table, columns_of, few_note, rows_by, tile
from metrics.pages.wanted import Wanted

STRIP = ("opened", "customer_messages", "replies", "first_reply", "full_resolution", "csat")
OF_CHANNELS = ("opened", "solved", "reopens", "first_reply", "full_resolution", "one_touch", "csat")


def channels(wanted: Wanted) -> Page:
    over, before = wanted.ask(*STRIP, by=[wanted.grain]), wanted.before(*STRIP)
    by_channel = wanted.ask(*OF_CHANNELS, by=["channel"])
    rows = rows_by(by_channel, wanted, *OF_CHANNELS)
    table = Table(
        "channels", _("Channels side by side"), columns_of(*OF_CHANNELS), rows, first=_("Channel"), note=few_note(rows)
    )
    return Page(
        tiles=[tile(name, wanted, over, before) for name in STRIP],
        blocks=[
            stacked(
                wanted.ask("opened", by=[wanted.grain, "channel"]), wanted, "opened", _("Opened, by channel"), "opened",
                width="whole",
            ),
            Block(table=table, width="whole"),
            bars_by(by_channel, wanted, "first-reply", _("First reply by channel, median"), "first_reply"),
            bars_by(by_channel, wanted, "resolution", _("Full resolution by channel, median"), "full_resolution"),
            stacked(wanted.ask("opened", by=["weekday", "channel"]), wanted, "weekdays", _("By weekday"), "opened"),
            over_time(
                over, wanted, "messages", _("Messages in and out"), "customer_messages", "replies", width="half"
            ),
        ],
        notes=by_channel.notes,
    )  # fmt: skip
