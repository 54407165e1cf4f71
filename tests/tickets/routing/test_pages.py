from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from helpdesk.accounts.models import Availability, Team, User
from tests.cast import open_for
from tickets.models import Capacity, Inbox, RoutingMode, Skill, TeamRouting
from tickets.routing.handing_out import route_waiting


@pytest.fixture
def admin(client: Client, radia: User) -> Client:
    client.force_login(radia)
    return client


def test_an_admin_sets_a_team_up(admin: Client, support_team: Team, ada: Customer, support: Inbox) -> None:
    page = admin.get("/settings/routing/").content.decode()
    assert "By hand" in page
    data = {"mode": "round_robin", "uses_skills": "on", "take_back_after": "30"}
    assert admin.post(f"/settings/routing/teams/{support_team.pk}/", data).status_code == 302
    routing = TeamRouting.objects.get()
    kept = (routing.mode, routing.uses_skills, routing.only_in_hours, routing.take_back_after)
    assert kept == (
        "round_robin",
        True,
        False,
        30,
    )
    open_for(ada, support, "A question")
    route_waiting(now=timezone.now())
    page = admin.get("/settings/routing/").content.decode()
    assert "30 minutes" in page and "1: nobody is online" in page


@pytest.mark.parametrize("wrong", [{"mode": "lottery"}, {"take_back_after": "-1"}, {"take_back_after": "soon"}])
def test_what_is_no_way_to_assign_is_refused(admin: Client, support_team: Team, wrong: dict[str, str]) -> None:
    data = {"mode": "round_robin", "take_back_after": "0"} | wrong
    assert admin.post(f"/settings/routing/teams/{support_team.pk}/", data).status_code == 422
    assert not TeamRouting.objects.exists()


def test_people_and_skills(admin: Client, grace: User) -> None:
    admin.post("/settings/routing/skills/", {"name": " lang:de "})
    again = admin.post("/settings/routing/skills/", {"name": "LANG:DE"})
    assert again.status_code == 422 and "There is such a skill already." in again.content.decode()
    skill = Skill.objects.get(name="lang:de")
    url = f"/settings/routing/people/{grace.pk}/"
    assert admin.post(url, {"room_email": "many"}).status_code == 422
    admin.post(url, {"room_email": "7", "room_slack": "0", "skills": [str(skill.pk)]})
    assert Capacity.objects.get(user=grace).per_channel == {"email": 7, "slack": 0}
    assert list(grace.skills.all()) == [skill]
    assert 'value="7"' in admin.get(url).content.decode()
    admin.post(f"/settings/routing/skills/{skill.pk}/deletion/")
    assert not grace.skills.exists()


def test_everybody_says_whether_they_are_there(client: Client, linus: User) -> None:
    client.force_login(linus)
    fragment = client.post("/agent/availability/", {"availability": "online"}, HTTP_HX_REQUEST="true").content.decode()
    assert 'id="me"' in fragment and "Online" in fragment
    linus.refresh_from_db()
    assert linus.availability == Availability.ONLINE
    assert client.post("/agent/availability/", {"availability": "asleep"}).status_code == 422
    assert client.post("/agent/availability/", {"availability": "away"}).status_code == 302
    assert 'aria-label="Availability"' in client.get("/agent/").content.decode()


def test_the_timeline_says_why(client: Client, ada: Customer, support: Inbox, joan: User) -> None:
    ticket = open_for(ada, support, "A question")
    route_waiting(now=timezone.now())
    client.force_login(joan)
    page = client.get(f"/agent/tickets/{ticket.pk}/").content.decode()
    assert "Given to <b>Joan</b>: the only one online with room · had 0 of at most 20 open tickets (E-mail)" in page
    assert RoutingMode.MANUAL not in page.split("Given to")[1][:200]
