"""The search page, the answers while typing, what is noted of both; and the page of synonyms."""

from __future__ import annotations

import pytest
from django.test import Client

from helpdesk.accounts.models import User
from knowledge_base.models import HelpCentre, Search, Synonyms
from knowledge_base.views.help import search as searching
from tests.knowledge_base.search.conftest import Write, section_of

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"


@pytest.fixture
def reader() -> Client:
    return Client(HTTP_USER_AGENT=BROWSER)


def page(reader: Client, query: str, place: str = "search/", language: str = "en") -> str:
    answer = reader.get(f"/hc/{language}/{place}?{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_results_with_marks_and_what_was_opened(write: Write, centre: HelpCentre, reader: Client) -> None:
    article = write("Refunds & returns", "Money comes back.")
    shown = page(reader, "q=refund")
    assert "<mark>Refunds</mark> &amp; returns" in shown
    row = Search.objects.get()
    assert (row.words, row.results, row.clicked) == ("refund", 1, None)
    path = f"/hc/en/articles/{article.article_id}-refunds-returns/?s={row.pk}"
    assert path in shown
    assert reader.get(path).status_code == 200
    row.refresh_from_db()
    assert row.clicked == article.article
    page(reader, "q=refund")
    assert Search.objects.count() == 1


def test_another_reader_with_the_same_link_clicks_nothing(write: Write, centre: HelpCentre, reader: Client) -> None:
    article = write("Refunds")
    page(reader, "q=refund")
    row = Search.objects.get()
    Client(HTTP_USER_AGENT=BROWSER).get(f"/hc/en/articles/{article.article_id}-refunds/?s={row.pk}")
    row.refresh_from_db()
    assert row.clicked is None


def test_nothing_found_is_said_and_noted(centre: HelpCentre, reader: Client) -> None:
    shown = page(reader, "q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "Nothing found for" in shown
    assert "<script>alert" not in shown
    assert Search.objects.get().results == 0


def test_robots_staff_and_turned_pages_are_not_searches(
    write: Write, centre: HelpCentre, reader: Client, grace: User
) -> None:
    for number in range(25):
        write(f"Wheel {number}", "wheels")
    robot = Client(HTTP_USER_AGENT="Googlebot/2.1")
    staff = Client(HTTP_USER_AGENT=BROWSER)
    staff.force_login(grace)
    for client, query in ((robot, "q=wheel"), (staff, "q=wheel"), (reader, "q=wheel&after=20"), (reader, "q=")):
        page(client, query)
    assert not Search.objects.exists()
    assert "after=20" in page(reader, "q=wheel")


@pytest.mark.parametrize("query", ["q=a%00b", "q=x&section=99999999999999999999", "q=x&after=%F0%9F&label=%00&s=%27"])
def test_addresses_that_make_no_sense(centre: HelpCentre, reader: Client, query: str) -> None:
    page(reader, query)
    page(reader, query, "search/instant/")


def test_filters_narrow_and_are_taken_back(write: Write, centre: HelpCentre, reader: Client) -> None:
    other = section_of(centre, "Money", "Cards")
    write("Refund of an order", "refund")
    write("Refund to a card", "refund", within=other)
    shown = page(reader, "q=refund")
    assert f"category={other.category_id}&amp;s={Search.objects.get().pk}" in shown  # what is opened there counts
    narrowed = page(reader, f"q=refund&category={other.category_id}")
    assert "Refund to a card" not in page(reader, f"q=refund&category={other.category_id + 10**6}")
    assert "card" in narrowed and "Refund of an order" not in narrowed


def test_a_mistake_is_corrected_aloud(write: Write, centre: HelpCentre, reader: Client) -> None:
    write("Refunds", "How a refund works.")
    assert "<b>refund</b>" in page(reader, "q=refnd")


def test_answers_while_typing_are_options_and_no_searches(write: Write, centre: HelpCentre, reader: Client) -> None:
    article = write("Refunds", "Money comes back.")
    shown = page(reader, "q=ref", "search/instant/")
    assert f'data-article="{article.article_id}"' in shown
    assert shown.count('role="option"') == 2
    assert page(reader, "q=", "search/instant/") == ""
    assert not Search.objects.exists()


def test_a_script_tells_what_was_read_and_opened(write: Write, centre: HelpCentre, reader: Client) -> None:
    article = write("Refunds", "Money comes back.").article
    assert reader.post("/hc/en/search/noted/", {"q": "ref"}).status_code == 204
    assert reader.post("/hc/en/search/noted/", {"q": "refund", "article": str(article.pk)}).status_code == 204
    row = Search.objects.get()
    assert (row.words, row.results, row.clicked) == ("refund", 1, article)


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"User-Agent": "curl/8"}])
def test_other_sites_and_programs_tell_nothing(centre: HelpCentre, reader: Client, headers: dict[str, str]) -> None:
    assert reader.post("/hc/en/search/noted/", {"q": "refund"}, headers=headers).status_code == 204
    assert not Search.objects.exists()


def test_the_page_of_synonyms(centre: HelpCentre, client: Client, margaret: User) -> None:
    Search.objects.create(centre=centre, language="en", words="money back", folded="money back", results=0)
    client.force_login(margaret)
    assert "money back" in client.get("/knowledge/synonyms/").content.decode()
    added = client.post("/knowledge/synonyms/", {"language": "en", "words": "refund, money back , Refund,"})
    assert added.status_code == 302
    row = Synonyms.objects.get()
    assert (row.language, row.words) == ("en", ["refund", "money back"])
    taken = client.post("/knowledge/synonyms/", {"language": "en", "words": "Money-back, reimbursement"})
    assert taken.status_code == 422
    assert "means something already" in taken.content.decode()
    for words in ("refund", "", ", ,", "a" * 81 + ", b", "one two three four five six seven, b", "\x00, '"):
        assert client.post(f"/knowledge/synonyms/{row.pk}/", {"words": words}).status_code == 422, words
    assert client.post("/knowledge/synonyms/", {"language": "de", "words": "Refund, Erstattung"}).status_code == 302
    assert client.post(f"/knowledge/synonyms/{row.pk}/", {"words": "refund, cashback"}).status_code == 302
    assert client.post(f"/knowledge/synonyms/{row.pk}/deletion/").status_code == 302
    assert Synonyms.objects.get().language == "de"


def test_a_network_that_searches_like_a_machine_is_slowed_down(
    write: Write, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("Refunds", "Money comes back.")
    monkeypatch.setattr(searching, "MOST_ANSWERED", 2)
    monkeypatch.setattr(searching, "MOST_NOTED", 2)
    statuses = [reader.get("/hc/en/search/instant/?q=ref").status_code for _each in range(3)]
    assert statuses == [200, 200, 429]
    assert Client(REMOTE_ADDR="192.0.2.7").get("/hc/en/search/instant/?q=ref").status_code == 200

    beacons = [Client(HTTP_USER_AGENT=BROWSER).post("/hc/en/search/noted/", {"q": "refund"}) for _each in range(3)]
    assert [each.status_code for each in beacons] == [204, 204, 429]
    assert "Refunds" in page(Client(HTTP_USER_AGENT=BROWSER), "q=money")  # who asks for a page is answered all the same
    assert set(Search.objects.values_list("words", flat=True)) == {"refund"}
