"""What "send later" offers means real hours, in the nights when the clocks change too."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from tickets.send_times import offered, read, shown


@pytest.mark.parametrize(
    "now",
    [datetime(2027, 3, 28, 0, 30, tzinfo=UTC), datetime(2026, 10, 24, 23, 30, tzinfo=UTC)],
    ids=["spring", "autumn"],
)
def test_two_hours_are_two_hours(now: datetime) -> None:
    later = read("2h", now.astimezone(ZoneInfo("Europe/Berlin")))
    assert (later.astimezone(UTC) - now).total_seconds() == 2 * 3600


@pytest.mark.parametrize("zones", [("Europe/Berlin", "Europe/London"), ("Europe/London", "Europe/Berlin")])
def test_each_reader_sees_offers_in_their_own_zone_and_language(zones: tuple[str, str]) -> None:
    now = datetime(2026, 10, 25, 0, 30, 59, tzinfo=UTC)
    for zone in zones:
        for language in ("en", "de"):
            with translation.override(language):
                local = now.astimezone(ZoneInfo(zone))
                assert shown(local) == tuple((offer.value, offer.label, offer.when) for offer in offered(local))


def test_an_hour_that_comes_twice_has_offers_of_its_own() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    summer = datetime(2026, 10, 25, 0, 30, tzinfo=UTC).astimezone(berlin)
    winter = datetime(2026, 10, 25, 1, 30, tzinfo=UTC).astimezone(berlin)
    assert summer.hour == winter.hour and shown(summer) != shown(winter)
