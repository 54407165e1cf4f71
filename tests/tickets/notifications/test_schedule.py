"""Quiet hours and digests, by the clock of the person: over midnight, and in the nights when clocks change."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.notifications.schedule import DAILY, Rhythm, after_quiet, is_quiet, mail_due

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Rhythm(BERLIN, time(22), time(7), 0)

moments = st.integers(0, 2 * 365 * 24 * 60).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n))
minutes = st.builds(time, st.integers(0, 23), st.integers(0, 59))
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu"])
rhythms = st.builds(
    Rhythm, zones.map(ZoneInfo), minutes, minutes, st.sampled_from([0, 15, 60, 240, DAILY])
)  # Lord Howe's clocks change by half an hour


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-20T20:59", "2026-11-20T20:59"),  # 21:59 in Berlin
        ("2026-11-20T21:00", "2026-11-21T06:00"),  # 22:00, so until seven
        ("2026-11-20T23:30", "2026-11-21T06:00"),  # after midnight there
        ("2026-11-21T05:59", "2026-11-21T06:00"),
        ("2026-11-21T06:00", "2026-11-21T06:00"),
        ("2026-03-28T22:00", "2026-03-29T05:00"),  # the short night: seven is five in UTC
        ("2026-10-24T22:00", "2026-10-25T06:00"),  # the long one: seven is six
    ],
)
def test_a_night_in_berlin(moment: str, expected: str) -> None:
    assert after_quiet(utc(moment), NIGHT) == utc(expected)


def test_quiet_until_an_hour_that_the_clock_leaves_out_ends_when_it_would_have_come() -> None:
    rhythm = Rhythm(BERLIN, time(22), time(2, 30), 0)
    assert after_quiet(utc("2026-03-28T23:00"), rhythm) == utc("2026-03-29T01:30")  # 3:30, there is no 2:30


def test_an_hour_that_comes_twice_is_quiet_twice() -> None:
    rhythm = Rhythm(BERLIN, time(22), time(2, 30), 0)
    assert after_quiet(utc("2026-10-24T22:00"), rhythm) == utc("2026-10-25T00:30")
    assert after_quiet(utc("2026-10-25T01:10"), rhythm) == utc("2026-10-25T01:30")  # 2:10 for the second time


def test_a_days_mail_comes_in_the_morning_but_never_in_quiet_hours() -> None:
    assert mail_due(utc("2026-11-20T12:00"), Rhythm(BERLIN, each_minutes=DAILY)) == utc("2026-11-21T07:00")
    late = Rhythm(BERLIN, time(22), time(10), DAILY)
    assert mail_due(utc("2026-11-20T12:00"), late) == utc("2026-11-21T09:00")


def test_a_digest_waits_its_time() -> None:
    assert mail_due(utc("2026-11-20T12:00"), Rhythm(BERLIN, each_minutes=15)) == utc("2026-11-20T12:15")


def test_hours_that_begin_when_they_end_are_none() -> None:
    assert not is_quiet(utc("2026-11-20T12:00"), Rhythm(BERLIN, time(13), time(13)))


@given(moments, rhythms)
def test_what_is_due_is_never_in_quiet_hours_and_never_before_its_time(now: datetime, rhythm: Rhythm) -> None:
    due = mail_due(now, rhythm)
    assert not is_quiet(due, rhythm)
    assert due >= now
    if rhythm.each_minutes != DAILY:
        assert due - now <= timedelta(minutes=rhythm.each_minutes) + timedelta(hours=49)


@given(moments, rhythms)
def test_the_end_of_quiet_hours_is_not_later_than_the_clock_says(now: datetime, rhythm: Rhythm) -> None:
    """Every minute before it is quiet, but for those of a night when the clocks change."""
    end = after_quiet(now, rhythm)
    if end == now or now.astimezone(rhythm.zone).utcoffset() != end.astimezone(rhythm.zone).utcoffset():
        return
    assert is_quiet(end - timedelta(seconds=1), rhythm)
    assert end - now < timedelta(hours=24)
