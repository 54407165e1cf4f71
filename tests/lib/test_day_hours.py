from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.lib.day_hours import Unreadable, as_week, by_day, clash, read_hours, write_hours


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("9-17", [(540, 1020)]),
        ("09:00–12:00, 13:00–17:30", [(540, 720), (780, 1050)]),
        ("13.00 - 17.30; 9 Uhr – 12 Uhr", [(540, 720), (780, 1050)]),
        ("9–12 und 13–17", [(540, 720), (780, 1020)]),
        ("0-24", [(0, 1440)]),
        ("00:00–00:00", [(0, 1440)]),
        ("18:00-0:00", [(1080, 1440)]),
        ("22:00–06:00", [(1320, 1800)]),
        ("9–12, 12–13", [(540, 720), (720, 780)]),
        ("", []),
        (" , ", []),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, hours: list[tuple[int, int]]) -> None:
    assert read_hours(text, over_midnight=True) == hours


@pytest.mark.parametrize("text", ["nine to five", "9", "9-25", "9:60-10", "24-25", "9-12, 11-13", "9–9", "1" * 5000])
def test_what_is_no_hours_is_refused_in_words(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_hours(text, over_midnight=True)
    assert len(str(refused.value)) < 120


def test_the_hours_of_one_date_end_at_its_midnight() -> None:
    with pytest.raises(Unreadable, match="before it begins"):
        read_hours("22-6", over_midnight=False)
    assert read_hours("22-24", over_midnight=False) == [(1320, 1440)]


@given(st.lists(st.tuples(st.integers(0, 1439), st.integers(1, 1439)), max_size=1), st.integers(0, 6))
def test_what_is_written_reads_the_same(spans: list[tuple[int, int]], day: int) -> None:
    hours = [(start, start + length) for start, length in spans]
    assert read_hours(write_hours(hours), over_midnight=True) == hours
    days = [hours if each == day else [] for each in range(7)]
    assert by_day(as_week(days)) == days


def test_a_week_that_no_form_wrote_is_cut_at_midnight() -> None:
    assert by_day([(0, 10080)]) == [[(0, 1440)]] * 7
    assert by_day([(1440 + 1320, 3 * 1440)])[1:3] == [[(1320, 1440)], [(0, 1440)]]


def test_a_night_that_reaches_into_the_next_morning_is_found() -> None:
    days: list[list[tuple[int, int]]] = [[] for _day in range(7)]
    days[6], days[0] = [(1320, 1800)], [(300, 600)]
    assert clash(days) == (6, 0)
    days[0] = [(360, 600)]
    assert clash(days) is None
