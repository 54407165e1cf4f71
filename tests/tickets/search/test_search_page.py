"""The search over HTTP: the page, suggestions, what is kept, and what is refused."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from customers.actors import Actor
from customers.identify import identify
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from tests.cast import open_for
from tickets.models import Inbox, SavedSearch, SearchWord, Ticket
from tickets.search.history import RECENT
from tickets.services import add_note, assign_team

URL = "/agent/search/"


@pytest.fixture
def browser(grace: User) -> Client:
    client = Client()
    client.force_login(grace)
    return client


def numbers(html: str) -> list[int]:
    return [int(number) for number in re.findall(r'<li id="r(\d+)"', html)]


def page(browser: Client, query: str, status: int = 200, **more: str) -> str:
    answer = browser.get(URL, {"q": query, **more})
    assert answer.status_code == status
    return answer.content.decode()


def test_without_words_it_tells_how_to_search(browser: Client) -> None:
    html = page(browser, "")
    assert "status:open" in html
    assert numbers(html) == []


def test_results_show_the_words_where_they_stand(browser: Client, adas_ticket: Ticket) -> None:
    html = page(browser, "multiply engine")
    assert numbers(html) == [adas_ticket.pk]
    assert "when it <mark>multiplies</mark>" in html
    assert "The <mark>engine</mark> rattles" in html
    message = adas_ticket.messages.get()
    assert f'href="/agent/tickets/{adas_ticket.pk}/#m{message.pk}"' in html


def test_nothing_that_a_customer_writes_becomes_markup(browser: Client, ada: Customer, support: Inbox) -> None:
    ada.name = "<script>alert(1)</script>"
    ada.save()
    open_for(ada, support, "<img src=x onerror=alert(2)> <mark>pump</mark> & more")
    html = page(browser, "alert pump img mark more")
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "&lt;<mark>img</mark> src=x onerror=<mark>alert</mark>(2)&gt;" in html
    assert "&lt;<mark>mark</mark>&gt;<mark>pump</mark>&lt;/<mark>mark</mark>&gt; &amp; <mark>more</mark>" in html


def test_what_was_typed_is_shown_as_text(browser: Client, adas_ticket: Ticket) -> None:
    html = page(browser, '"><script>alert(3)</script>')
    assert "<script>alert" not in html


def test_a_note_is_marked_as_one(browser: Client, adas_ticket: Ticket, grace: User) -> None:
    add_note(adas_ticket, "<p>Ask the foundry</p>", actor=Actor.agent(grace))
    assert 'aria-label="Internal note"' in page(browser, "foundry")


def test_a_number_goes_first(browser: Client, adas_ticket: Ticket, ada: Customer, support: Inbox) -> None:
    other = open_for(ada, support, f"About {adas_ticket.pk}")
    assert numbers(page(browser, f"#{adas_ticket.pk}"))[0] == adas_ticket.pk
    assert set(numbers(page(browser, str(adas_ticket.pk)))) == {adas_ticket.pk, other.pk}
    assert numbers(page(browser, "99999999999999999999")) == []


def test_customers_are_listed_too(browser: Client, ada: Customer) -> None:
    identify("email", "jürgen@example.net", name="Jürgen Groß")
    for query, name in (("lovelace", "Ada"), ("ada@example.org", "Ada"), ("jurgen", "Jürgen"), ("lo", "Ada")):
        html = page(browser, query)
        assert ('href="/customers/1' in html) == (query != "lo"), query
        assert name in html or query == "lo"


@pytest.mark.parametrize(
    "query",
    ["status:bogus", "x" * 10_000, "w " * 100, "created>soon", "from:nobody@nowhere.test", "has:"],
)
def test_what_makes_no_sense_is_refused_at_the_box(query: str, browser: Client) -> None:
    html = page(browser, query, status=422)
    assert 'aria-invalid="true" aria-describedby="search-error"' in html
    assert 'id="search-error"' in html
    assert not SavedSearch.objects.exists()


@pytest.mark.parametrize(
    "query",
    [
        "-engine",
        "-status:open",
        '"',
        "'",
        "%",
        "_",
        "\\",
        "*",
        "😀",
        "a\0b",
        "שלום",
        "& | ! ( )",
        "---",
        "is:mine",
        "1" * 40,
    ],
)
def test_odd_searches_are_answered(query: str, browser: Client, adas_ticket: Ticket) -> None:
    page(browser, query)
    assert browser.get(f"{URL}suggest/", {"q": query}).status_code == 200


def test_typing_mistakes_are_forgiven_and_said(browser: Client, adas_ticket: Ticket) -> None:
    SearchWord.objects.bulk_create([SearchWord(word=word, tickets=3) for word in ("rattles", "engine", "cattle")])
    html = page(browser, "ratlles")
    assert numbers(html) == [adas_ticket.pk]
    assert "Showing results for <b>rattles</b>" in html
    assert numbers(page(browser, "ratlles", exact="1")) == []
    assert "Showing results" not in page(browser, "xyzxyz")
    assert "Showing results" not in page(browser, "cattle"), "a word that is known is no mistake"


def test_nothing_found_offers_a_wider_search(browser: Client, adas_ticket: Ticket) -> None:
    html = page(browser, "engine unicorn status:open")
    assert "Search without the filters" in html
    assert "any=1" in html
    assert numbers(page(browser, "engine unicorn", any="1")) == [adas_ticket.pk]


def test_pages(browser: Client, ada: Customer, support: Inbox) -> None:
    tickets = [open_for(ada, support, "Pump") for _ in range(30)]
    first = page(browser, "pump")
    after = re.search(r"after=([\d-]+)", first)
    assert after
    second = page(browser, "pump", after=after[1])
    assert numbers(first) + numbers(second) == [ticket.pk for ticket in reversed(tickets)]
    assert "That was all" in page(browser, "pump", after="0-0-0")


def test_a_private_teams_ticket_leaves_no_trace(browser: Client, adas_ticket: Ticket, margaret: User) -> None:
    legal = Team.objects.create(name="Legal", is_private=True)
    assign_team(adas_ticket, legal, actor=Actor.agent(margaret))
    for query in ("rattles", str(adas_ticket.pk), "status:new", "ada"):
        assert numbers(page(browser, query)) == []
        answer = browser.get(f"{URL}suggest/", {"q": query}).json()
        assert not [row for row in answer["results"] if row["group"] == "Tickets"]


def test_suggestions(browser: Client, adas_ticket: Ticket) -> None:
    def groups(query: str) -> dict[str, str]:
        return {row["group"]: row["url"] for row in browser.get(f"{URL}suggest/", {"q": query}).json()["results"]}

    assert groups("engi")["Tickets"] == f"/agent/tickets/{adas_ticket.pk}/"
    assert groups(str(adas_ticket.pk))["Tickets"] == f"/agent/tickets/{adas_ticket.pk}/"
    assert groups("lovel")["Customers"] == f"/customers/{adas_ticket.requester_id}/"
    assert groups("unassi")["Views"] == "/agent/?view=unassigned"
    assert groups("multiplies").keys() == {"Search"}, "messages are for the page"
    assert groups("a b")["Search"] == "/agent/search/?q=a+b"
    assert groups("") == {}


def test_recent_searches_are_kept_for_each_person(browser: Client, grace: User, alan: User) -> None:
    for number in range(RECENT + 5):
        page(browser, f"word{number}")
    page(browser, "word3")
    page(browser, "  word14 ")
    kept = list(SavedSearch.objects.values_list("user", "query"))
    assert len(kept) == RECENT
    assert (grace.pk, "word14") in kept
    assert "word14" in page(browser, "")
    others = Client()
    others.force_login(alan)
    assert "word14" not in page(others, "")
    browser.post(f"{URL}recent/")
    assert not SavedSearch.objects.exists()


def test_saved_searches(browser: Client, grace: User, alan: User) -> None:
    browser.post(f"{URL}saved/", {"q": "status:open tag:vip", "title": "Important people"})
    kept = SavedSearch.objects.get(user=grace)
    assert "Important people" in page(browser, "")
    browser.post(f"{URL}saved/{kept.pk}/", {"title": "VIPs"})
    kept.refresh_from_db()
    assert kept.title == "VIPs"
    browser.post(f"{URL}saved/{kept.pk}/", {"title": " "})
    kept.refresh_from_db()
    assert kept.title == "VIPs"
    others = Client()
    others.force_login(alan)
    assert others.post(f"{URL}saved/{kept.pk}/", {"delete": "1"}).status_code == 404
    browser.post(f"{URL}recent/")
    assert SavedSearch.objects.exists(), "what is saved is not recent"
    browser.post(f"{URL}saved/{kept.pk}/", {"delete": "1"})
    assert not SavedSearch.objects.exists()
    browser.post(f"{URL}saved/", {"q": " ", "title": "Nothing"})
    assert not SavedSearch.objects.exists()


def test_what_was_found_opens_as_a_list_to_be_changed_in_one_go(browser: Client, adas_ticket: Ticket) -> None:
    found = re.search(r'href="(/agent/\?view=all[^"]+)"', page(browser, "engine status:new"))
    assert found
    url = unescape(found[1])
    shown = browser.get(url).content.decode()
    assert f'id="t{adas_ticket.pk}"' in shown and "engine status:new" in shown
    assert browser.get(url.replace("/agent/?", "/agent/bulk/count/?")).json() == {"count": 1}
    assert browser.get("/agent/bulk/count/", {"view": "all", "q": "locomotive"}).json() == {"count": 0}
    assert (
        "No ticket matches this filter" in browser.get("/agent/", {"view": "all", "q": "locomotive"}).content.decode()
    )
    for wrong in ("x" * 20_000, "status:nothing"):
        assert "This filter can’t be used" in browser.get("/agent/", {"view": "all", "q": wrong}).content.decode()
        assert browser.get("/agent/bulk/count/", {"view": "all", "q": wrong}).json() == {"count": 0}


def test_filters_become_a_view(browser: Client, adas_ticket: Ticket) -> None:
    html = page(browser, "engine status:new")
    found = re.search(r'href="(/agent/views/new/[^"]+)"', html)
    assert found
    editor = browser.get(unescape(found[1])).content.decode()
    assert "&quot;status&quot;" in editor and "&quot;new&quot;" in editor
    assert "/agent/views/new/?" not in page(browser, "engine")
