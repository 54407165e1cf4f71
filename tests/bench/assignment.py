"""How long it takes to give 1,000 waiting tickets to twenty people, in one process; rolled back afterwards."""

from __future__ import annotations

import time
from collections import Counter

from django.db import transaction
from django.utils import timezone

from helpdesk.accounts.models import Availability, Role, Team, User
from tests.bench.results import Results
from tests.bench.stack import Stack
from tickets.models import Capacity, Routed, RoutingMode, Status, Ticket
from tickets.routing import setup
from tickets.routing.handing_out import route_waiting

WAITING, PEOPLE = 1_000, 20


def bench_assignment(stack: Stack, results: Results) -> None:
    """With rules, clocks, notifications and search as the demo company has them: all that a gesture sets off."""
    stack.stop("worker", "beat")
    try:
        with transaction.atomic():
            given, seconds, shares = assigned()
            transaction.set_rollback(True)
    finally:
        stack.start("worker", "beat")
    if given != WAITING:
        raise RuntimeError(f"{given} of {WAITING} tickets found somebody")
    remark = f"{PEOPLE} people, {min(shares)} to {max(shares)} each, {seconds / WAITING * 1000:.1f} ms a ticket"
    results.at_most(f"assignment of {WAITING:,} waiting tickets", seconds, "s", 10, remark)


def assigned() -> tuple[int, float, list[int]]:
    team = Team.objects.create(name="Bench desk")
    for number in range(PEOPLE):
        user = User.objects.create(
            email=f"bench{number}@onethread.test", name=f"Bench {number}", role=Role.AGENT,
            availability=Availability.ONLINE,
        )  # fmt: skip
        user.teams.add(team)
        Capacity.objects.create(user=user, per_channel={"email": WAITING, "web": WAITING})
    numbers = list(Ticket.objects.unsolved().order_by("-pk").values_list("pk", flat=True)[:WAITING])
    Ticket.objects.filter(pk__in=numbers).update(team=team, assignee=None, status=Status.OPEN)
    setup.change_routing(team, mode=RoutingMode.ROUND_ROBIN, take_back_after=30)
    began = time.perf_counter()
    given = route_waiting(now=timezone.now())
    seconds = time.perf_counter() - began
    return given, seconds, list(Counter(Routed.objects.filter(team=team).values_list("user", flat=True)).values())
