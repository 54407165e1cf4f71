"""Who read what: once a visitor, article and half hour; by people, not by robots."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from knowledge_base.models import Article, Section, Translation, View
from knowledge_base.popular import most_read
from knowledge_base.visitors import COOKIE
from tests.knowledge_base.help_centre.conftest import BROWSER, Path, published, signed_in, translated


@pytest.fixture
def text(section: Section) -> Translation:
    return published(section, "When to sow")


def test_a_reading_is_written_down_once_in_half_an_hour(text: Translation, anybody: Client) -> None:
    for _time in range(3):
        anybody.get(str(Path(text)))
    view = View.objects.get()
    assert (view.article_id, view.language, view.customer_id) == (text.article_id, "en", None)
    assert view.visitor == anybody.cookies[COOKIE].value
    View.objects.update(at=timezone.now() - timedelta(minutes=31))
    anybody.get(str(Path(text)))
    assert View.objects.count() == 2


def test_another_browser_is_another_visitor(text: Translation, anybody: Client) -> None:
    for client in (anybody, Client(headers={"User-Agent": BROWSER})):
        client.get(str(Path(text)))
    assert View.objects.values("visitor").distinct().count() == 2


def test_a_customer_is_known(text: Translation, ada: Customer) -> None:
    signed_in(ada).get(str(Path(text)))
    assert View.objects.get().customer_id == ada.pk


@pytest.mark.parametrize("agent", ["", "Googlebot/2.1", "curl/8.1", "facebookexternalhit/1.1", "python-requests/2"])
def test_robots_are_no_readers(text: Translation, agent: str) -> None:
    client = Client(headers={"User-Agent": agent})
    assert client.get(str(Path(text))).status_code == 200
    assert not View.objects.exists() and COOKIE not in client.cookies


def test_neither_is_who_works_here_nor_a_page_fetched_ahead(
    text: Translation, anybody: Client, colleague: Client
) -> None:
    colleague.get(str(Path(text)))
    anybody.get(str(Path(text)), headers={"Sec-Purpose": "prefetch;prerender"})
    anybody.head(str(Path(text)))
    assert not View.objects.exists()


def test_home_and_lists_leave_no_cookie(text: Translation, anybody: Client, section: Section) -> None:
    for path in ("/", "/hc/en/", f"/hc/en/sections/{section.pk}-sowing/", "/no/where/"):
        anybody.get(path)
    assert not anybody.cookies


def test_a_made_up_visitor_gets_a_number_of_ours(text: Translation, anybody: Client) -> None:
    anybody.cookies[COOKIE] = "x' OR 1=1"
    anybody.get(str(Path(text)))
    assert len(View.objects.get().visitor) == 32


def test_what_was_read_lately_is_shown_again(text: Translation, section: Section, anybody: Client) -> None:
    other = published(section, "How deep")
    for each in (text, other):
        anybody.get(str(Path(each)))
    page = anybody.get("/hc/en/").content.decode()
    first, second = (page.index(f'href="{Path(each)}"', page.index("You looked at")) for each in (other, text))
    assert first < second
    translated(text, "Wann säen")
    assert "Wann säen" in anybody.get("/hc/de/").content.decode()
    Article.objects.filter(pk=text.article_id).update(archived_at=timezone.now())
    page = anybody.get("/hc/en/").content.decode()
    assert "You looked at" in page and str(Path(text)) not in page


def test_a_cookie_of_recent_articles_is_believed_no_word(text: Translation, anybody: Client) -> None:
    anybody.cookies["help_recent"] = "x.-1.99999999999999999999.7777777.1e3"
    assert "You looked at" not in anybody.get("/hc/en/").content.decode()


def test_most_read_counts_visitors_of_the_last_days(text: Translation, section: Section) -> None:
    other = published(section, "How deep")
    for number in range(3):
        View.objects.create(article=text.article, language="en", visitor="one")
        View.objects.create(article=other.article, language="en", visitor=f"v{number}")
    assert most_read(section.category.centre) == [other.article_id, text.article_id]
    View.objects.update(at=timezone.now() - timedelta(days=20))
    assert most_read(section.category.centre) == [other.article_id, text.article_id]
    View.objects.update(at=timezone.now() - timedelta(days=90))
    assert most_read(section.category.centre) == []
