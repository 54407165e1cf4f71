"""What customers say: scores with how sure they are, who answers, why not content, and their own words."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metrics.charts import Chart, Series, line
from metrics.dimensions import DIMENSIONS
from metrics.pages.drawing import over_time
from metrics.pages.parts import FEW, Block, Page, Table, columns_of, few_note, rows_by, tile
from metrics.pages.said import changes, comments, reasons, values
from metrics.pages.teams import fairness
from metrics.pages.wanted import Wanted, short_day
from metrics.questions import Answer

STRIP: Final = ("csat", "csat_response", "ratings_good", "ratings_bad", "nps", "ces")
OF_GROUPS: Final = ("csat", "ratings_good", "ratings_bad", "csat_response", "csat_surveyed", "nps", "ces")
TOLD_BY: Final = {
    "team": gettext_lazy("By team"),
    "agent": gettext_lazy("By agent"),
    "channel": gettext_lazy("By channel"),
    "tag": gettext_lazy("By tag"),
}


def csat(wanted: Wanted) -> Page:
    over, before = wanted.ask(*STRIP, by=[wanted.grain]), wanted.before(*STRIP)
    return Page(
        tiles=[tile(name, wanted, over, before) for name in STRIP],
        blocks=[
            _over_time(over, wanted),
            over_time(over, wanted, "votes", _("Good and bad ratings"), "ratings_good", "ratings_bad", width="half"),
            reasons(wanted),
            *(Block(table=_table(name, wanted), width="whole") for name in ("team", "agent", "channel")),
            comments(wanted),
            changes(wanted),
            *values(wanted),
            Block(table=_table("tag", wanted), width="whole"),
        ],
        notes=over.notes,
    )  # fmt: skip


def _over_time(answer: Answer, wanted: Wanted) -> Block:
    """With the range in which the true share lies in 19 of 20 cases: a narrow one is worth more than a high line."""
    grain = answer.question.by[0]
    points = [(group, group.figures.get("csat")) for group in answer.groups]
    series = Series(
        _("CSAT"),
        [figure.value if figure else None for _group, figure in points],
        [wanted.link("csat", [grain], group.key) for group, _figure in points],
        low=[figure.low if figure else None for _group, figure in points],
        high=[figure.high if figure else None for _group, figure in points],
    )
    hint = _("100 × good ÷ (good + bad), with its 95 % confidence interval (Wilson)")
    chart = Chart(
        "csat", _("CSAT over time"), [short_day(group.key[0], grain) for group, _figure in points], [series],
        str(DIMENSIONS[grain].label), unit="percent", hint=hint,
        full_labels=[group.names[0] for group, _figure in points],
    )  # fmt: skip
    return Block(line(chart), width="whole")


def _table(by: str, wanted: Wanted) -> Table:
    rows = rows_by(wanted.ask(*OF_GROUPS, by=[by]), wanted, *OF_GROUPS)
    notes = [fairness() if by == "agent" else "", few_note(rows)]
    return Table(
        f"csat-{by}", str(TOLD_BY[by]), columns_of(*OF_GROUPS), rows, first=str(DIMENSIONS[by].label),
        hint=_("ratings belong to who had the ticket then; grey below %(few)s") % {"few": FEW},
        note=" ".join(note for note in notes if note),
    )  # fmt: skip
