"""A flow is walked by ids and by words, and one that leads nowhere is refused with the place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.chat.flow_steps import HELPED, NOT_HELPED, PEOPLE, Move, problems, read


def said(words: str) -> dict[str, Any]:
    return {"en": {"text": words}}


def button(name: str, label: str, to: str) -> dict[str, Any]:
    return {"id": name, "texts": {"en": {"label": label}, "de": {"label": f"{label} (de)"}}, "next": to}


STEPS: list[dict[str, Any]] = [
    {"id": "start", "texts": said("Hello!"), "options": [button("o", "My order", "order"), button("p", "Pay", PEOPLE)]},
    {"id": "order", "texts": said("It is on its way."), "asks_if_helped": True, "next": "more"},
    {"id": "more", "texts": said("Then look here."), "articles": [7]},
]


def test_it_is_walked_by_buttons_and_by_words() -> None:
    flow = read(STEPS)
    assert flow.move("start", "o") == Move(step=flow.steps["order"])
    assert flow.move("start", " my ORDER ") == flow.move("start", "My order (de)") == flow.move("start", "o")
    assert flow.move("start", "p").to_people
    assert flow.move("order", HELPED).is_solved
    assert flow.move("order", NOT_HELPED).step == flow.steps["more"]
    assert flow.move("more", NOT_HELPED).to_people
    assert flow.move("start", "Where is Kyoto?") == Move()


@given(at=st.text(max_size=9), choice=st.text(max_size=9))
def test_people_are_one_tap_away_and_nothing_fails(at: str, choice: str) -> None:
    flow = read(STEPS)
    assert flow.move(at, PEOPLE).to_people
    flow.move(at, choice)


def test_what_is_complete_is_accepted() -> None:
    assert problems(STEPS, language="en") == []


def test_the_first_language_has_to_be_said() -> None:
    assert {problem.place for problem in problems(STEPS, language="de")} == {"text"}


@pytest.mark.parametrize(
    ("steps", "step", "place"),
    [
        ([], "", ""),
        ("start", "", ""),
        ([{"id": "start", "texts": said("")}], "start", "text"),
        ([{"id": "start", "texts": said("x" * 1001)}], "start", "text"),
        ([{"id": "start", "texts": said("Hello"), "next": "gone"}], "start", "next"),
        ([{"id": "start", "texts": said("Hello"), "options": [button("a", "A", "gone")]}], "start", "options"),
        ([{"id": "start", "texts": said("Hello"), "options": [button("a", "", PEOPLE)]}], "start", "options"),
        ([{"id": "start", "texts": said("Hello"), "options": [button("a", "A", PEOPLE)] * 2}], "start", "options"),
        ([{"id": "start", "texts": said("Hello")}, {"id": "start", "texts": said("Again")}], "start", ""),
        ([{"id": "start", "texts": said("Hello")}, {"id": "alone", "texts": said("Nobody comes here")}], "alone", ""),
        ([{"id": PEOPLE, "texts": said("Hello")}], PEOPLE, ""),
        ([{"id": "start", "texts": {"en": "Hello"}}], "1", ""),
        ([{"id": "start", "texts": said("Hello"), "articles": ["7"]}], "1", ""),
        ([None], "1", ""),
    ],
)
def test_what_is_wrong_is_named_with_its_place(steps: Any, step: str, place: str) -> None:
    found = problems(steps, language="en")
    assert [(problem.step, problem.place) for problem in found][:1] == [(step, place)]
    assert all(problem.reason for problem in found)


NAMES = ["id", "texts", "options", "next", "en"]
json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "texts", "options", "next", "en"]), inner)
    ),
    max_leaves=12,
)


@given(steps=json_like)
def test_nonsense_is_refused_and_breaks_nothing(steps: Any) -> None:
    assert problems(steps, language="en")
