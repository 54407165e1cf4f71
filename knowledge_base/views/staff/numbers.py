"""What the help centre does for its readers: a page of numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

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


@require_GET
@staff_only
def numbers(request: StaffRequest) -> HttpResponse:
    centres = list(HelpCentre.objects.all())
    asked = request.GET
    centre = next((each for each in centres if str(each.pk) == asked.get("centre")), centres[0] if centres else None)
    if centre is None:
        return render(request, "knowledge/numbers.html", {"centre": None, "active": "knowledge"})
    days = next((each for each in PERIODS if str(each) == asked.get("days")), 30)
    language = asked.get("language", "") if asked.get("language", "") in centre.languages else ""
    order = asked.get("order", "") if asked.get("order", "") in ORDERS else "views"
    now = timezone.now()
    since = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days - 1)
    found = numbers_of(centre, since=since, now=now, language=language)
    context = {
        "centre": centre,
        "centres": centres,
        "numbers": found,
        "days": days,
        "periods": PERIODS,
        "language": language,
        "languages": [(code, own_name(code)) for code in languages_of(centre)],
        "order": order,
        "orders": [("views", _("Most read")), ("no", _("Helped least")), ("wrote", _("Read before writing to us"))],
        "articles": sorted(found.articles, key=ORDERS[order])[:SHOWN],
        "tables": _tables(found),
        "bars": bars(found.days),
        "active": "knowledge",
    }
    return render(request, "knowledge/numbers.html", context)


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
