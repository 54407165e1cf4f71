"""The chat's window and the customer's own pages: the same answers, settled with the same invitation."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import User
from tests.tickets.chat.conftest import chat, visitor, waiting, widget  # noqa: F401  fixtures
from tickets.chat import life, log
from tickets.chat.rating import rate_chat
from tickets.chat.settling import settle
from tickets.models import Chat, EndedBy, Rating, Said, Survey, SurveyInvitation, SurveyMail, Ticket
from tickets.portal.links import ask_for_link, token_of
from tickets.services import change_status
from tickets.surveys.asking import sweep

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=61)


@pytest.fixture
def of_chats(db: None) -> Survey:
    return Survey.objects.create(
        title="After a chat", kind="csat", scale=2, moment="chat", is_active=True, delay_minutes=10, apart_days=0
    )


def end(chat: Chat) -> SurveyInvitation:  # noqa: F811
    log.say(chat, Said.VISITOR, "Thanks!")
    settle(chat)
    chat.refresh_from_db()
    life.end(chat, EndedBy.AGENT, user=chat.agent)
    return SurveyInvitation.objects.get()


def test_who_answers_in_the_chat_gets_no_mail(chat: Chat, of_chats: Survey) -> None:  # noqa: F811
    assert end(chat).state == "waiting"
    rating = rate_chat(chat, "good")
    assert (rating.survey, rating.value, rating.scale, rating.given_by) == (of_chats, 2, 2, "chat")
    asked = SurveyInvitation.objects.get()
    assert asked.state == "answered" and asked.sent_at and rating.invitation == asked
    assert sweep(now=timezone.now() + LATER) == 0 and not SurveyMail.objects.exists()


def test_who_leaves_without_a_word_is_asked_by_mail(chat: Chat, of_chats: Survey) -> None:  # noqa: F811
    end(chat)
    assert sweep(now=timezone.now() + LATER) == 1
    assert SurveyInvitation.objects.get().mailed_to == SurveyMail.objects.get().email == "ada@example.org"


def test_a_visitor_without_an_address_was_asked_by_the_window_alone(
    chat: Chat,  # noqa: F811
    of_chats: Survey,
) -> None:
    chat.visitor.claimed_email = ""
    chat.visitor.save()
    end(chat)
    assert sweep(now=timezone.now() + LATER) == 1 and not SurveyMail.objects.exists()
    asked = SurveyInvitation.objects.get()
    assert (asked.state, asked.mailed_to) == ("sent", "")


def test_a_chat_that_nobody_took_is_not_asked_about(waiting: Chat, of_chats: Survey) -> None:  # noqa: F811
    log.say(waiting, Said.VISITOR, "Hello?")
    settle(waiting)
    waiting.refresh_from_db()
    life.end(waiting, EndedBy.NOBODY)
    assert not SurveyInvitation.objects.exists()


@pytest.fixture
def adas(ada: Customer) -> Client:
    client = Client()
    link = ask_for_link("ada@example.org", language="en")
    assert link is not None
    client.post(f"/requests/sign-in/{token_of(link)}/")
    return client


def test_the_own_pages_ask_by_the_surveys_scale(solved: Ticket, survey: Survey, adas: Client) -> None:
    shown = adas.get(f"/requests/{solved.pk}/").content.decode()
    assert 'value="5"' in shown and "It took too long" in shown
    assert adas.post(f"/requests/{solved.pk}/rating/", {"value": 6}).status_code == 422
    response = adas.post(f"/requests/{solved.pk}/rating/", {"value": 2, "reasons": ["slow"], "comment": "Hm."})
    assert response.status_code == 302
    rating = Rating.objects.get()
    assert (rating.survey, rating.value, rating.scale, rating.score) == (survey, 2, 5, "bad")
    assert (rating.reasons, rating.given_by) == (["slow"], "portal")
    asked = SurveyInvitation.objects.get()
    assert (asked.state, asked.sent_at) == ("answered", None), "nobody had to ask by mail"
    assert sweep(now=timezone.now() + LATER) == 0


def test_without_a_survey_thumbs_are_asked_as_before(
    adas_ticket: Ticket, ada: Customer, adas: Client, grace: User
) -> None:
    change_status(adas_ticket, "solved", actor=Actor.agent(grace))
    shown = adas.get(f"/requests/{adas_ticket.pk}/").content.decode()
    assert 'value="2"' in shown and 'value="5"' not in shown
    adas.post(f"/requests/{adas_ticket.pk}/rating/", {"value": 2})
    assert Rating.objects.get().score == "good"
