"""Where one stands in the queue, and what to expect: the median of what others waited there lately, or nothing."""

from __future__ import annotations

import heapq
import random
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import pytest

from helpdesk.accounts.models import Team
from tickets.chat.waits import Standing, Wait, expect, standing
from tickets.models import Chat, ChatState, ChatVisitor, ChatWidget, EndedBy

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def waits(position: int, *seconds: float) -> list[Wait]:
    return [Wait(position, each) for each in seconds]


def test_the_median_of_those_at_the_same_position() -> None:
    recent = [*waits(1, 10, 20, 30, 40, 1000), *waits(2, 60, 70, 80, 90, 100)]
    assert expect(recent, position=1, joined=1, waited=0) == 30
    assert expect(recent, position=2, joined=2, waited=0) == 80


def test_too_few_say_nothing() -> None:
    assert expect(waits(1, 10, 20, 30, 40), position=1, joined=1, waited=0) is None
    assert expect([], position=3, joined=3, waited=0) is None


def test_the_positions_beside_it_help_out() -> None:
    recent = [*waits(2, 60, 70, 80), *waits(3, 90, 100)]
    assert expect(recent, position=2, joined=2, waited=0) == 80
    assert expect(recent, position=4, joined=4, waited=0) is None, "one further there is nothing like it"


def test_who_has_waited_is_compared_with_those_who_waited_longer() -> None:
    recent = waits(1, *range(10, 110, 10))  # 10, 20, … 100
    assert expect(recent, position=1, joined=1, waited=0) == 55
    assert expect(recent, position=1, joined=1, waited=50) == 25  # 50 to 100 are left: 0, 10, … 50 more
    assert expect(recent, position=1, joined=1, waited=90) is None, "hardly anybody waited as long"


def test_who_gave_up_is_not_left_out() -> None:
    came, gone = waits(1, 10, 20, 30, 40, 50), [Wait(1, 60, False)] * 3
    assert expect([*came, *gone], position=1, joined=1, waited=0) == 45, "of eight the middle"
    assert expect([*came, *[Wait(1, 5, False)] * 3], position=1, joined=1, waited=0) == 30, "who left says little"
    assert expect([*came, *gone, *gone], position=1, joined=1, waited=0) is None, "more than half got nobody"
    assert expect([*waits(1, 10, 20, 30, 40), *gone], position=1, joined=1, waited=0) is None, "too few came to an end"


def test_moving_up_it_is_as_if_one_had_joined_there() -> None:
    recent = [*waits(1, *[30] * 5), *waits(4, *[200] * 5)]
    assert expect(recent, position=4, joined=4, waited=0) == 200
    assert expect(recent, position=1, joined=4, waited=150) == 30


def test_what_is_said_comes_true_for_half_of_them() -> None:
    """Two thousand customers, three agents: about half wait longer than they were told, at every position."""
    told: list[tuple[int, float, float]] = []
    recent: list[tuple[float, Wait]] = []  # with when it was known
    rng = random.Random(7)
    free, clock, queue = [0.0, 0.0, 0.0], 0.0, list[float]()
    heapq.heapify(free)
    for _customer in range(2000):
        clock += rng.expovariate(1 / 62)
        queue = [start for start in queue if start > clock]
        position = len(queue) + 1
        start = max(clock, heapq.heappop(free))
        heapq.heappush(free, start + rng.lognormvariate(5, 0.6))
        known = [wait for at, wait in recent if at <= clock][-200:]
        expected = expect(known, position=position, joined=position, waited=0)
        if expected is not None and position > 1:
            told.append((position, expected, start - clock))
        recent.append((start, Wait(position, start - clock)))
        queue.append(start)
    assert len(told) > 500
    longer = sum(waited > expected for _position, expected, waited in told) / len(told)
    assert 0.4 < longer < 0.6
    wrong_by = median(abs(waited - expected) for _position, expected, waited in told)
    assert wrong_by < median(waited for _position, _expected, waited in told) / 2


def test_nobody_is_promised_the_waits_of_the_lucky() -> None:
    """As many give up as are served, the long waits above all. Half of all would still have waited longer than said."""
    rng = random.Random(11)
    said: list[tuple[float, float]] = []
    recent: list[Wait] = []
    for _customer in range(3000):
        waited, patience = rng.lognormvariate(4, 0.8), rng.expovariate(1 / 80)
        if expected := expect(recent[-200:], position=1, joined=1, waited=0):
            said.append((expected, waited))
        recent.append(Wait(1, min(waited, patience), waited <= patience))
    assert 0.45 < sum(waited > expected for expected, waited in said) / len(said) < 0.55


def waiting_chat(widget: ChatWidget, at: datetime, **fields: Any) -> Chat:
    visitor = ChatVisitor.objects.create(widget=widget)
    kept = {"team": widget.team, "state": ChatState.WAITING, "queued_at": at, **fields}
    return Chat.objects.create(widget=widget, visitor=visitor, started_at=at, **kept)


def test_each_team_has_a_queue_and_who_was_passed_on_is_first(widget: ChatWidget) -> None:
    first, second = waiting_chat(widget, NOON), waiting_chat(widget, NOON)
    passed_on = waiting_chat(widget, after(60), goes_first=True)
    waiting_chat(widget, NOON, team=Team.objects.create(name="Billing"))
    assert [standing(chat, now=after(60)).position for chat in (passed_on, first, second)] == [1, 2, 3]
    first.state = ChatState.ACTIVE
    assert standing(first, now=after(60)) == Standing(0, None)


def test_recent_waits_of_the_team_count(widget: ChatWidget, grace: Any) -> None:
    over: dict[str, Any] = {"state": ChatState.ENDED, "ended_by": EndedBy.AGENT}
    for seconds in (20, 30, 40, 50, 60):
        waiting_chat(widget, NOON, joined_at_position=1, accepted_at=after(seconds), **over)
        waiting_chat(widget, NOON, joined_at_position=1, accepted_at=after(1), goes_first=True, **over)  # passed on
        waiting_chat(widget, after(-20_000), joined_at_position=1, accepted_at=after(-19_000), **over)  # long ago
    chat = waiting_chat(widget, after(600), joined_at_position=1)
    assert standing(chat, now=after(600)) == Standing(1, 40)
    assert standing(chat, now=after(635)) == Standing(1, None), "more than most have waited"


def test_who_left_and_who_still_waits_count_for_those_who_come(widget: ChatWidget) -> None:
    for seconds in (20, 30, 40, 50, 60):
        waiting_chat(widget, NOON, joined_at_position=1, state=ChatState.ENDED, accepted_at=after(seconds))
    for seconds in (55, 100):
        left: dict[str, Any] = {"state": ChatState.ENDED, "ended_by": EndedBy.VISITOR, "ended_at": after(seconds)}
        waiting_chat(widget, NOON, joined_at_position=1, **left)
    chat = waiting_chat(widget, after(600), joined_at_position=1)
    assert standing(chat, now=after(600)) == Standing(1, 50)
    waiting_chat(widget, NOON, joined_at_position=1)  # for ten minutes, and nobody comes
    assert standing(chat, now=after(600)) == Standing(2, 55)


@pytest.mark.parametrize("state", [ChatState.BOT, ChatState.ENDED])
def test_who_waits_for_nobody_has_no_position(widget: ChatWidget, state: str) -> None:
    assert standing(waiting_chat(widget, NOON, state=state), now=NOON).position == 0
