"""What the links of a survey's mail do: looking records nothing, a press does, and minds may change."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from channels_app.survey_mails import OUTBOX
from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from tickets.models import Rating, Status, Survey, SurveyInvitation, Ticket, TicketEvent
from tickets.services import Refused, assign, change_status
from tickets.surveys.answering import answer
from tickets.surveys.asking import sweep
from tickets.surveys.links import answer_address, read_token, token_of, trial_address

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(solved: Ticket) -> SurveyInvitation:
    sweep(now=timezone.now() + timedelta(minutes=61))
    return SurveyInvitation.objects.select_related("survey", "ticket").get()


def path_of(invitation: SurveyInvitation) -> str:
    return f"/survey/{token_of(invitation)}/"


def test_looking_records_nothing_however_often(asked: SurveyInvitation, client: Client) -> None:
    """Scanners of mail follow every link, with GET and HEAD, and in any order."""
    for value in (1, 2, 3, 4, 5, 77):
        assert client.get(f"{path_of(asked)}?v={value}").status_code == 200
        assert client.head(f"{path_of(asked)}?v={value}").status_code == 200
    asked.refresh_from_db()
    assert not Rating.objects.exists() and asked.state == "sent"
    assert not TicketEvent.objects.filter(kind="rating.given").exists()


def test_the_links_answer_is_chosen_and_a_press_counts(
    asked: SurveyInvitation, client: Client, grace: User, support_team: Team
) -> None:
    shown = client.get(f"{path_of(asked)}?v=4").content.decode()
    assert re.search(r'value="4"[^>]*checked', shown) and not re.search(r'value="5"[^>]*checked', shown)
    response = client.post(path_of(asked), {"value": "4"})
    assert response.status_code == 302 and response["Location"].endswith("?done=1")
    rating = Rating.objects.get()
    assert (rating.kind, rating.scale, rating.value, rating.score) == ("csat", 5, 4, "good")
    assert (rating.survey, rating.invitation, rating.given_by) == (asked.survey, asked, "mail")
    assert (rating.assignee, rating.team) == (grace, support_team)
    asked.refresh_from_db()
    assert asked.state == "answered" and asked.answered_at and asked.remind_at is None
    event = TicketEvent.objects.get(kind="rating.given")
    assert (event.payload["survey"], event.payload["value"], event.payload["scale"]) == ("csat", 4, 5)
    assert "Thank you" in client.get(response["Location"]).content.decode()


def test_a_press_needs_no_cookie(asked: SurveyInvitation) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path_of(asked), {"value": "5"}).status_code == 302


def test_reasons_go_with_bad_answers_and_minds_may_change(asked: SurveyInvitation, client: Client) -> None:
    client.post(path_of(asked), {"value": "1", "reasons": ["slow"], "comment": " Two weeks! "})
    client.post(path_of(asked), {"value": "5", "reasons": ["slow"], "comment": "Two weeks!"})
    first, second = Rating.objects.order_by("pk")
    assert (first.score, first.reasons, first.comment, first.replaced_by) == ("bad", ["slow"], "Two weeks!", second)
    assert (second.score, second.reasons, second.replaced_by) == ("good", [], None)
    assert TicketEvent.objects.filter(kind="rating.given").latest("pk").payload["old"] == "bad"
    again = client.get(path_of(asked)).content.decode()
    assert re.search(r'value="5"[^>]*checked', again) and "Two weeks!" in again


def test_it_belongs_to_whoever_had_the_ticket_then(asked: SurveyInvitation, alan: User, grace: User) -> None:
    answer(asked, 2)
    assign(asked.ticket, alan, actor=Actor.agent(alan))
    assert Rating.objects.get().assignee == grace


@pytest.mark.parametrize("value", ["", "0", "6", "x", "4; drop"])
def test_nonsense_is_refused_at_the_place(value: str, asked: SurveyInvitation, client: Client) -> None:
    response = client.post(path_of(asked), {"value": value})
    assert response.status_code == 422 and not Rating.objects.exists()
    assert 'role="alert"' in response.content.decode()


def test_tampered_and_foreign_links_say_so(asked: SurveyInvitation, client: Client) -> None:
    token = token_of(asked)
    number, mac = token.split(".")
    flipped = ("a" if mac[0] != "a" else "b") + mac[1:]
    for wrong in (f"{number}.{flipped}", f"{int(number) + 1}.{mac}", token[:-1], "nonsense", f"{'9' * 19}.{mac}"):
        for response in (client.get(f"/survey/{wrong}/"), client.post(f"/survey/{wrong}/", {"value": "5"})):
            assert response.status_code == 404 and "does not work" in response.content.decode()
    assert not Rating.objects.exists()
    assert read_token(token.upper()) == asked, "some mail programs change case"


def test_an_expired_link_says_so(asked: SurveyInvitation, client: Client) -> None:
    SurveyInvitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert client.get(path_of(asked)).status_code == 410
    assert client.post(path_of(asked), {"value": "5"}).status_code == 410
    with pytest.raises(Refused):
        answer(SurveyInvitation.objects.get(), 5)
    assert not Rating.objects.exists()


def test_what_was_opened_again_since_can_still_be_answered(asked: SurveyInvitation, grace: User) -> None:
    ticket = change_status(asked.ticket, Status.OPEN, actor=Actor.agent(grace))
    assert answer(asked, 1).ticket == ticket


def test_the_mail_has_a_link_for_each_answer_and_one_to_be_left_alone(
    asked: SurveyInvitation, ada: Customer, client: Client
) -> None:
    OUTBOX.send_due(now=timezone.now() + timedelta(hours=2))
    raw = mail.outbox[0].raw if hasattr(mail.outbox[0], "raw") else b""
    text = raw.decode()
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in text
    html = client.get(path_of(asked)).content.decode()
    assert "/preferences/" in html
    for value in range(1, 6):
        assert answer_address(asked, value).endswith(f"?v={value}")


def test_it_speaks_the_language_of_who_was_asked(solved: Ticket, ada: Customer, client: Client) -> None:
    Customer.objects.filter(pk=ada.pk).update(language="de")
    Survey.objects.update(texts={"de": {"question": "Na, wie war es?"}})
    sweep(now=timezone.now() + timedelta(minutes=61))
    invitation = SurveyInvitation.objects.get()
    assert invitation.language == "de"
    shown = client.get(f"/survey/{token_of(invitation)}/")
    assert shown["Content-Language"] == "de" and "Na, wie war es?" in shown.content.decode()
    english = client.get(f"/survey/{token_of(invitation)}/?language=en").content.decode()
    assert "How content are you" in english


def test_a_test_mails_page_keeps_nothing(survey: Survey, client: Client) -> None:
    path = trial_address(survey, 4).partition("//")[2].partition("/")[2]
    assert client.get(f"/{path}").status_code == 200
    response = client.post(f"/{path}", {"value": "4"})
    assert response.status_code == 200 and "not kept" in response.content.decode()
    assert not Rating.objects.exists()
    assert client.get("/survey/test/1.aaaaaaaaaaaaaaaa/").status_code == 404
