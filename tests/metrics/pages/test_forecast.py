"""The forecast of the backlog: weekdays go on as they went, and the band grows with the days ahead."""

from __future__ import annotations

import itertools
import random
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.pages.forecast import DAYS, forecast

SUNDAY = date(2026, 11, 22)


def past(changes: dict[int, list[float]]) -> dict[date, float]:
    """`changes` of each weekday, the newest last."""
    return {
        SUNDAY - timedelta(days=(6 - weekday) + 7 * (len(values) - at)): value
        for weekday, values in changes.items()
        for at, value in enumerate(values)
    }


def test_what_never_varied_goes_on_without_a_doubt() -> None:
    net = past({weekday: [3.0 if weekday < 5 else -2.0] * 8 for weekday in range(7)})
    ahead = forecast(net, 100, SUNDAY)
    assert [one.day for one in ahead] == [SUNDAY + timedelta(days=n) for n in range(1, DAYS + 1)]
    assert [one.value for one in ahead[:7]] == [103, 106, 109, 112, 115, 113, 111]
    assert all(one.low == one.value == one.high for one in ahead)


def test_few_weeks_are_no_ground_for_a_forecast() -> None:
    assert forecast(past({weekday: [1.0, 2.0] for weekday in range(7)}), 10, SUNDAY) == []
    assert forecast({}, 10, SUNDAY) == []


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.lists(st.integers(-30, 30), min_size=7, max_size=7), min_size=3, max_size=12), st.integers(0, 500))
def test_the_band_holds_the_line_and_never_narrows(weeks: list[list[int]], level: int) -> None:
    net = past({weekday: [float(week[weekday]) for week in weeks] for weekday in range(7)})
    ahead = forecast(net, level, SUNDAY)
    assert len(ahead) == DAYS
    for one in ahead:
        assert 0 <= one.low <= one.value <= one.high
    inside = [one for one in ahead if one.low > 0]
    widths = [one.high - one.low for one in inside]
    assert all(later >= earlier - 1e-9 for earlier, later in itertools.pairwise(widths) if earlier)


def test_eight_of_ten_outcomes_lie_in_the_band() -> None:
    chance, held = random.Random(9), 0
    for _trial in range(300):
        net = past({weekday: [chance.gauss(0, 6) for _week in range(8)] for weekday in range(7)})
        last = forecast(net, 1000, SUNDAY)[-1]
        outcome = 1000 + sum(chance.gauss(0, 6) for _day in range(DAYS))
        held += last.low <= outcome <= last.high
    assert 0.68 <= held / 300 <= 0.88, "the means are estimated as well, so it is a little under"
