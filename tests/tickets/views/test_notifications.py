"""The notification centre over HTTP: the bell, the page, reading, and one's own settings."""

from datetime import time

import pytest
from django.test import Client

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from tests.cast import open_for
from tickets.models import Inbox, Notification, NotificationSettings, Ticket
from tickets.notifications import tell
from tickets.services import add_note, assign, assign_team

BELL, PAGE, READING = "/agent/notifications/bell/", "/agent/notifications/", "/agent/notifications/reading/"
SETTINGS = "/agent/profile/notifications/"


@pytest.fixture
def graces(client: Client, grace: User) -> Client:
    client.force_login(grace)
    return client


@pytest.fixture
def told(adas_ticket: Ticket, grace: User, alan: User) -> Notification:
    add_note(adas_ticket, "<p>@grace, the <b>cogs</b>?</p>", actor=Actor.agent(alan))
    return Notification.objects.get(user=grace)


def text_of(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def test_the_bell_counts_and_says_the_newest(graces: Client, told: Notification, adas_ticket: Ticket) -> None:
    html = text_of(graces, BELL)
    assert 'data-unread="1"' in html
    assert f'data-tickets="{adas_ticket.pk}"' in html
    assert 'data-say="Alan Turing mentioned you: The engine rattles"' in html
    assert "Notifications, 1 unread" in html


def test_pages_carry_a_bell_that_costs_them_nothing(graces: Client, told: Notification) -> None:
    html = text_of(graces, "/agent/")
    assert 'id="bell"' in html
    assert "data-unread" not in html


def test_the_page_groups_by_ticket(
    graces: Client, told: Notification, adas_ticket: Ticket, ada: Customer, support: Inbox, grace: User, alan: User
) -> None:
    other = open_for(ada, support, "Steam everywhere")
    assign(other, grace, actor=Actor.agent(alan))
    add_note(adas_ticket, "<p>Still there?</p>", actor=Actor.agent(alan))
    html = text_of(graces, PAGE)
    assert html.count("<h3>") == 2
    assert html.index("The engine rattles") < html.index("Steam everywhere")
    assert "Alan Turing mentioned you" in html
    assert "@Grace Hopper, the cogs?" in html
    assert "Alan Turing assigned the ticket to you" in html
    assert "Alan Turing wrote a note" in html  # she follows since she was named


def test_older_ones_come_by_keyset(graces: Client, grace: User) -> None:
    for number in range(45):
        tell(grace, "bulk_done", detail=f"Job {number:02}")
    first = text_of(graces, PAGE)
    assert "Job 44" in first and "Job 05" in first and "Job 04" not in first
    cursor = first.split("?after=")[1].split('"')[0]
    older = text_of(graces, f"{PAGE}?after={cursor}")
    assert "Job 04" in older and "Job 05" not in older and "?after=" not in older
    assert "Job 44" in text_of(graces, f"{PAGE}?after=nonsense")


def test_nothing_to_tell(graces: Client) -> None:
    assert "Nothing to tell" in text_of(graces, PAGE)
    assert "up to date" in text_of(graces, f"{PAGE}?panel=1")


def test_going_there_is_reading(graces: Client, told: Notification, adas_ticket: Ticket) -> None:
    answer = graces.get(f"{PAGE}{told.pk}/")
    assert answer.status_code == 302
    assert answer["Location"] == f"/agent/tickets/{adas_ticket.pk}/#m{told.event.message_id}"  # type: ignore[union-attr]
    told.refresh_from_db()
    assert told.read_at
    assert 'data-unread="0"' in text_of(graces, BELL)


def test_opening_the_ticket_marks_all_of_it(graces: Client, told: Notification, adas_ticket: Ticket) -> None:
    assert graces.post(READING, {"ticket": adas_ticket.pk}, headers={"HX-Request": "true"}).status_code == 204
    assert not Notification.objects.filter(read_at=None).exists()


def test_all_read_stops_at_what_was_seen(graces: Client, told: Notification, grace: User) -> None:
    later = tell(grace, "bulk_done", detail="Done")
    assert later
    assert graces.post(READING, {"until": told.pk}).status_code == 302
    assert list(Notification.objects.filter(read_at=None)) == [later]


@pytest.mark.parametrize("data", [{}, {"ticket": "x"}, {"until": "9" * 30}, {"ticket": "-1"}])
def test_reading_nonsense(graces: Client, data: dict[str, str]) -> None:
    assert graces.post(READING, data).status_code == 400


def test_anothers_notification_does_not_exist(client: Client, alan: User, told: Notification) -> None:
    client.force_login(alan)
    assert client.get(f"{PAGE}{told.pk}/").status_code == 404
    client.post(READING, {"notification": told.pk})
    told.refresh_from_db()
    assert told.read_at is None


def test_what_one_may_no_longer_see_is_gone(
    graces: Client, told: Notification, adas_ticket: Ticket, alan: User
) -> None:
    legal = Team.objects.create(name="Legal", is_private=True)
    assign_team(adas_ticket, legal, actor=Actor.agent(alan))
    assert "The engine" not in text_of(graces, PAGE)
    assert 'data-unread="0"' in text_of(graces, BELL)
    assert graces.get(f"{PAGE}{told.pk}/").status_code == 404


class TestSettings:
    def test_what_is_chosen_is_kept(self, graces: Client, grace: User) -> None:
        data = {
            "mention.bell": "on",
            "followed.email": "on",
            "email_each_minutes": "15",
            "quiet_from": "22:00",
            "quiet_until": "07:00",
        }
        assert graces.post(SETTINGS, data).status_code == 302
        kept = NotificationSettings.objects.get(user=grace)
        assert kept.ways["mention"] == ["bell", "push"]  # push is not offered here, so it stays
        assert kept.ways["followed"] == ["email"]
        assert kept.ways["assigned"] == ["push"]
        assert (kept.email_each_minutes, kept.quiet_from, kept.quiet_until) == (15, time(22), time(7))
        assert not kept.quiet_when_away
        html = text_of(graces, SETTINGS)
        assert html.count(" checked") == 2
        assert 'value="22:00"' in html

    @pytest.mark.parametrize(
        ("data", "error"),
        [
            ({"quiet_from": "22:00"}, "Say when they end."),
            ({"quiet_from": "22:00", "quiet_until": "22:00"}, "They would never end."),
            ({"quiet_from": "25:00", "quiet_until": "07:00"}, "Enter a valid time."),
            ({"email_each_minutes": "7"}, "Select a valid choice."),
        ],
    )
    def test_nonsense_is_said_at_its_field(self, graces: Client, data: dict[str, str], error: str) -> None:
        answer = graces.post(SETTINGS, {"email_each_minutes": "60", **data})
        assert answer.status_code == 422
        assert error in answer.content.decode()
        assert not NotificationSettings.objects.exists()

    def test_the_defaults_are_shown_to_whoever_never_chose(self, graces: Client) -> None:
        assert text_of(graces, SETTINGS).count(" checked") == 23


class TestMentionMenu:
    def test_it_offers_everybody_but_the_writer(
        self, graces: Client, adas_ticket: Ticket, alan: User, linus: User
    ) -> None:
        people = graces.get(f"/agent/tickets/{adas_ticket.pk}/mentionable/").json()["people"]
        assert [one["name"] for one in people] == ["Alan Turing", "Linus Light", "Support"]
        assert people[0] | {"hue": 0} == {
            "id": f"user:{alan.pk}",
            "name": "Alan Turing",
            "detail": "Agent",
            "words": "alan",
            "initials": "AT",
            "hue": 0,
            "sees": True,
        }

    def test_it_knows_who_may_not_see_the_ticket(
        self, client: Client, adas_ticket: Ticket, grace: User, alan: User, margaret: User, support_team: Team
    ) -> None:
        legal = Team.objects.create(name="Legal", is_private=True)
        legal.members.add(alan)
        assign_team(adas_ticket, legal, actor=Actor.agent(alan))
        client.force_login(alan)
        people = client.get(f"/agent/tickets/{adas_ticket.pk}/mentionable/").json()["people"]
        assert {one["name"]: one["sees"] for one in people} == {
            "Grace Hopper": False,
            "Margaret Hamilton": True,
            "Legal": True,
            "Support": False,
        }
