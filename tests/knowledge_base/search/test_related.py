"""What is offered to read next."""

from __future__ import annotations

from knowledge_base.audience import ANYBODY
from knowledge_base.listing import Stock
from knowledge_base.models import HelpCentre
from knowledge_base.related import related_to
from tests.knowledge_base.search.conftest import Write, section_of


def test_articles_that_share_words_or_labels(write: Write, centre: HelpCentre) -> None:
    one = write("Changing a tyre", "Take the wheel off.", labels=("wheels",))
    write("Pumping up tyres", "Four bar.")
    write("True a rim", "With a spoke key.", labels=("wheels",))
    write("Paying by card", "Cards are safe.")
    write("Tyres of our own", "For staff.", within=section_of(centre, "Inside", "Secret", "staff"))
    found = [article.title for article in related_to(one, Stock(centre, "en", ANYBODY))]
    assert set(found) == {"Pumping up tyres", "True a rim"}


def test_nothing_rather_than_anything(write: Write, centre: HelpCentre) -> None:
    write("Paying by card", "Cards are safe.")
    assert related_to(write("Tyres", "Round."), Stock(centre, "en", ANYBODY)) == []
