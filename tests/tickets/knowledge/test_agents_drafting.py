"""An article made of a ticket: the question, our answer, and nobody's name; and articles that colleagues find wrong."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import pytest
from django.test import Client

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from knowledge_base.errors import Refused
from knowledge_base.models import Article, ArticleEvent, Translation
from tests.tickets.knowledge.articles import Shelf
from tickets.knowledge.drafting import Choice, begin_article, conversation, prepare, usual_choice
from tickets.knowledge.flags import flag_article, open_flags, settle_flag
from tickets.models import ArticleFlag, Notification, NotificationKind, Ticket, TicketEvent
from tickets.services import add_note, add_reply, assign_team

ANSWER = (
    "<p>Hello Ada,</p><p>take the lid off and oil the third gear. Your order 4711-22 holds the oil.</p>"
    '<p>Send a picture to <a href="mailto:ada@example.org">ada@example.org</a>.</p><p>Best wishes,<br>Grace</p>'
)


@pytest.fixture
def solved(adas_ticket: Ticket, grace: User) -> Ticket:
    add_note(adas_ticket, "<p>She rang twice, secretly.</p>", actor=Actor.agent(grace))
    add_reply(adas_ticket, ANSWER, actor=Actor.agent(grace))
    add_reply(adas_ticket, "<p>You're welcome!</p>", actor=Actor.agent(grace))
    return Ticket.objects.get(pk=adas_ticket.pk)


def usual(ticket: Ticket) -> Choice:
    return Choice(usual_choice(conversation(ticket)))


def test_it_begins_with_the_question_and_the_longest_answer(solved: Ticket) -> None:
    prepared = prepare(solved, conversation(solved), usual(solved), "en")
    assert prepared.title == "The engine rattles"
    assert prepared.body.startswith("<h2>The question</h2><p>It rattles when it multiplies.</p>")
    assert "<h2>The answer</h2><p>take the lid off and oil the third gear." in prepared.body
    assert "secretly" not in prepared.body and "welcome" not in prepared.body


def test_greetings_leave_takings_and_private_data_are_gone(solved: Ticket) -> None:
    body = prepare(solved, conversation(solved), usual(solved), "en").body
    for private in ("Ada", "Grace", "ada@example.org", "4711-22", "Best wishes", "Hello"):
        assert private not in body
    assert "[order number]" in body and "[e-mail address]" in body


def test_what_its_writer_keeps_stays_but_what_is_certain_never_does(solved: Ticket) -> None:
    choice = Choice(usual(solved).messages, frozenset({"4711-22", "ada@example.org"}), ["third gear"])
    body = prepare(solved, conversation(solved), choice, "en").body
    assert "4711-22" in body and "ada@example.org" not in body
    assert "third gear" not in body and "[removed]" in body


def test_headings_and_placeholders_are_in_its_language(solved: Ticket) -> None:
    assert "The question" in prepare(solved, conversation(solved), usual(solved), "fr").body  # which we do not speak


def test_the_draft_is_its_writers_and_the_ticket_remembers(solved: Ticket, grace: User, shelf: Shelf) -> None:
    choice = usual(solved)
    asked = [each.words for each in prepare(solved, conversation(solved), choice, "en").found]
    before = solved.updated_at
    begun = begin_article(solved, shelf.public, "en", choice, title="Rattling, Ada", asked=asked, by=grace)
    article = begun.article
    assert (article.owner, article.from_ticket, begun.published) == (grace, solved.pk, None)
    assert begun.title == "Rattling, [name]"
    event = TicketEvent.objects.get(ticket=solved, kind="article.begun")
    assert (event.payload["article_id"], event.payload["title"]) == (article.pk, begun.title)
    solved.refresh_from_db()
    assert solved.updated_at == before


def test_what_came_in_since_has_to_be_looked_at(solved: Ticket, grace: User, shelf: Shelf) -> None:
    with pytest.raises(Refused, match="once more"):
        begin_article(solved, shelf.public, "en", usual(solved), title="Rattling", asked=[], by=grace)
    assert not Article.objects.exists()


def test_a_log_full_of_numbers_is_refused_and_read_quickly(
    solved: Ticket, ada: Customer, grace: User, shelf: Shelf
) -> None:
    message = next(each for each in conversation(solved) if each.is_from_customer)
    message.text = "\n".join(f"event {number:09d}-{number:x}a7 failed" for number in range(20_000))
    message.save(update_fields=["text"])
    choice = Choice(frozenset({message.pk}))
    began = perf_counter()
    prepared = prepare(solved, conversation(solved), choice, "en")
    assert perf_counter() - began < 5  # seconds, on a machine that does other things as well
    assert prepared.is_too_much and "000000007" not in prepared.body
    with pytest.raises(Refused, match="too much"):
        begin_article(solved, shelf.public, "en", choice, title="Failures", asked=[], by=grace)


class TestThePage:
    def address(self, ticket: Ticket) -> str:
        return f"/agent/tickets/{ticket.pk}/articles/new/"

    def form(self, ticket: Ticket, shelf: Shelf, **more: Any) -> dict[str, Any]:
        prepared = prepare(ticket, conversation(ticket), usual(ticket), "en")
        words = [each.words for each in prepared.found]
        return {
            "message": list(usual(ticket).messages), "asked": words, "out": words, "title": "Rattling engines",
            "section": shelf.public.pk, "language": "en", "looked": "1", **more,
        }  # fmt: skip

    def test_everything_found_is_asked_about(self, client: Client, grace: User, solved: Ticket, shelf: Shelf) -> None:
        client.force_login(grace)
        page = client.get(self.address(solved)).content.decode()
        for words in ("4711-22", "ada@example.org", "Order or customer number", "always taken out"):
            assert words in page
        assert "[order number]" in page

    def test_it_is_begun_and_opened(self, client: Client, grace: User, solved: Ticket, shelf: Shelf) -> None:
        client.force_login(grace)
        answer = client.post(self.address(solved), self.form(solved, shelf))
        begun = Translation.objects.get()
        assert answer.status_code == 302 and answer["Location"] == f"/knowledge/articles/{begun.article_id}/en/"
        assert begun.title == "Rattling engines" and "4711-22" not in begun.body

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"looked": ""}, "Read it through first"),
            ({"section": "999999"}, "Choose where it belongs"),
            ({"section": "x"}, "Choose where it belongs"),
            ({"title": "  "}, "needs a title"),
            ({"message": []}, "at least one message"),
            ({"asked": [], "out": []}, "Look through it once more"),
        ],
    )
    def test_it_is_refused_in_words(
        self, client: Client, grace: User, solved: Ticket, shelf: Shelf, change: dict[str, Any], words: str
    ) -> None:
        client.force_login(grace)
        answer = client.post(self.address(solved), self.form(solved, shelf, **change))
        assert answer.status_code == 422 and words in answer.content.decode()
        assert not Article.objects.exists()

    def test_unticking_shows_it_again_and_makes_nothing(
        self, client: Client, grace: User, solved: Ticket, shelf: Shelf
    ) -> None:
        client.force_login(grace)
        form = self.form(solved, shelf, look="1")
        form["out"] = [words for words in form["out"] if words != "4711-22"]
        page = client.post(self.address(solved), form).content.decode()
        assert "Your order 4711-22 holds" in page and not Article.objects.exists()

    def test_light_agents_write_no_articles(self, client: Client, linus: User, solved: Ticket, shelf: Shelf) -> None:
        client.force_login(linus)
        assert client.get(self.address(solved)).status_code == 403

    def test_without_a_help_centre_it_says_so(self, client: Client, grace: User, solved: Ticket) -> None:
        client.force_login(grace)
        answer = client.get(self.address(solved), follow=True)
        assert "There is no help centre yet." in answer.content.decode()


class TestFlags:
    def test_its_owner_hears_what_is_wrong(self, adas_ticket: Ticket, grace: User, alan: User, shelf: Shelf) -> None:
        article = shelf.put("Oiling", by=alan).article
        flag = flag_article(article, "Two drops, not ten.", language="en", by=grace, ticket=adas_ticket)
        assert list(open_flags()) == [flag]
        told = Notification.objects.get(user=alan, kind=NotificationKind.ARTICLE)
        assert told.detail == "Grace Hopper found something wrong in “Oiling”: Two drops, not ten."
        assert (told.article, told.ticket) == (article, adas_ticket)
        assert TicketEvent.objects.get(kind="article.flagged").payload["title"] == "Oiling"
        assert ArticleEvent.objects.filter(article=article, kind="flagged").exists()

    def test_the_same_said_twice_is_one(self, adas_ticket: Ticket, grace: User, alan: User, shelf: Shelf) -> None:
        article = shelf.put("Oiling", by=alan).article
        for _twice in range(2):
            flag_article(article, "Two drops.", language="en", by=grace, ticket=adas_ticket)
        assert (ArticleFlag.objects.count(), Notification.objects.count()) == (1, 1)

    def test_an_owner_who_may_not_see_the_ticket_is_not_told_of_it(
        self, adas_ticket: Ticket, margaret: User, alan: User, shelf: Shelf
    ) -> None:
        article = shelf.put("Oiling", by=alan).article
        team = Team.objects.create(name="Legal", is_private=True)
        assign_team(adas_ticket, team, actor=Actor.agent(margaret))
        flag_article(article, "Wrong.", language="en", by=margaret, ticket=adas_ticket)
        assert Notification.objects.get(user=alan, kind=NotificationKind.ARTICLE).ticket is None

    def test_it_is_seen_to_once(self, adas_ticket: Ticket, grace: User, alan: User, shelf: Shelf) -> None:
        article = shelf.put("Oiling", by=alan).article
        flag = flag_article(article, "Wrong.", language="en", by=grace, ticket=adas_ticket)
        done = settle_flag(flag, by=alan)
        assert settle_flag(flag, by=grace).done_by == alan and done.done_at
        assert not open_flags(article)
        assert ArticleEvent.objects.filter(article=article, kind="flag.settled").count() == 1

    def test_it_stands_beside_the_editor_until_then(
        self, client: Client, grace: User, alan: User, adas_ticket: Ticket, shelf: Shelf
    ) -> None:
        article = shelf.put("Oiling", by=alan).article
        client.force_login(alan)
        address = f"/knowledge/articles/{article.pk}/tickets/"
        assert client.get(address).content.decode().strip() == ""
        flag = flag_article(article, "Two drops.", language="en", by=grace, ticket=adas_ticket)
        beside = client.get(address).content.decode()
        assert "Two drops." in beside and f"#{adas_ticket.pk}" in beside
        answer = client.post(f"/knowledge/gaps/flags/{flag.pk}/settlement/", {"next": "article"})
        assert answer["Location"] == f"/knowledge/articles/{article.pk}/en/"
        assert "Two drops." not in client.get(address).content.decode()

    def test_nothing_said_is_no_flag(self, client: Client, grace: User, adas_ticket: Ticket, shelf: Shelf) -> None:
        article = shelf.put("The engine rattles").article
        client.force_login(grace)
        address = f"/agent/tickets/{adas_ticket.pk}/articles/{article.pk}/flags/"
        answer = client.post(address, {"text": " "}, headers={"HX-Request": "true"})
        assert answer.status_code == 422 and "Say what is wrong" in answer.content.decode()
        assert client.post(address, {"text": "x" * 2001}, headers={"HX-Request": "true"}).status_code == 422
        assert client.post(address, {"text": "Wrong.", "language": "en"}).status_code == 302
        assert ArticleFlag.objects.count() == 1

    def test_light_agents_may_say_it_too(
        self, client: Client, linus: User, ada: Customer, adas_ticket: Ticket, shelf: Shelf
    ) -> None:
        article = shelf.put("The engine rattles").article
        client.force_login(linus)
        address = f"/agent/tickets/{adas_ticket.pk}/articles/{article.pk}/flags/"
        answer = client.post(address, {"text": "Wrong.", "language": "en"}, headers={"HX-Request": "true"})
        assert answer.status_code == 200 and "Whoever answers for it knows." in answer.content.decode()
