"""What the help centre does for its readers: a page of numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from helpdesk.lib.spreadsheets import CSV_TYPE, Cell, csv_bytes
from knowledge_base.centres import languages_of, own_name
from knowledge_base.models import HelpCentre
from knowledge_base.numbers import PERIODS, Line, Numbers, numbers_of
from knowledge_base.views.support import StaffRequest, staff_only

SHOWN: Final = 50  # articles
MOST_BARS: Final = 92
WIDTH, HEIGHT = 900, 120  # of the chart, in its own units
ORDERS: Final = {
    "views": lambda line: -line.tally.views,
    "no": lambda line: (-line.tally.no, -line.tally.views),
    "wrote": lambda line: (-line.tally.wrote, -line.tally.views),
}


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    says: str


@dataclass(frozen=True)
class Asked:
    """What the address asks for; nonsense in it is what is usual."""

    centres: list[HelpCentre]
    centre: HelpCentre
    days: int
    language: str
    order: str

    @property
    def numbers(self) -> Numbers:
        now = timezone.now()
        since = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        since -= timedelta(days=self.days - 1)
        return numbers_of(self.centre, since=since, now=now, language=self.language)


def _asked(asked: QueryDict) -> Asked | None:
    """None before there is a help centre."""
    centres = list(HelpCentre.objects.all())
    centre = next((each for each in centres if str(each.pk) == asked.get("centre")), centres[0] if centres else None)
    if centre is None:
        return None
    days = next((each for each in PERIODS if str(each) == asked.get("days")), 30)
    language = asked.get("language", "") if asked.get("language", "") in centre.languages else ""
    order = asked.get("order", "") if asked.get("order", "") in ORDERS else "views"
    return Asked(centres, centre, days, language, order)


@require_GET
@staff_only
def numbers(request: StaffRequest) -> HttpResponse:
    asked = _asked(request.GET)
    if asked is None:
        return render(request, "knowledge/numbers.html", {"centre": None, "active": "knowledge"})
    found = asked.numbers
    context = {
        "centre": asked.centre,
        "centres": asked.centres,
        "numbers": found,
        "days": asked.days,
        "periods": PERIODS,
        "language": asked.language,
        "languages": [(code, own_name(code)) for code in languages_of(asked.centre)],
        "order": asked.order,
        "orders": [("views", _("Most read")), ("no", _("Helped least")), ("wrote", _("Read before writing to us"))],
        "articles": sorted(found.articles, key=ORDERS[asked.order])[:SHOWN],
        "tables": _tables(found),
        "bars": bars(found.days),
        "active": "knowledge",
    }
    return render(request, "knowledge/numbers.html", context)


@require_GET
@staff_only
def articles_file(request: StaffRequest) -> HttpResponse:
    """All articles in the order of the page, which shows the first of them, for spreadsheets."""
    asked = _asked(request.GET)
    lines = sorted(asked.numbers.articles, key=ORDERS[asked.order]) if asked else []
    rows: list[tuple[Cell, ...]] = [
        (
            _("Article"), _("Section"), _("Language"), _("Views"), _("Readers"), _("Yes"), _("No"),
            _("Wrote afterwards"), _("Solved by it"),
        )
    ]  # fmt: skip
    for line in lines:
        tally = line.tally
        counts = (tally.views, tally.readers, tally.yes, tally.no, tally.wrote, tally.solved)
        rows.append((line.name, line.about, line.key[1], *counts))
    name = f"articles-{timezone.localdate():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(b"".join(csv_bytes(rows)), content_type=CSV_TYPE, headers=headers)


def _tables(found: Numbers) -> list[tuple[str, str, list[Line]]]:
    return [
        ("sections", _("By section"), found.sections),
        ("authors", _("By author"), found.authors),
        ("languages", _("By language"), found.languages),
    ]


def bars(days: list[tuple[date, int]]) -> dict[str, Any]:
    """A bar a day, or a week where that would be too many, with the largest number as their height."""
    step = 1 if len(days) <= MOST_BARS else 7
    grouped = [(days[at][0], sum(count for _day, count in days[at : at + step])) for at in range(0, len(days), step)]
    most = max((count for _day, count in grouped), default=0)
    room = WIDTH / max(len(grouped), 1)
    drawn = []
    for place, (day, count) in enumerate(grouped):
        height = round(HEIGHT * count / most, 1) if most else 0
        says = f"{date_format(day, 'MONTH_DAY_FORMAT')}: {count}"
        drawn.append(Bar(round(place * room, 2), HEIGHT - height, round(max(room - 2, 1), 2), height, says))
    return {"drawn": drawn, "most": most, "width": WIDTH, "height": HEIGHT, "is_weekly": step > 1}
