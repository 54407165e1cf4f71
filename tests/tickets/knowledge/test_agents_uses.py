"""Which articles customers were given is read from the words of the message, whoever wrote them and however."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.actors import Actor
from helpdesk.accounts.models import User
from knowledge_base.models import HelpCentre
from tests.tickets.knowledge.articles import Shelf
from tickets.knowledge.giving import Given, given
from tickets.knowledge.uses import linked_in
from tickets.models import ArticleUse, GivenAs, Ticket
from tickets.services import add_note, add_reply, retract_reply

BODY = (
    "<p>Take the lid off before you begin with anything else.</p>"
    "<p>Then oil the third gear from the left, with two drops.</p>"
)


@pytest.fixture
def oiling(shelf: Shelf, adas_ticket: Ticket) -> Given:
    found = given(shelf.put("Oiling", BODY).article, adas_ticket)
    assert found is not None
    return found


def test_a_link_in_a_reply_is_a_use(adas_ticket: Ticket, grace: User, oiling: Given) -> None:
    message = add_reply(adas_ticket, f"<p>See {oiling.link}.</p>", actor=Actor.agent(grace))
    use = ArticleUse.objects.get()
    assert (use.ticket_id, use.message, use.article_id) == (adas_ticket.pk, message, oiling.translation.article_id)
    assert (use.given_as, use.language, use.user) == (GivenAs.LINK, "en", grace)


def test_its_words_in_a_reply_are_told_from_its_link(adas_ticket: Ticket, grace: User, oiling: Given) -> None:
    add_reply(adas_ticket, f"<p>Hello Ada,</p>{oiling.text}", actor=Actor.agent(grace))
    assert ArticleUse.objects.get().given_as == GivenAs.TEXT


def test_what_its_author_took_out_again_was_not_given(adas_ticket: Ticket, grace: User, oiling: Given) -> None:
    add_reply(adas_ticket, "<p>Never mind the article.</p>", actor=Actor.agent(grace))
    assert not ArticleUse.objects.exists()


def test_a_note_gives_nothing_to_customers(adas_ticket: Ticket, grace: User, oiling: Given) -> None:
    add_note(adas_ticket, f"<p>{oiling.link}</p>", actor=Actor.agent(grace))
    assert not ArticleUse.objects.exists()


def test_taking_the_reply_back_takes_the_use_back(adas_ticket: Ticket, grace: User, oiling: Given) -> None:
    message = add_reply(adas_ticket, f"<p>{oiling.link}</p>", actor=Actor.agent(grace))
    retract_reply(message, actor=Actor.agent(grace))
    assert not ArticleUse.objects.exists()


def test_one_that_is_sent_later_is_written_once(adas_ticket: Ticket, grace: User, oiling: Given) -> None:
    later = timezone.now() + timedelta(hours=3)
    message = add_reply(adas_ticket, f"<p>{oiling.link} {oiling.link}</p>", actor=Actor.agent(grace), send_at=later)
    assert ArticleUse.objects.filter(message=message).count() == 1


def test_strangers_addresses_and_articles_that_are_gone_are_none(
    adas_ticket: Ticket, grace: User, shelf: Shelf, oiling: Given
) -> None:
    number = oiling.translation.article_id
    html = f'<a href="https://elsewhere.example/hc/en/articles/{number}-x/">x</a> <a href="{oiling.url}9">y</a>'
    assert linked_in(html) == {number: "en"}
    gone = oiling.url.replace(f"/{number}-", f"/{number + 77}-")
    add_reply(adas_ticket, f'<p><a href="{gone}">x</a></p>', actor=Actor.agent(grace))
    assert not ArticleUse.objects.exists()


def test_each_help_centre_is_known_by_its_host(shelf: Shelf) -> None:
    HelpCentre.objects.create(name="Looms", host="looms.example.org", languages=["en"])
    assert linked_in(
        "http://looms.example.org:8000/hc/en/articles/12-x/ http://loom.example.org/hc/en/articles/13"
    ) == {12: "en"}
