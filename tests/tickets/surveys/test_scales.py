"""What each value comes down to (rules-sla-metrics §5 and §6.10)."""

from __future__ import annotations

import pytest

from tickets.models import SurveyKind
from tickets.surveys.scales import STEPS, choice_of, choices_of, value_of


@pytest.mark.parametrize(
    ("kind", "scale", "bad", "neutral", "good"),
    [
        ("csat", 2, {1}, set(), {2}),
        ("csat", 3, {1}, {2}, {3}),
        ("csat", 5, {1, 2}, {3}, {4, 5}),
        ("nps", 11, set(range(7)), {7, 8}, {9, 10}),
        ("ces", 7, {1, 2, 3}, {4}, {5, 6, 7}),
    ],
)
def test_each_value(kind: str, scale: int, bad: set[int], neutral: set[int], good: set[int]) -> None:
    found: dict[str, set[int]] = {"bad": set(), "neutral": set(), "good": set()}
    for choice in choices_of(kind, scale):
        found[choice.score].add(choice.value)
    assert found == {"bad": bad, "neutral": neutral, "good": good}


def test_every_scale_has_its_choices_and_no_others() -> None:
    for kind in SurveyKind.values:
        for scale in STEPS[kind]:
            assert len(choices_of(kind, scale)) == scale
            assert choice_of(kind, scale, 99) is None and choice_of(kind, scale, None) is None
    with pytest.raises(KeyError):
        choices_of("csat", 11)


def test_good_and_bad_lie_on_the_scale_of_two() -> None:
    assert (value_of("good"), value_of("bad"), value_of("neutral"), value_of("great")) == (2, 1, None, None)
