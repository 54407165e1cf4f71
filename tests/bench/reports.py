"""Every report page over 30 days, 90 days and a year, of all tickets and of some."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from statistics import median
from urllib.parse import urlencode

from django.utils import timezone

from helpdesk.accounts.models import Team
from metrics.facts.adding_up import add_up
from metrics.facts.catching_up import catch_up
from metrics.models import DirtyDay, Fact
from metrics.views.reports import REPORTS
from tests.bench.client import Client
from tests.bench.pages import CSRF, sign_in
from tests.bench.results import Results
from tests.bench.stack import Stack
from tickets.models import Ticket

RANGES = ("last_30", "last_90", "last_365")
GOAL = 300.0  # milliseconds, p50
TIMES = 5


def bench_reports(stack: Stack, results: Results, seconds: float) -> None:
    told_wholly(results)
    client = Client(stack.port, f"localhost:{stack.port}", {"sessionid": sign_in("lead@demo.test"), "csrftoken": CSRF})
    for name in REPORTS:
        for preset in RANGES:
            _page(client, results, name, preset, "", "")
    for said, tree in filters():
        for name in ("overview", "channels", "teams", "sla"):
            for preset in RANGES:
                _page(client, results, name, preset, said, json.dumps(tree))


def _page(client: Client, results: Results, name: str, preset: str, said: str, tree: str) -> None:
    path = "/reports/" if name == "overview" else f"/reports/{name}/"
    path += "?" + urlencode({"preset": preset, **({"filter": tree} if tree else {})})
    took = asyncio.run(_times(client, path))
    client.close()
    what = f"report {name}, {preset}{f', {said}' if said else ''}: p50"
    results.at_most(what, median(took), "ms", GOAL, f"first {took[0]:.0f} ms")


async def _times(client: Client, path: str) -> list[float]:
    took = []
    for _time in range(TIMES):
        began = time.perf_counter()
        await client.get(path)
        took.append((time.perf_counter() - began) * 1000)
    return took


def filters() -> Iterator[tuple[str, dict[str, object]]]:
    """One that days are added up by, one that facts carry, and one that has to look at the tickets."""
    team = Team.objects.filter(is_private=False).order_by("pk").first()
    assert team
    yield "one team", _all(("group_id", "is", team.pk))
    yield "two things", _all(("priority", "is", "high"), ("via_id", "is", "email"))
    yield "a tag", _all(("current_tags", "includes", "refund"))


def _all(*conditions: tuple[str, str, object]) -> dict[str, object]:
    names = ("field", "operator", "value")
    return {"all": [dict(zip(names, condition, strict=True)) for condition in conditions]}


def told_wholly(results: Results) -> None:
    """Facts of every ticket, and every day added up: how long that takes where it has not been done yet."""
    missing = Ticket.objects.count() - Fact.objects.count()
    began = time.perf_counter()
    while catch_up(now=timezone.now()).told:
        pass
    if missing > 1000:
        results.at_least("facts told a second", missing / (time.perf_counter() - began), "/s")
    days, began = DirtyDay.objects.count(), time.perf_counter()
    while add_up(now=timezone.now()):
        pass
    if days > 20:
        results.at_least("days added up a second", days / (time.perf_counter() - began), "/s")
