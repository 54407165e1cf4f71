"""When a public post may become a quarrel, and how that is told."""

from __future__ import annotations

import pytest

from tickets.confrontation import Volume, in_words, merged, signs_of


@pytest.mark.parametrize(
    ("text", "language", "kinds"),
    [
        ("Does it work below zero?", "en", []),
        ("Love it!!", "en", []),  # shouted, and nothing else
        ("This is unacceptable, I demand my money back", "en", ["upset"]),
        ("Please everyone, boycott this shop", "en", ["threat"]),
        ("Finger weg von diesem Laden", "de", ["threat"]),
        ("Frechheit!! Schon wieder kaputt, nie wieder", "de", ["upset", "shouting"]),
        ("Ich würde da nicht von einem Skandal reden", "de", []),
        ("I would not boycott it, I would fix it", "en", ["threat"]),  # a person reads it: better once too often
    ],
)
def test_words(text: str, language: str, kinds: list[str]) -> None:
    assert [sign["kind"] for sign in signs_of(text, language)] == kinds


def test_three_posts_within_an_hour_are_enough() -> None:
    assert signs_of("And?", "en", Volume(posts_of_person=2)) == []
    assert signs_of("And?", "en", Volume(posts_of_person=3)) == [{"kind": "posts", "count": 3}]


def test_a_crowd_alone_is_success() -> None:
    assert signs_of("So pretty", "en", Volume(people_below_post=40)) == []
    shouted = signs_of("WHERE IS MY PARCEL, ANSWER ME", "en", Volume(people_below_post=6))
    assert [sign["kind"] for sign in shouted] == ["shouting", "people"]


def test_of_each_kind_the_newest_is_told() -> None:
    signs = merged([{"kind": "posts", "count": 3}, {"kind": "shouting"}], [{"kind": "posts", "count": 4}])
    assert in_words(signs) == ["4 posts of this person within an hour", "it is shouted"]
