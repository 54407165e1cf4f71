"""The stories can all be told: every detail has an inventor, every directive a meaning."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from customers.models import Customer, Organisation
from helpdesk.demo import files
from helpdesk.demo.company import ROTA, STAFF, TEAMS
from helpdesk.demo.details import Details
from helpdesk.demo.stories import CUSTOMER, NOTE, REPLY, Story, all_stories, parse

VERBS = {
    CUSTOMER: {"attach", "auto", "cc", "html", "quoted", "stranger", "subject"},
    REPLY: {"assign", "attach", "bounced", "follow", "hold", "pending", "priority", "solve", "tag"},
    NOTE: {"assign", "attach", "by", "follow", "hold", "priority", "tag"},
}
STORIES = all_stories()
MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)


def details(seed: int = 1) -> Details:
    customer = Customer(name="Dr Ada Lovelace", organisation=Organisation(name="Analytical Engines"))
    return Details(Random(seed), customer, "London", MONDAY)


def test_there_are_enough_stories_of_enough_length() -> None:
    assert len(STORIES) >= 90
    assert len({story.name for story in STORIES}) == len(STORIES)
    assert all(1 <= len(story.steps) <= 7 for story in STORIES)
    openings = {story.steps[0].text for story in STORIES}
    assert len(openings) == len(STORIES), "no story begins like another"


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_nothing_is_left_to_fill_in(story: Story) -> None:
    for seed in range(5):
        own = details(seed)
        for text in [story.subject, *(step.text for step in story.steps)]:
            filled = own.fill(text)
            assert not re.search(r"[{}\[\]]| \| ", filled), filled
            assert "lorem" not in filled.lower()


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_everything_told_is_known(story: Story) -> None:
    assert story.steps[0].kind == CUSTOMER
    assert not story.team or story.team in TEAMS
    for step in story.steps:
        assert {directive.verb for directive in step.directives} <= VERBS[step.kind]
        for kind in step.values_of("attach"):
            assert files.make(kind, Random(1), MONDAY, "MW-1").content


def test_an_alternative_is_chosen_and_a_detail_kept() -> None:
    own = details()
    assert own.fill("[One | Two]") in ("One", "Two")
    assert own.fill("{order} {order}").split()[0] == own["order"]
    assert own.fill("{date+3}, {weekday-1}, Hello {first}") == "5 March, Sunday, Hello Dr Lovelace"
    assert 3 <= int(own.fill("{3..7}")) <= 7


def test_a_story_is_read_with_its_times_and_directives() -> None:
    head = "=== frost\nabout: type=incident tags=heron,winter who=home once=2\nsubject: Frost\n"
    text = f"{head}<\nCold.\n> 90m\n@hold\nYes."
    (story,) = parse(text)
    assert (story.type, story.tags, story.times) == ("incident", ("heron", "winter"), 2)
    assert (story.steps[1].delay, story.steps[1].text) == (timedelta(minutes=90), "Yes.")
    assert story.steps[1].says("hold")


def test_somebody_answers_for_each_team() -> None:
    staff = {local for local, *_ in STAFF}
    assert set(ROTA) == set(TEAMS)
    assert {name for names in ROTA.values() for name in names} <= staff


def test_files_are_what_they_say() -> None:
    rng = Random(4)
    assert files.make("photo", rng, MONDAY, "1").content.startswith(b"\x89PNG\r\n\x1a\n")
    invoice = files.make("invoice", rng, MONDAY, "2026-1").content
    assert invoice.startswith(b"%PDF-1.4") and invoice.endswith(b"%%EOF\n")
    assert files.make("readings", rng, MONDAY, "1").content.count(b"\n") == 49
