"""Ratings: given once it is solved, kept all, the latest counts; told on both timelines and at a glance."""

from __future__ import annotations

import pytest
from django.utils import timezone

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from tests.cast import open_for
from tickets.customers.health import Satisfaction, Trend, health_of
from tickets.customers.timeline import Subject, page_of
from tickets.customers.wordless import empty_tickets
from tickets.models import Inbox, Rating, Status, Ticket, TicketEvent
from tickets.services import Refused, assign, assign_team, change_status, rate

pytestmark = pytest.mark.django_db


@pytest.fixture
def solved(adas_ticket: Ticket, grace: User) -> Ticket:
    assign(adas_ticket, grace, actor=Actor.agent(grace))
    return change_status(adas_ticket, Status.SOLVED, actor=Actor.agent(grace))


def test_row_and_event(solved: Ticket, ada: Customer, grace: User, support_team: Team) -> None:
    rating = rate(solved, "good", comment=" Quick! ", actor=Actor.of_customer(ada))
    assert (rating.score, rating.comment, rating.customer) == ("good", "Quick!", ada)
    assert (rating.assignee, rating.team) == (grace, support_team)
    event = TicketEvent.objects.get(kind="rating.given")
    assert event.payload == {"rating_id": rating.pk, "score": "good", "comment": "Quick!", "old": ""}
    assert event.actor_customer == ada


def test_changing_ones_mind_keeps_both(solved: Ticket, ada: Customer) -> None:
    for score in ("good", "bad", "bad"):
        rate(solved, score, actor=Actor.of_customer(ada))
    assert list(Rating.objects.order_by("pk").values_list("score", flat=True)) == ["good", "bad"]
    assert TicketEvent.objects.filter(kind="rating.given").latest("pk").payload["old"] == "good"


def test_closed_ones_can_be_rated_and_unsolved_ones_not(solved: Ticket, ada: Customer, grace: User) -> None:
    rate(change_status(solved, Status.CLOSED, actor=Actor.agent(grace)), "good", actor=Actor.of_customer(ada))
    assert Ticket.objects.get(pk=solved.pk).status == Status.CLOSED


@pytest.mark.parametrize(("score", "comment"), [("excellent", ""), ("", ""), ("good", "x" * 2001)])
def test_nonsense_is_refused(score: str, comment: str, solved: Ticket, ada: Customer) -> None:
    with pytest.raises(Refused):
        rate(solved, score, comment=comment, actor=Actor.of_customer(ada))
    assert not Rating.objects.exists()


def test_before_it_is_solved_there_is_nothing_to_rate(adas_ticket: Ticket, ada: Customer) -> None:
    with pytest.raises(Refused):
        rate(adas_ticket, "good", actor=Actor.of_customer(ada))


def test_machines_do_not_rate_for_ever(solved: Ticket, ada: Customer) -> None:
    for number in range(50):
        rate(solved, "bad", comment=str(number), actor=Actor.of_customer(ada))
    with pytest.raises(Refused):
        rate(solved, "good", actor=Actor.of_customer(ada))
    assert Rating.objects.count() == 50


def test_it_stands_at_a_glance_for_whoever_may_see_the_ticket(
    solved: Ticket, ada: Customer, support: Inbox, grace: User, margaret: User
) -> None:
    assert health_of(ada, User.objects.get(pk=grace.pk), now=timezone.now()).satisfaction is None
    rate(solved, "bad", actor=Actor.of_customer(ada))
    rate(solved, "good", actor=Actor.of_customer(ada))
    private = change_status(open_for(ada, support, "Secret"), Status.SOLVED, actor=Actor.agent(grace))
    assign_team(private, Team.objects.create(name="Legal", is_private=True), actor=Actor.agent(margaret))
    rate(private, "bad", actor=Actor.of_customer(ada))
    seen = health_of(ada, grace, now=timezone.now()).satisfaction
    assert seen and (seen.rated, seen.percent) == ((True,), 100)
    of_lead = health_of(ada, margaret, now=timezone.now()).satisfaction
    assert of_lead and (of_lead.rated, of_lead.percent) == ((False, True), 50)


@pytest.mark.parametrize(
    ("rated", "trend"),
    [
        ("gg", None),
        ("gggbb", None),
        ("gggbbb", Trend.RISING),
        ("bbbggg", Trend.FALLING),
        ("gggggg", Trend.STEADY),
    ],
)
def test_a_trend_needs_enough_of_both(rated: str, trend: Trend | None) -> None:
    assert Satisfaction(tuple(score == "g" for score in rated)).trend == trend


def test_it_is_told_on_the_customers_timeline(solved: Ticket, ada: Customer, grace: User) -> None:
    rate(solved, "bad", comment="It still <rattles>.", actor=Actor.of_customer(ada))
    entries = page_of(Subject.of(ada), grace).entries
    told = [entry for entry in entries if entry.place.source == "rating"]
    assert len(told) == 1 and told[0].told.ticket and told[0].told.ticket.number == solved.pk
    assert "It still <rattles>." in told[0].told.line


def test_who_is_forgotten_leaves_the_score_and_no_words(solved: Ticket, ada: Customer) -> None:
    rating = rate(solved, "bad", comment="Grace knows why.", actor=Actor.of_customer(ada))
    empty_tickets([solved.pk])
    rating.refresh_from_db()
    assert (rating.score, rating.comment) == ("bad", "")
    assert TicketEvent.objects.get(kind="rating.given").payload["comment"] == ""
