"""Numbers of readers: each counted as docs/knowledge-numbers.md says."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from helpdesk.accounts.models import User
from knowledge_base.models import HelpCentre, Offer, Search, Section, View, Vote
from knowledge_base.numbers import Numbers, numbers_of
from knowledge_base.publishing import publish
from knowledge_base.views.staff.numbers import bars
from knowledge_base.writing import begin_translation, create_article, save_draft

pytestmark = pytest.mark.django_db
NOW = timezone.now()
AGO = NOW - timedelta(days=5)


@pytest.fixture
def section(db: None) -> Section:
    centre = HelpCentre.objects.create(name="Help", languages=["en", "de"])
    return centre.categories.create(texts={"en": {"name": "A"}}).sections.create(texts={"en": {"name": "Repairs"}})


def article(section: Section, by: User, title: str) -> int:
    return publish(create_article(section, "en", by=by, title=title, body="<p>x</p>"), by=by).article_id


def seen(number: int, visitor: str, **more: Any) -> None:
    View.objects.create(**{"article_id": number, "language": "en", "visitor": visitor, "at": AGO, **more})


def counted(section: Section, **more: Any) -> Numbers:
    return numbers_of(section.category.centre, since=NOW - timedelta(days=30), now=NOW, **more)


def test_views_and_readers(section: Section, grace: User) -> None:
    oil, rust = article(section, grace, "Oil"), article(section, grace, "Rust")
    seen(oil, "a")
    seen(oil, "a")
    seen(oil, "b", ticket=1001)
    seen(rust, "a")
    seen(rust, "", language="en")
    seen(rust, "c", at=NOW - timedelta(days=40))
    found = counted(section)
    assert (found.total.views, found.readers, found.total.wrote) == (5, 2, 1)
    assert [(line.name, line.tally.views, line.tally.readers) for line in found.articles] == [
        ("Oil", 3, 2),
        ("Rust", 2, 2),
    ]
    assert [(line.name, line.tally.views) for line in found.sections] == [("Repairs", 5)]
    assert [(line.name, line.tally.views) for line in found.authors] == [("Grace Hopper", 5)]
    assert sum(count for _day, count in found.days) == 5
    assert len(found.days) == 31


def test_days_are_those_of_who_looks(section: Section, grace: User) -> None:
    now = datetime(2026, 5, 4, 13, tzinfo=UTC)  # the 5th of May has begun there
    with timezone.override("Pacific/Auckland"):
        seen(article(section, grace, "Oil"), "a", at=now - timedelta(minutes=1))
        since = timezone.localtime(now).replace(hour=0, minute=0) - timedelta(days=6)
        days = numbers_of(section.category.centre, since=since, now=now).days
    assert (len(days), days[-1]) == (7, (date(2026, 5, 5), 1))


def test_a_language_of_its_own(section: Section, grace: User) -> None:
    oil = article(section, grace, "Oil")
    german = begin_translation(section.articles.get(), "de", by=grace)
    publish(save_draft(german, version=german.version, title="Öl", summary="", body="<p>x</p>", by=grace), by=grace)
    seen(oil, "a")
    seen(oil, "b", language="de")
    seen(oil, "c", language="de")
    assert {line.name: line.tally.views for line in counted(section).languages} == {"Deutsch": 2, "English": 1}
    assert [(line.name, line.tally.views) for line in counted(section, language="de").articles] == [("Öl", 2)]


def test_helpful_is_of_those_who_answered(section: Section, grace: User) -> None:
    oil = article(section, grace, "Oil")
    assert counted(section).total.helpful is None
    for number in range(3):
        Vote.objects.create(article_id=oil, language="en", is_helpful=number < 2, visitor=str(number), at=AGO)
    assert (counted(section).total.helpful, counted(section).total.votes) == (67, 3)


def test_a_search_succeeds_when_a_result_was_opened(section: Section, grace: User) -> None:
    oil, centre = article(section, grace, "Oil"), section.category.centre
    for words, results, clicked, where in (
        ("oil", 3, oil, "centre"), ("grease", 0, None, "form"), ("rust", 2, None, "centre"), ("oil", 3, oil, "agent"),
    ):  # fmt: skip
        Search.objects.create(
            centre=centre, language="en", words=words, folded=words, results=results, clicked_id=clicked,
            searched_from=where, at=AGO,
        )  # fmt: skip
    found = counted(section).searches
    assert (found.all, found.opened, found.found_nothing, found.success) == (3, 1, 1, 33)


def test_deflection_counts_honestly(section: Section, grace: User) -> None:
    oil, centre = article(section, grace, "Oil"), section.category.centre
    recently = NOW - timedelta(hours=10)
    for opened, solved, ticket, at in (
        (oil, None, None, AGO),  # opened, and nothing since: helped
        (oil, AGO, None, AGO),  # said so: helped
        (oil, None, 1001, AGO),  # opened, and wrote all the same
        (None, None, None, AGO),  # never opened: nobody knows why they went
        (oil, None, None, recently),  # too early to tell
        (oil, recently, None, recently),  # said so already
        (None, None, 1002, recently),  # has written already
    ):
        Offer.objects.create(
            centre=centre, language="en", offered_in="form", words="x", opened_id=opened, solved_at=solved,
            ticket=ticket, at=at,
        )  # fmt: skip
    found = counted(section).deflected
    assert (found.all, found.helped, found.said_so, found.was_opened, found.open_yet) == (6, 3, 2, 4, 1)
    assert found.rate == 50
    assert counted(section).articles[0].tally.solved == 3


def test_other_help_centres_are_not_counted(section: Section, grace: User) -> None:
    other = HelpCentre.objects.create(name="Other", host="other.test", languages=["en"])
    theirs = other.categories.create(texts={"en": {"name": "A"}}).sections.create(texts={"en": {"name": "B"}})
    seen(article(theirs, grace, "Theirs"), "a")
    assert counted(section).total.views == 0


def test_as_many_statements_for_any_number_of_articles(
    section: Section, grace: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        seen(article(section, grace, f"Article {number}"), str(number))
    with django_assert_max_num_queries(8):
        counted(section)


def test_bars_are_as_high_as_they_should(section: Section) -> None:
    first = NOW.date()
    drawn = bars([(first, 5), (first + timedelta(days=1), 10), (first + timedelta(days=2), 0)])["drawn"]
    assert [bar.height for bar in drawn] == [60.0, 120.0, 0.0]
    year = bars([(first + timedelta(days=number), 1) for number in range(365)])
    assert (len(year["drawn"]), year["is_weekly"]) == (53, True)


def test_the_page(section: Section, grace: User, linus: User, client: Client) -> None:
    seen(article(section, grace, "Oil"), "a", at=NOW - timedelta(minutes=1))
    client.force_login(linus)
    for asked in ("", "?days=7&order=no&language=en", "?days=365&order=wrote", "?days=x&centre=y&language=zz&order=q"):
        page = client.get(f"/knowledge/numbers/{asked}")
        assert page.status_code == 200
        assert "Oil" in page.content.decode()


def test_all_articles_leave_as_a_table(section: Section, grace: User, linus: User, client: Client) -> None:
    for title, visitors in (("=Oil", "ab"), ("Water, hot", "abc")):
        number = article(section, grace, title)
        for visitor in visitors:
            seen(number, visitor, at=NOW - timedelta(minutes=1))
    client.force_login(linus)
    answer = client.get("/knowledge/numbers/articles.csv?days=7")
    rows = list(csv.reader(answer.content.decode("utf-8-sig").splitlines()))
    assert rows[0][:5] == ["Article", "Section", "Language", "Views", "Readers"]
    assert [row[0] for row in rows[1:]] == ["Water, hot", "'=Oil"]  # nothing that a spreadsheet would run
    assert rows[1][2:5] == ["en", "3", "3"]
    assert answer["Content-Disposition"].startswith("attachment")
    assert "articles.csv?days=30" in client.get("/knowledge/numbers/").content.decode()


def test_before_there_is_anything(linus: User, client: Client) -> None:
    client.force_login(linus)
    assert client.get("/knowledge/numbers/articles.csv").status_code == 200
    assert "No help centre yet" in client.get("/knowledge/numbers/").content.decode()
    assert client.get("/knowledge/links/").status_code == 200
