"""What a report's address asks, and what is said where it can't be read."""

from __future__ import annotations

import json
from datetime import date

import pytest

from helpdesk.accounts.models import User
from metrics.filters import PRESETS, Asked, read_asked

TODAY = date(2026, 11, 22)  # a Sunday


def asked(user: User, **params: str) -> Asked:
    return read_asked(params, user, today=TODAY)


@pytest.mark.parametrize(
    ("preset", "first", "last"),
    [
        ("today", "2026-11-22", "2026-11-22"),
        ("yesterday", "2026-11-21", "2026-11-21"),
        ("last_7", "2026-11-16", "2026-11-22"),
        ("this_week", "2026-11-16", "2026-11-22"),
        ("last_week", "2026-11-09", "2026-11-15"),
        ("this_month", "2026-11-01", "2026-11-22"),
        ("last_month", "2026-10-01", "2026-10-31"),
        ("this_quarter", "2026-10-01", "2026-11-22"),
        ("last_quarter", "2026-07-01", "2026-09-30"),
        ("this_year", "2026-01-01", "2026-11-22"),
    ],
)
def test_ranges_by_name(margaret: User, preset: str, first: str, last: str) -> None:
    span = asked(margaret, preset=preset).span
    assert (span.first.isoformat(), span.last.isoformat()) == (first, last)


@pytest.mark.django_db
def test_every_range_can_be_asked_in_every_month(margaret: User) -> None:
    for month in range(1, 13):
        for preset in PRESETS:
            span = read_asked({"preset": preset}, margaret, today=date(2026, month, 1)).span
            assert span.first <= span.last


def test_thirty_days_unless_something_else_is_asked(margaret: User) -> None:
    found = asked(margaret)
    assert (found.span.days, found.compare, found.conditions, found.problems) == (30, "", {}, ())
    assert found.query() == ""


def test_own_days_and_what_they_are_compared_with(margaret: User) -> None:
    found = asked(margaret, **{"from": "2026-11-02", "to": "2026-11-08"}, compare="year")
    assert found.compared is not None
    assert found.compared.first == date(2025, 11, 3)  # a Monday as well
    assert found.query(compare="before") == "from=2026-11-02&to=2026-11-08&compare=before"
    assert asked(margaret, **{"from": "2026-11-20"}).span.last == TODAY


def test_conditions_of_the_address(margaret: User) -> None:
    tree = {"all": [{"field": "priority", "operator": "is", "value": "high"}]}
    found = asked(margaret, filter=json.dumps(tree))
    assert found.conditions["all"] == tree["all"]
    again = read_asked(found.params, margaret, today=TODAY)
    assert again == found


@pytest.mark.parametrize(
    ("params", "field", "reason"),
    [
        ({"from": "yesterday"}, "from", "“yesterday” is no date like 2026-11-22."),
        ({"from": "2026-02-30"}, "from", "“2026-02-30” is no date like 2026-11-22."),
        ({"from": "2026-11-02", "to": "20261103"}, "to", "“20261103” is no date like 2026-11-22."),
        ({"to": "2026-11-02"}, "from", "“” is no date like 2026-11-22."),
        ({"from": "2026-11-08", "to": "2026-11-02"}, "from", "The range ends before it begins."),
        ({"from": "0001-01-01"}, "from", "There are no reports on days so far away."),
        ({"from": "2026-01-01", "to": "9999-12-31"}, "from", "There are no reports on days so far away."),
        ({"from": "2010-01-01"}, "from", "A report is about five years at most."),
        ({"preset": "last_moon"}, "preset", "There is no range “last_moon”."),
        ({"compare": "tomorrow"}, "compare", "A report is compared with “before” or “year”."),
        ({"filter": "{"}, "", "The filter in this address can’t be read."),
    ],
)
def test_what_can_not_be_read_is_said(margaret: User, params: dict[str, str], field: str, reason: str) -> None:
    found = read_asked(params, margaret, today=TODAY)
    assert [(problem.field, problem.reason) for problem in found.problems] == [(field, reason)]
