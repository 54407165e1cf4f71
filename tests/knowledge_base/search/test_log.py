"""What is written down of searches: each once, whatever was typed on the way, and what was opened of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from knowledge_base.models import HelpCentre, Search, SearchedFrom
from knowledge_base.search.log import KEPT, MOST, forget_old, not_found, note_click, note_search
from tests.knowledge_base.search.conftest import Write

NOW = timezone.now()
ME, OTHER = "a" * 32, "b" * 32


def note(words: str, centre: HelpCentre, after: float = 0, **more: Any) -> Search | None:
    """`after`: seconds from the first one."""
    asked = {"results": 1, "visitor": ME, "language": "en", **more}
    return note_search(words, centre=centre, now=NOW + timedelta(seconds=after), **asked)


def test_what_is_typed_on_the_way_is_one_search(centre: HelpCentre) -> None:
    note("ref", centre)
    note("refu", centre, 2)
    row = note("Refund", centre, 5, results=7)
    assert Search.objects.get() == row
    assert row and (row.words, row.folded, row.results) == ("Refund", "refund", 7)


def test_other_words_other_people_and_other_times_are_other_searches(centre: HelpCentre) -> None:
    note("refund", centre)
    note("return", centre, 5)
    note("refund", centre, 6, visitor=OTHER)
    note("refund policy", centre, 200)
    note("refund", centre, 3_000)
    assert Search.objects.count() == 5


def test_the_same_words_again_are_the_same_search(centre: HelpCentre) -> None:
    first = note("Größe", centre)
    assert note("schuhe", centre, 10)
    assert note("grosse", centre, 600, results=3) == first
    assert Search.objects.count() == 2


def test_a_search_of_which_something_was_opened_is_over(write: Write, centre: HelpCentre) -> None:
    article = write("Refunds").article
    row = note("refund", centre)
    assert row and note_click(row.pk, article.pk, visitor=ME)
    assert note("refund form", centre, 10) != row
    row.refresh_from_db()
    assert row.clicked == article


def test_nobody_opens_something_in_the_name_of_others(write: Write, centre: HelpCentre) -> None:
    article, row = write("Refunds").article, note("refund", centre)
    assert row
    assert not note_click(row.pk, article.pk, visitor=OTHER)
    assert not note_click(row.pk, article.pk, visitor="")
    assert not note_click(row.pk, 10**17, visitor=ME)
    assert not note_click(10**17, article.pk, visitor=ME)


def test_a_program_does_not_fill_the_log(centre: HelpCentre) -> None:
    Search.objects.bulk_create(
        Search(centre=centre, language="en", words=f"w{n}", folded=f"w{n}", results=0, visitor=ME, at=NOW)
        for n in range(MOST)
    )
    assert note("once more", centre, 5) is None
    assert note("once more", centre, 5, visitor=OTHER)


def test_what_was_not_found_is_counted_by_what_was_meant(centre: HelpCentre) -> None:
    for visitor, words in enumerate(["Größe", "grosse", "GROSSE!", "farbe"]):
        note(words, centre, visitor=f"{visitor:032x}", results=0)
    note("größe", centre, visitor=OTHER, results=0, searched_from=SearchedFrom.AGENT)
    note("Preis", centre, visitor=OTHER, results=4)
    found = not_found("en", now=NOW + timedelta(minutes=1))
    assert [one.times for one in found] == [3, 1]
    assert found[1].words == "farbe"
    assert not_found("de", now=NOW) == []


def test_old_searches_are_forgotten(centre: HelpCentre) -> None:
    note("old", centre, -KEPT.total_seconds() - 60)
    note("new", centre)
    assert forget_old(now=NOW) == 1
    assert Search.objects.get().words == "new"
