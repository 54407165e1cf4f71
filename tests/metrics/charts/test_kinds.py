"""What charts become: pictures with a name and their numbers beside them, never colour alone."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from metrics.charts import Chart, HeatMap, Series, Unit, bars, heat, line, spark, stack

DAYS = ["1 Nov", "2 Nov", "3 Nov"]
OPENED = Series("Opened", [4, None, 6], links=["/a", "/b", "/c"])
SOLVED = Series("Solved", [2, 3, 0])


def chart(*series: Series, labels: list[str] = DAYS, unit: str = Unit.COUNT) -> Chart:
    return Chart("volume", "Ticket volume", labels, series, of="Day", unit=unit)


def parsed(html: str) -> ElementTree.Element:
    return ElementTree.fromstring(html)


@pytest.mark.parametrize("draw", [line, bars, stack])
def test_a_picture_says_what_it_shows_and_has_its_table(draw: object) -> None:
    figure = parsed(draw(chart(OPENED, SOLVED)))  # type: ignore[operator]
    picture = figure.find(".//svg[@role='img']")
    assert picture is not None
    assert picture.get("aria-label") == (
        "Ticket volume. 1 Nov to 3 Nov. Opened: lowest 4 (1 Nov), highest 6 (3 Nov). "
        "Solved: lowest 0 (3 Nov), highest 3 (2 Nov)."
    )
    table = figure.find(".//details//table")
    assert table is not None
    assert ["".join(row.itertext()) for row in table.iter("tr")] == ["DayOpenedSolved", "1 Nov42", "2 Nov–3", "3 Nov60"]
    assert [cell.get("scope") for cell in table.iter("th")] == ["col"] * 3 + ["row"] * 3


def test_numbers_lead_to_their_tickets() -> None:
    links = [link.get("href") for link in parsed(line(chart(OPENED, SOLVED))).iter("a")]
    assert links == ["/a", "/c"], "nothing lies behind a day without a value"


def test_a_line_is_broken_where_nothing_was_measured() -> None:
    values = Series("Opened", [1, 2, None, 3, None, 4, 5])
    drawn = line(chart(values, labels=[str(n) for n in range(7)]))
    assert drawn.count("<polyline") == 2
    assert drawn.count("<circle") == 1


def test_series_differ_by_more_than_colour() -> None:
    drawn = stack(chart(OPENED, SOLVED))
    assert '<pattern id="volume-p2"' in drawn
    assert 'fill="url(#volume-p2)"' in drawn
    assert "<pattern" not in stack(chart(OPENED)), "one series needs none"


def test_words_are_escaped() -> None:
    evil = '<b onclick="x">&'
    drawn = bars(Chart("n", evil, [evil], [Series(evil, [1], links=[evil])], of=evil, hint=evil))
    drawn += heat(HeatMap("n", evil, [evil], [evil], [[1]], of=evil, hint=evil))
    assert "<b " not in drawn
    parsed(f"<div>{drawn}</div>")


@pytest.mark.parametrize("draw", [line, bars, stack])
@pytest.mark.parametrize("values", [[], [0], [None]])
def test_nothing_is_said_in_words(draw: object, values: list[float | None]) -> None:
    drawn = draw(chart(Series("Opened", values), labels=DAYS[: len(values)]))  # type: ignore[operator]
    assert "Nothing in this period." in drawn
    assert "<svg" not in drawn


def test_one_value_stands_in_the_middle() -> None:
    assert 'cx="50%"' in line(chart(Series("Opened", [3]), labels=["1 Nov"]))


def test_values_of_any_size_stay_inside() -> None:
    for values in ([1e12, 3], [0.001, 0.002]):
        drawn = bars(chart(Series("Time", values), labels=DAYS[:2], unit=Unit.DURATION))
        heights = [float(found) for found in re.findall(r'height="([\d.]+)%"', drawn)]
        assert heights and all(0 <= height <= 100 for height in heights)


def test_a_band_lies_around_its_line() -> None:
    forecast = Series("Expected", [3, 4, 5], low=[2, 3, 3], high=[4, 5, 8], is_expected=True)
    drawn = line(chart(forecast))
    assert '<polygon class="band s1 expected"' in drawn
    assert "area" not in drawn


def test_a_heat_map_has_shades_and_names_its_peak() -> None:
    drawn = heat(HeatMap("hours", "Busiest hours", ["Mon", "Tue"], ["8", "9"], [[1, 0], [None, 6]], of="Weekday"))
    assert "Busiest hours. Highest: Tue, 9 with 6." in drawn
    assert list(re.findall(r"cell q(\d)", drawn)) == ["1", "0", "0", "6"]


def test_a_spark_needs_two_points() -> None:
    assert spark([None, 3]) == ""
    assert 'aria-hidden="true"' in spark([3, None, 3])


def test_labels_thin_out_where_there_is_no_room() -> None:
    drawn = line(chart(Series("Opened", [1] * 60), labels=[f"{n} November" for n in range(60)]))
    shown = [drawn.count(f'class="ax {css}"') for css in ("w0", "w1", "w2", "w3")]
    assert 0 < shown[0] <= 4
    assert sum(shown) <= 60
