"""Axes read well whatever the values: round steps, few ticks, nothing outside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.charts.scales import CLOCK_STEPS, scale_for
from metrics.charts.units import DAY, HOUR, MINUTE, Unit, change_in_words, duration, in_words


def labels(most: float, unit: Unit) -> list[str]:
    scale = scale_for([0, most], unit)
    return [scale.label(tick) for tick in scale.ticks]


@pytest.mark.parametrize(
    ("most", "unit", "expected"),
    [
        (3, Unit.COUNT, ["0", "1", "2", "3"]),
        (92, Unit.COUNT, ["0", "25", "50", "75", "100"]),
        (4_100, Unit.COUNT, ["0", "2k", "4k", "6k"]),
        (9_400_000, Unit.COUNT, ["0", "2.5 M", "5 M", "7.5 M", "10 M"]),
        (50, Unit.DURATION, ["0", "15 s", "30 s", "45 s", "60 s"]),
        (50 * MINUTE, Unit.DURATION, ["0", "15 min", "30 min", "45 min", "60 min"]),
        (20 * HOUR, Unit.DURATION, ["0", "6 h", "12 h", "18 h", "24 h"]),
        (75 * DAY, Unit.DURATION, ["0", "20 d", "40 d", "60 d", "80 d"]),
        (97, Unit.PERCENT, ["0", "25 %", "50 %", "75 %", "100 %"]),
    ],
)
def test_ticks(most: float, unit: Unit, expected: list[str]) -> None:
    assert labels(most, unit) == expected


@given(st.floats(min_value=0.001, max_value=1e12), st.sampled_from([Unit.COUNT, Unit.DURATION, Unit.SCORE]))
def test_every_value_is_inside_and_steps_are_round(most: float, unit: Unit) -> None:
    scale = scale_for([most, None], unit)
    assert scale.top >= most * (1 - 1e-6)
    assert 2 <= len(scale.ticks) <= 7
    if unit == Unit.COUNT:
        assert scale.step % 1 == 0, "there is no half a ticket"
    if unit == Unit.DURATION and scale.step < 10 * DAY:
        assert scale.step in CLOCK_STEPS


@pytest.mark.parametrize("unit", list(Unit))
def test_nothing_still_has_an_axis(unit: Unit) -> None:
    for values in ([], [None], [0, 0]):
        scale = scale_for(values, unit)
        assert scale.floor == 0 < scale.top


def test_only_lines_of_high_shares_begin_above_zero() -> None:
    assert scale_for([94, 97], Unit.PERCENT, may_float=True).floor == 80
    assert scale_for([94, 97], Unit.PERCENT).floor == 0
    assert scale_for([12, 97], Unit.PERCENT, may_float=True).floor == 0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (4.2, "4.2 s"), (45, "45 s"), (130, "2 min 10 s"), (845, "14 min"), (3599.6, "60 min"),
     (7500, "2 h 5 min"), (7200, "2 h"), (3 * DAY + 4 * HOUR, "3 d 4 h"), (120 * DAY, "120 d"), (5e9, "57,870 d")],
)  # fmt: skip
def test_durations_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_other_values_in_words() -> None:
    assert in_words(None, Unit.COUNT) == "–"
    assert in_words(1_234_567, Unit.COUNT) == "1,234,567"
    assert in_words(94.23, Unit.PERCENT) == "94.2 %"
    assert in_words(100, Unit.PERCENT) == "100 %"
    assert change_in_words(-1.1, Unit.PERCENT) == "−1.1 pt"
    assert change_in_words(12, Unit.COUNT) == "+12"
    assert change_in_words(-180, Unit.DURATION) == "−3 min"
