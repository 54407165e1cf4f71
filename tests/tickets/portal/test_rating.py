"""Ratings: given once it is solved, kept all, the latest counts; told on both timelines and at a glance."""

from __future__ import annotations

import pytest
from django.utils import timezone

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import Role, Team, User
from tests.cast import open_for, staff
from tickets.customers.health import Satisfaction, Trend, health_of
from tickets.customers.timeline import Subject, page_of
from tickets.customers.wordless import empty_tickets
from tickets.models import Inbox, Notification, Rating, Status, Ticket, TicketEvent
from tickets.notifications.words import tell_of
from tickets.services import Refused, add_follower, assign, assign_team, change_status, rate

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
    said = {"score": "good", "comment": "Quick!", "old": "", "survey": "csat", "value": 2, "scale": 2, "reasons": []}
    assert event.payload == {"rating_id": rating.pk, **said}
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


def told(kind: str = "bad_rating") -> set[tuple[str, str]]:
    rows = Notification.objects.filter(kind=kind).select_related("user", "ticket", "event")
    return {(row.user.first_name, tell_of(row).preview) for row in rows}


def test_a_bad_one_reaches_its_assignee_followers_and_those_who_lead_the_team(
    solved: Ticket, ada: Customer, linus: User, margaret: User, radia: User, support_team: Team
) -> None:
    other = staff("barbara@onethread.test", "Barbara Liskov", Role.LEAD)
    margaret.teams.add(support_team)
    add_follower(solved, linus, actor=Actor.agent(linus))
    rate(solved, "good", actor=Actor.of_customer(ada))
    assert not told()
    rate(solved, "bad", comment="It still rattles.", actor=Actor.of_customer(ada))
    words = "It still rattles."
    assert told() == {("Grace", words), ("Linus", words), ("Margaret", words)}
    row = Notification.objects.get(user=margaret)
    assert tell_of(row).sentence == "Ada Lovelace was not content with how it went"
    assert row.email_due_at and tell_of(row).path == f"/agent/tickets/{solved.pk}/"
    assert not Notification.objects.filter(user__in=(other, radia)).exists()


def test_without_a_lead_of_its_team_every_lead_hears(solved: Ticket, ada: Customer, margaret: User) -> None:
    rate(solved, "bad", actor=Actor.of_customer(ada))
    assert told() == {("Grace", ""), ("Margaret", "")}


def test_erasing_takes_it_out_of_the_bell(solved: Ticket, ada: Customer, margaret: User) -> None:
    rate(solved, "bad", comment="It still rattles.", actor=Actor.of_customer(ada))
    empty_tickets([solved.pk])
    assert not told()
