"""The choice alone: pure."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tickets.models import RoutingMode, WaitReason
from tickets.routing.candidates import Person, Wanted, choose
from tickets.routing.words import in_words

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MAIL = Wanted("email")


def person(pk: int, had: int = 0, minutes_ago: int = 60, most: int = 20, *skills: str) -> Person:
    at = NOON - timedelta(minutes=minutes_ago)
    return Person(pk, f"P{pk}", {"email": most}, Counter(email=had), frozenset(skills), at)


def chosen(wanted: Wanted, *people: Person, mode: str = RoutingMode.ROUND_ROBIN, skills: bool = False) -> int | str:
    choice = choose(wanted, people, mode, uses_skills=skills)
    return choice.person.id if choice.person else choice.waits


def test_in_turn_it_is_whoever_got_one_longest_ago() -> None:
    assert chosen(MAIL, person(1, minutes_ago=5), person(2, had=9, minutes_ago=50)) == 2
    assert chosen(MAIL, person(2), person(1)) == 1, "who is as long ago: the older account"


def test_by_load_it_is_whoever_has_least() -> None:
    assert chosen(MAIL, person(1, had=3, minutes_ago=90), person(2, had=2), mode=RoutingMode.LEAST_LOADED) == 2


def test_room_skills_and_who_had_it() -> None:
    assert chosen(MAIL) == WaitReason.NOBODY
    assert chosen(MAIL, person(1, had=2, most=2)) == WaitReason.FULL
    assert chosen(MAIL, person(1, had=2, most=2), person(2)) == 2
    german = Wanted("email", frozenset({"lang:de"}))
    assert chosen(german, person(1), skills=True) == WaitReason.SKILLS
    assert chosen(german, person(1), person(2, 0, 1, 20, "lang:de", "gears"), skills=True) == 2
    assert chosen(german, person(1)) == 1, "the team does not use skills"
    assert chosen(Wanted("email", not_to=1), person(1)) == WaitReason.AVOIDED
    assert chosen(Wanted("email", not_to=1), person(1), person(2, minutes_ago=1)) == 2


def test_reasons_are_words() -> None:
    choice = choose(MAIL, [person(1, had=2), person(2)], RoutingMode.LEAST_LOADED, uses_skills=False)
    assert in_words(choice.reasons) == ("the least to do of 2 with room · had 0 of at most 20 open tickets (E-mail)")
    german = Wanted("email", frozenset({"lang:de"}))
    choice = choose(german, [person(1, 0, 1, 20, "lang:de")], RoutingMode.ROUND_ROBIN, uses_skills=True)
    assert in_words(choice.reasons).startswith("the only one online with room · knows lang:de · had 0")


@given(st.integers(1, 7), st.integers(1, 60))
def test_in_turn_is_fair(people: int, tickets: int) -> None:
    there = [person(pk, minutes_ago=60 - pk, most=99) for pk in range(1, people + 1)]
    for number in range(tickets):
        choice = choose(MAIL, there, RoutingMode.ROUND_ROBIN, uses_skills=False)
        assert choice.person
        choice.person.load["email"] += 1
        choice.person.last_given_at = NOON + timedelta(seconds=number)
    counts = [one.load["email"] for one in there]
    assert max(counts) - min(counts) <= 1
