"""What "send later" offers means real hours, in the nights when the clocks change too."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tickets.send_times import read


@pytest.mark.parametrize(
    "now",
    [datetime(2027, 3, 28, 0, 30, tzinfo=UTC), datetime(2026, 10, 24, 23, 30, tzinfo=UTC)],
    ids=["spring", "autumn"],
)
def test_two_hours_are_two_hours(now: datetime) -> None:
    later = read("2h", now.astimezone(ZoneInfo("Europe/Berlin")))
    assert (later.astimezone(UTC) - now).total_seconds() == 2 * 3600
