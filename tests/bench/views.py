"""Fifty saved views as a helpdesk has them, and what their counts cost the pages that show them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import timezone

from helpdesk.accounts.models import Team, User
from tests.bench.client import Client, measure
from tests.bench.pages import browsers
from tests.bench.results import Results
from tests.bench.stack import Stack
from tickets import counting, counts, realtime, shelf, sidebar
from tickets.conditions import Tree, check
from tickets.counts import Counts
from tickets.models import Inbox, SavedView

NUMBER = 50
UNSOLVED = ("status", "less_than", "solved")
Shape = tuple[str, str, Any]


def tree(*every: Shape, any: tuple[Shape, ...] = (), none: tuple[Shape, ...] = ()) -> Tree:
    parts = {"all": every, "any": any, "none": none}
    names = ("field", "operator", "value")
    return check({part: [dict(zip(names, shape, strict=True)) for shape in shapes] for part, shapes in parts.items()})


def trees() -> Iterator[Tree]:
    """What people keep: mine and my team's, by status and age, by tag and word, overdue, waiting, unanswered."""
    teams, inboxes = list(Team.objects.all()), list(Inbox.objects.all())
    people = list(User.objects.filter(is_active=True).exclude(role="light")[:6])
    mine = ("assignee_id", "is", "current_user")
    yield tree(UNSOLVED, ("attachment", "present", None))
    yield tree(UNSOLVED, ("comment_includes_word", "includes", "lawyer complaint"))
    for team in teams[:5]:
        yield tree(UNSOLVED, ("group_id", "is", team.pk))
        yield tree(UNSOLVED, ("group_id", "is", team.pk), ("assignee_id", "is", ""))
        yield tree(("group_id", "is", team.pk), ("is_waiting", "is", "true"), UNSOLVED)
    for person in people:
        yield tree(UNSOLVED, ("assignee_id", "is", person.pk))
    for inbox in inboxes[:3]:
        yield tree(("inbox_id", "is", inbox.pk), ("status", "includes", ["new", "open"]))
    for tag in ("refund", "vip", "delivery", "warranty", "spare-parts"):
        yield tree(UNSOLVED, ("current_tags", "includes", tag))
    yield tree(("current_tags", "includes", "refund vip"), none=(("status", "is", "closed"),))
    for status, hours in (("NEW", 4), ("NEW", 24), ("OPEN", 48), ("PENDING", 72), ("HOLD", 120)):
        yield tree((status, "greater_than", hours))
    yield tree(UNSOLVED, ("priority", "greater_than_equal", "high"))
    yield tree(mine, UNSOLVED, ("is_waiting", "is", "true"))
    yield tree(mine, ("status", "is", "pending"), ("updated_at", "greater_than", 72))
    yield tree(mine, ("SOLVED", "less_than", 168))
    yield tree(UNSOLVED, ("created_at", "is", "today"))
    yield tree(UNSOLVED, ("created_at", "within_previous_n_days", 7), ("replies", "is", 0))
    yield tree(("solved_at", "is", "yesterday"))
    yield tree(("created_at", "within_previous_n_days", 1))
    yield tree(UNSOLVED, ("waiting_since", "greater_than", 24))
    yield tree(UNSOLVED, ("until_due_date", "less_than", 24), any=(mine, ("assignee_id", "is", "")))
    yield tree(UNSOLVED, ("reopens", "greater_than", 0))
    yield tree(UNSOLVED, ("agent_stations", "greater_than", 2))
    yield tree(UNSOLVED, ("follower", "is", "current_user"))
    yield tree(UNSOLVED, ("mention", "is", "current_user"))
    yield tree(("draft_of_mine", "is", "true"))
    yield tree(UNSOLVED, ("subject_includes_word", "includes", "refund broken"))
    yield tree(UNSOLVED, ("locale_id", "is", "de"))
    yield tree(UNSOLVED, ("organization_id", "present", None))
    yield tree(("requester_address", "includes", "@example.org"), UNSOLVED)


@contextmanager
def saved_views() -> Iterator[list[SavedView]]:
    """Everyone's, for as long as they are measured: the sidebar of every page shows them."""
    made = SavedView.objects.bulk_create(
        SavedView(title=f"Bench {place}", conditions=it) for place, it in enumerate(list(trees())[:NUMBER])
    )
    try:
        yield made
    finally:
        SavedView.objects.filter(pk__in=[view.pk for view in made]).delete()


def forget_counts() -> None:
    valkey = realtime.valkey()
    if names := list(valkey.scan_iter(f"{counts.PREFIX}:*", count=1000)):
        valkey.delete(*names)
    counting._compiled.clear()


def seconds_of(count: Callable[[], Counts]) -> tuple[float, Counts]:
    began = time.perf_counter()
    found = count()
    return time.perf_counter() - began, found


def bench_counts(stack: Stack, results: Results, seconds: float) -> None:
    user = User.objects.get(email="agent@demo.test")
    with saved_views() as views:
        asked = list(sidebar.questions([shelf.view_of(view) for view in views], user, timezone.now()))

        def count(wait: float = counts.PAGE) -> Counts:
            return counts.of_views(asked, user, wait=wait)

        forget_counts()
        took, found = seconds_of(count)
        results.at_most("counts of 50 views: a page that finds none known", took * 1000, "ms", None, known(found))
        while found.again_in == counts.SOON:
            took, found = seconds_of(lambda: count(counts.FRAGMENT))
        forget_counts()
        took, found = seconds_of(lambda: count(counts.FRAGMENT))
        results.at_most("counts of 50 views: all of them counted", took * 1000, "ms", 100, known(found))
        warm = sorted(seconds_of(count)[0] for _again in range(200))
        results.at_most("counts of 50 views: known, p50", warm[100] * 1000, "ms", 100)
        page, fragment = while_tickets_change(count, seconds)
        results.at_most("counts of 50 views: on a page while tickets change, p95", page * 1000, "ms", 100)
        results.at_most("counts of 50 views: in the sidebar by itself meanwhile, p95", fragment * 1000, "ms", 300)
        answers = measure(browsers(stack.port, 1), look, seconds=seconds)
        results.at_most("sidebar with 50 saved views: p50, 1 client", answers.p50, "ms", 100)


async def look(client: Client) -> None:
    await client.get("/agent/nav/")


def known(found: Counts) -> str:
    return f"{sum(number is not None for number in found.values())} of {len(found)} known"


def while_tickets_change(count: Callable[[float], Counts], seconds: float) -> tuple[float, float]:
    """p95 of pages and of sidebars, five times a second, each after a change to some ticket."""
    page, fragment = [], []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        realtime.publish({"t": "changed", "topics": ["queue"]})
        page.append(seconds_of(lambda: count(counts.PAGE))[0])
        fragment.append(seconds_of(lambda: count(counts.FRAGMENT))[0])
        time.sleep(0.2)
    return sorted(page)[int(len(page) * 0.95)], sorted(fragment)[int(len(fragment) * 0.95)]
