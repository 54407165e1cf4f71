"""Articles beside a ticket: what fits its words, in the customer's language, and what may be given to them."""

from __future__ import annotations

from typing import Any

from django.test import Client

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from knowledge_base.models import AudienceKind, Search, SearchedFrom
from knowledge_base.publishing import archive, unpublish
from knowledge_base.writing import create_article
from tests.tickets.knowledge.articles import Shelf
from tickets.knowledge.beside import note_search, offered_beside, offered_for
from tickets.knowledge.giving import given
from tickets.knowledge.quoting import quoted
from tickets.models import ArticleUse, Ticket
from tickets.services import add_reply, assign_team


def titles(ticket: Ticket) -> list[str]:
    return [each.title for each in offered_beside(ticket)]


def test_the_words_of_the_ticket_find_what_fits(adas_ticket: Ticket, shelf: Shelf) -> None:
    shelf.put("When the engine rattles", "<p>Oil the gears when it multiplies.</p>")
    shelf.put("Paying by card", "<p>We take most cards.</p>")
    assert titles(adas_ticket) == ["When the engine rattles"]


def test_nothing_fits_where_there_is_no_help_centre(adas_ticket: Ticket) -> None:
    assert offered_beside(adas_ticket) == []
    assert offered_for(adas_ticket, "engine") == ([], 0)


def test_what_is_only_a_draft_is_offered_to_nobody(adas_ticket: Ticket, shelf: Shelf) -> None:
    create_article(shelf.public, "en", by=None, title="The engine rattles", body="<p>It rattles.</p>")
    assert titles(adas_ticket) == []


def test_a_customer_gets_their_language_where_there_is_one(adas_ticket: Ticket, ada: Customer, shelf: Shelf) -> None:
    english = shelf.put("When the engine rattles")
    ada.language = "de-AT"
    ada.save(update_fields=["language"])
    Ticket.objects.filter(pk=adas_ticket.pk).update(language="")  # their words tell it, if they do
    ticket = Ticket.objects.get(pk=adas_ticket.pk)
    (offered,) = offered_beside(ticket)
    assert (offered.translation.language, offered.is_other_language) == ("en", True)
    shelf.translate(english.article, "de", "Wenn die Maschine rattert")
    found = given(english.article, ticket)
    assert found is not None
    assert (found.title, found.is_other_language) == ("Wenn die Maschine rattert", False)
    assert f"/hc/de/articles/{english.article_id}-wenn-die-maschine-rattert/" in found.url


def test_what_the_customer_may_not_read_says_so(adas_ticket: Ticket, shelf: Shelf) -> None:
    shelf.put("Why the engine rattles", section=shelf.internal)
    (offered,) = offered_beside(adas_ticket)
    assert offered.hindrance
    shelf.internal.audience = AudienceKind.SIGNED_IN
    shelf.internal.save()
    (offered,) = offered_beside(adas_ticket)
    assert (offered.hindrance, offered.is_signed_in_only) == ("", True)


def test_its_words_come_as_a_letter_can_hold_them(adas_ticket: Ticket, shelf: Shelf) -> None:
    other = shelf.put("Oils")
    secret = shelf.put("Our margins", section=shelf.internal)
    body = (
        f'<h2>First</h2><p>See <a data-article="{other.article_id}">the oils</a> and '
        f'<a data-article="{secret.article_id}">margins</a>.</p>'
        '<table><tbody><tr><th scope="row">Oil</th><td>2 drops</td></tr></tbody></table>'
        '<div data-callout="warning"><p>Never when it is hot.</p></div>'
    )
    article = shelf.put("Oiling", body).article
    found = given(article, adas_ticket)
    assert found is not None
    assert "<p><strong>First</strong></p>" in found.text
    assert f'href="http://localhost:8000/hc/en/articles/{other.article_id}-oils/"' in found.text
    assert str(secret.article_id) + "-" not in found.text
    assert "<li>Oil – 2 drops</li>" in found.text
    assert "<blockquote>" in found.text and "Never when it is hot." in found.text
    assert found.text.endswith(f"<p>{found.link}</p>")
    assert "<h2" not in found.text and "<table" not in found.text


class TestOnThePage:
    def get(self, client: Client, ticket: Ticket, query: str = "", **headers: str) -> Any:
        return client.get(f"/agent/tickets/{ticket.pk}/articles/{query}", headers=headers)

    def test_beside_as_a_page_and_as_a_list(
        self, client: Client, grace: User, adas_ticket: Ticket, shelf: Shelf
    ) -> None:
        article = shelf.put("When the engine rattles", "<p>Oil it.</p>").article
        client.force_login(grace)
        beside = self.get(client, adas_ticket, **{"HX-Request": "true"}).content.decode()
        assert "When the engine rattles" in beside and f'data-article="{article.pk}"' in beside
        assert "<html" not in beside
        assert "<html" in self.get(client, adas_ticket).content.decode()
        listed = self.get(client, adas_ticket, "?q=rattl", Accept="application/json").json()
        assert [each["title"] for each in listed["articles"]] == ["When the engine rattles"]
        assert listed["count"] == 1

    def test_what_is_put_into_the_composer(
        self, client: Client, grace: User, adas_ticket: Ticket, shelf: Shelf
    ) -> None:
        article = shelf.put("When the engine rattles", "<p>Oil it.</p>").article
        client.force_login(grace)
        found = client.get(f"/agent/tickets/{adas_ticket.pk}/articles/{article.pk}/").json()
        assert found["link"] == f'<a href="{found["url"]}">When the engine rattles</a>'
        assert found["text"] == f"<p>Oil it.</p><p>{found['link']}</p>"
        page = client.post(f"/agent/tickets/{adas_ticket.pk}/articles/{article.pk}/", {"as": "text"})
        assert "Oil it." in page.content.decode()
        assert found["url"] in page.content.decode()
        assert not ArticleUse.objects.exists()

    def test_a_ticket_of_a_private_team_tells_nobody_else(
        self, client: Client, grace: User, alan: User, adas_ticket: Ticket, shelf: Shelf
    ) -> None:
        article = shelf.put("When the engine rattles").article
        assign_team(adas_ticket, Team.objects.create(name="Legal", is_private=True), actor=Actor.agent(alan))
        client.force_login(grace)
        base = f"/agent/tickets/{adas_ticket.pk}/articles/"
        assert self.get(client, adas_ticket).status_code == 404
        assert client.get(f"{base}{article.pk}/").status_code == 404
        assert client.post(f"{base}{article.pk}/flags/", {"text": "Hm"}).status_code == 404
        assert client.post(f"{base}searches/", {"q": "engine"}).status_code == 404

    def test_there_is_nothing_to_give_of_an_archived_or_unpublished_one(
        self, client: Client, grace: User, adas_ticket: Ticket, shelf: Shelf
    ) -> None:
        translation = shelf.put("When the engine rattles")
        client.force_login(grace)
        address = f"/agent/tickets/{adas_ticket.pk}/articles/{translation.article_id}/"
        unpublish(translation, by=None)
        assert client.get(address).status_code == 404
        archive(translation.article, by=None)
        assert client.get(address).status_code == 404

    def test_the_ticket_page_asks_nothing_for_it(
        self, client: Client, grace: User, adas_ticket: Ticket, shelf: Shelf, django_assert_max_num_queries: Any
    ) -> None:
        shelf.put("When the engine rattles")
        client.force_login(grace)
        client.get(f"/agent/tickets/{adas_ticket.pk}/")
        with django_assert_max_num_queries(10):
            page = client.get(f"/agent/tickets/{adas_ticket.pk}/").content.decode()
        assert "When the engine rattles" not in page and f"/agent/tickets/{adas_ticket.pk}/articles/" in page


class TestSearches:
    def test_one_search_is_written_down_with_the_ticket_it_was_for(
        self, client: Client, grace: User, adas_ticket: Ticket, shelf: Shelf
    ) -> None:
        client.force_login(grace)
        address = f"/agent/tickets/{adas_ticket.pk}/articles/searches/"
        assert client.post(address, {"q": "Cröss  gear", "results": "0"}).status_code == 204
        search = Search.objects.get()
        assert (search.words, search.folded, search.results) == ("Cröss gear", "cross gear", 0)
        assert (search.searched_from, search.ticket, search.language) == (SearchedFrom.AGENT, adas_ticket.pk, "en")

    def test_nonsense_is_no_search(self, client: Client, grace: User, adas_ticket: Ticket, shelf: Shelf) -> None:
        client.force_login(grace)
        address = f"/agent/tickets/{adas_ticket.pk}/articles/searches/"
        for data in ({"q": "ab"}, {}, {"q": "   "}):
            assert client.post(address, data).status_code == 204
        assert not Search.objects.exists()
        client.post(address, {"q": "x" * 5000 + "\0", "results": "-4", "clicked": "nine"})
        assert len(Search.objects.get().words) == 200

    def test_without_a_help_centre_nothing_is_kept(self, adas_ticket: Ticket) -> None:
        note_search(adas_ticket, "engine", results=0, clicked=None)
        assert not Search.objects.exists()


def test_what_was_given_before_is_marked(adas_ticket: Ticket, grace: User, shelf: Shelf) -> None:
    article = shelf.put("When the engine rattles").article
    found = given(article, adas_ticket)
    assert found is not None
    add_reply(adas_ticket, f"<p>See {found.link}</p>", actor=Actor.agent(grace))
    (offered,) = offered_beside(adas_ticket)
    assert offered.was_given


def test_words_of_tables_are_said_once_and_stay_apart() -> None:
    inner = "<table><tr><td>deep</td></tr></table>"
    table = f"<table><tr><th>Oil</th><td><p>One</p><p>b<b>ol</b>d</p>{inner}</td></tr></table>"
    assert quoted(table, base="https://help.test") == "<ul><li>Oil – One bold * deep</li></ul>"


def test_odd_forms_beside_a_ticket_are_answered_in_words(
    client: Client, adas_ticket: Ticket, shelf: Shelf, grace: User
) -> None:
    article = shelf.put("When the engine rattles").article_id
    client.force_login(grace)
    address = f"/agent/tickets/{adas_ticket.pk}/articles/"
    assert client.get(address, {"q": "a\0b"}, headers={"Accept": "application/json"}).status_code == 200
    assert client.post(f"{address}{article}/flags/", {"text": "a\0b", "language": "e\0n"}).status_code == 302
    assert (
        client.post(f"{address}searches/", {"q": "a\0b", "results": "9" * 30, "clicked": "9" * 30}).status_code == 204
    )
    wish = {"title": "a\0b", "extra": "\0", "language": "e\0n", "asked": "\0", "section": "9" * 30, "looked": "1"}
    assert client.post(f"{address}new/", wish).status_code == 422
