"""A person's own page: today beside their own usual day, and what customers said. Nobody else's numbers."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from metrics.me.days import own_days, streak_of
from metrics.me.heard import praise_of, ratings_of, thanks_to
from metrics.models import Moment, MomentKind
from tests.cast import open_for
from tickets.models import Channel, Inbox, Rating, Ticket
from tickets.services import Incoming, add_reply, assign_team, change_status, receive_message

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 3, 25, 12, tzinfo=BERLIN)  # a Wednesday


def did(user: User, ticket: Ticket, kind: MomentKind, at: datetime, times: int = 1, seconds: int | None = None) -> None:
    Moment.objects.bulk_create(
        Moment(ticket=ticket, at=at, kind=kind, user_id=user.pk, channel="email", seconds=seconds) for _ in range(times)
    )


@pytest.mark.django_db
def test_today_stands_beside_the_median_of_worked_days(grace: User, alan: User, adas_ticket: Ticket) -> None:
    for ago, times in enumerate([4, 8, 6, 2, 10], start=1):
        did(grace, adas_ticket, MomentKind.REPLIED, NOON - timedelta(days=ago), times, seconds=600)
    did(grace, adas_ticket, MomentKind.REPLIED, NOON, 7, seconds=300)
    did(grace, adas_ticket, MomentKind.ASSIGNED, NOON - timedelta(days=20), 3)  # no work, so no day
    did(alan, adas_ticket, MomentKind.REPLIED, NOON, 99)

    own = own_days(grace, now=NOON, zone=BERLIN)
    replies, solved, wait = own.beside

    assert own.worked == 5
    assert (replies.today, replies.usual, replies.is_good) == (7, 6, True)
    assert (solved.today, solved.usual) == (0, 0)
    assert (wait.today, wait.usual, wait.is_good) == (300, 600, True)


@pytest.mark.django_db
def test_of_few_days_nothing_is_usual(grace: User, adas_ticket: Ticket) -> None:
    for ago in range(1, 5):
        did(grace, adas_ticket, MomentKind.REPLIED, NOON - timedelta(days=ago))

    assert [each.usual for each in own_days(grace, now=NOON, zone=BERLIN).beside] == [None, None, None]


@pytest.mark.django_db
def test_a_day_begins_at_midnight_of_the_zone_also_when_the_clock_changes(grace: User, adas_ticket: Ticket) -> None:
    sunday = datetime(2026, 3, 29, 23, 30, tzinfo=BERLIN)  # an hour was lost in the night before
    did(grace, adas_ticket, MomentKind.REPLIED, sunday.replace(hour=0, minute=30))
    did(grace, adas_ticket, MomentKind.REPLIED, sunday - timedelta(days=1))

    own = own_days(grace, now=sunday, zone=BERLIN)

    assert (own.today.replies, own.worked) == (1, 1)


@pytest.mark.parametrize(
    ("values", "streak"),
    [
        ([1, 5, 6, 7, 6], 4),
        ([6, 4, 6, 2], 1),  # today is not over: it breaks nothing
        ([6, None, 6, None], 2),
        ([4, 4, 4, 4], 0),
    ],
)
def test_days_in_a_row(values: list[float | None], streak: int) -> None:
    assert streak_of(values, 5) == streak


def test_waits_are_better_when_shorter() -> None:
    assert streak_of([900, 200, 300, 250], 300, lower_is_better=True) == 3


def thank(ticket: Ticket, ada: Customer, text: str) -> None:
    incoming = Incoming(text=text, subject="Re", from_address="ada@example.org", to=["support@onethread.test"])
    receive_message(ticket, incoming, customer=ada, channel=Channel.EMAIL, actor=Actor.of_customer(ada))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "is_praise"),
    [
        ("Thank you so much, it runs like new!", True),
        ("Vielen Dank, das hat sofort geholfen.", True),
        ("Thanks. But the refund never arrived.", False),
        ("Thanks, could you send me the bill?", False),
        ("It runs.", False),
    ],
)
def test_short_thanks_after_an_answer_are_praise(
    grace: User, ada: Customer, adas_ticket: Ticket, words: str, is_praise: bool
) -> None:
    now = timezone.now()
    add_reply(adas_ticket, "<p>Oil it.</p>", actor=Actor.agent(grace))
    did(grace, adas_ticket, MomentKind.REPLIED, now - timedelta(minutes=1))
    thank(adas_ticket, ada, words)
    change_status(Ticket.objects.get(pk=adas_ticket.pk), "solved", actor=Actor.agent(grace))

    found = thanks_to(grace, now=now + timedelta(minutes=1))

    assert [each.words for each in found] == ([words] if is_praise else [])


@pytest.mark.django_db
def test_ratings_belong_to_whom_the_customer_had(grace: User, alan: User, ada: Customer, adas_ticket: Ticket) -> None:
    now = timezone.now()
    good = Rating.objects.create(
        ticket=adas_ticket, customer=ada, score="good", comment="Quick!", assignee=grace, at=now
    )
    Rating.objects.create(ticket=adas_ticket, customer=ada, score="bad", assignee=grace, at=now, replaced_by=good)
    Rating.objects.create(ticket=adas_ticket, customer=ada, score="bad", comment="Slow", assignee=alan, at=now)

    votes, ratings = ratings_of(grace, now=now)

    assert (votes.good, votes.bad, votes.score, votes.is_few) == (1, 0, 100, True)
    assert ratings == [good]
    assert [each.words for each in praise_of(grace, ratings, now=now)] == ["Quick!"]


@pytest.mark.django_db
def test_the_page(client: Client, grace: User, ada: Customer, support: Inbox, adas_ticket: Ticket) -> None:
    secret = Team.objects.create(name="Legal", is_private=True)
    hidden = open_for(ada, support, "A secret")
    assign_team(hidden, secret, actor=Actor.agent(grace))
    Rating.objects.create(ticket=hidden, score="bad", comment="It took long", assignee=grace, at=timezone.now())
    client.force_login(grace)

    page = client.get("/reports/me/").content.decode()

    assert "It took long" in page  # it is about her
    assert f"/agent/tickets/{hidden.pk}/" not in page  # but the ticket is not hers to open any more
