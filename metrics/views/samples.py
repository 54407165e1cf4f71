"""Every kind of chart with invented values, beside the style guide: to look at, and for the accessibility check."""

from __future__ import annotations

import math
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from metrics.charts import Chart, HeatMap, Series, Unit

WEEK = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
LONG = "Donaudampfschifffahrtsgesellschaftskapitän"


@require_GET
@login_required
def samples(request: HttpRequest) -> HttpResponse:
    if not settings.STYLEGUIDE:
        raise Http404
    return render(request, "metrics/samples.html", {"charts": _charts(), "active": ""})


def _charts() -> list[tuple[str, Any]]:
    days = [f"{day} Nov" for day in range(1, 31)]
    wave = [round(60 + 22 * math.sin(day / 3.2) + (day * 7) % 11) for day in range(30)]
    behind = [round(value * 0.9 + (day * 5) % 9 - 4) for day, value in enumerate(wave)]
    link = ["/agent/"] * 30
    opened, solved = Series("Opened", wave, links=link), Series("Solved", behind, links=link)
    gaps = [None if day in (4, 5, 17) else 300 + 40 * ((day * 7) % 13) for day in range(30)]
    four = [
        Series(name, [(at * size) % 37 + size for at in range(7)])
        for name, size in (("Email", 40), ("Chat", 23), ("WhatsApp", 14), ("Phone", 9), ("Form", 6), ("Other", 3))
    ]
    hours = [[max(0, round(18 * math.exp(-(((hour - 11) / 4) ** 2)) - row)) for hour in range(24)] for row in range(7)]
    expected = [wave[-1] + day for day in range(30)]
    band = Series("Expected", expected, low=[v * 0.8 for v in expected], high=[v * 1.2 for v in expected], style=2,
                  is_expected=True)  # fmt: skip
    return [
        ("line", Chart("s-line", "Two lines", days, [opened, solved], of="Day", hint="a month")),
        ("line", Chart("s-gaps", "Durations with days that have none", days, [Series("Median", gaps)], "Day",
                       unit=Unit.DURATION)),
        ("line", Chart("s-band", "A band of what may come", days, [opened, band], of="Day")),
        ("line", Chart("s-share", "Shares", WEEK, [Series("Met", [92, 94.2, 97, 91, 88, 99, 100])], of="Day",
                       unit=Unit.PERCENT)),
        ("stack", Chart("s-stack", "Six parts of a whole", WEEK, four, of="Weekday")),
        ("bars", Chart("s-bars", "Side by side", WEEK, four[:3], of="Weekday")),
        ("heat", HeatMap("s-heat", "Two dimensions", WEEK, [str(hour) for hour in range(24)], hours, of="Weekday")),
        ("bars", Chart("s-one", "One value", ["1 Nov"], [Series("Opened", [3])], of="Day")),
        ("bars", Chart("s-huge", "Huge values", WEEK[:4], [Series("All", [1.2e9, 4e8, 9e8, 17])], of="Day")),
        ("bars", Chart("s-long", "Long names", [LONG, "A", LONG], [Series(LONG, [3, 2, 1])], of="Name")),
        ("line", Chart("s-none", "Nothing to show", days, [Series("Opened", [0] * 30)], of="Day")),
    ]  # fmt: skip
