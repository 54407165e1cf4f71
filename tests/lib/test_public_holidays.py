from __future__ import annotations

from datetime import date

import pytest

from helpdesk.lib.public_holidays import UnknownCountry, countries, public_holidays, regions


def test_holidays_have_names_in_a_language_of_the_house() -> None:
    german = public_holidays("DE", "BY", [2026, 2027], languages=["en", "de"])
    names = {day.date: day.name for day in german}
    assert names[date(2026, 1, 6)] == "Heilige Drei Könige", "the country's own"
    assert date(2027, 12, 25) in names
    assert "Epiphany" in {day.name for day in public_holidays("DE", "BY", [2026], languages=["en"])}
    assert "New Year's Day" in {day.name for day in public_holidays("JP", "", [2026], languages=["en", "de"])}
    assert date(2026, 1, 6) not in {day.date for day in public_holidays("DE", "BE", [2026], languages=["en"])}


def test_countries_and_regions() -> None:
    assert {"DE", "GB", "US", "AT", "CH"} <= set(countries())
    assert ("BY", "Bayern") in regions("DE")


@pytest.mark.parametrize(("country", "region"), [("XX", ""), ("DE", "ZZ"), ("", ""), ("--help", "")])
def test_an_unknown_place_is_refused(country: str, region: str) -> None:
    with pytest.raises(UnknownCountry):
        public_holidays(country, region, [2026], languages=["en"])
