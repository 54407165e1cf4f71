"""What suddenly many customers write about: an update that went wrong a few days ago. Reports find it by its words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Final

from helpdesk.demo.company import Company
from helpdesk.demo.stories import DATA, parse
from helpdesk.demo.telling import Telling

HOURS_AGO: Final = (118, 97, 74, 71, 50, 31, 27, 9, 6)  # it began five days ago, and goes on
SEED: Final = 42


def rising_tellings(company: Company, *, now: datetime) -> Iterator[Telling]:
    """Each by somebody else: one who writes nine times is no trend."""
    rng = Random(SEED)
    stories = list(parse((DATA / "rising.txt").read_text()))
    people = {
        who: rng.sample(company.people[who], len(company.people[who])) for who in {story.who for story in stories}
    }
    for place, hours in enumerate(HOURS_AGO):
        story = stories[place % len(stories)]
        if people[story.who]:
            yield Telling(story, people[story.who].pop(), company, rng, now - timedelta(hours=hours))
