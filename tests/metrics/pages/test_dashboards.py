"""Report pages kept under a name: what is kept, who sees it, who changes it."""

from __future__ import annotations

import pytest
from django.test import Client

from helpdesk.accounts.models import Role, Team, User
from metrics.dashboards import kept_query
from metrics.models import Dashboard
from tests.cast import staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> User:
    return staff("lead@onethread.test", "Grace Hopper", Role.LEAD)


def save(client: Client, user: User, query: str = "preset=last_month", **data: str) -> Dashboard:
    client.force_login(user)
    answer = client.post(f"/reports/saved/new/?report=sla&{query}", {"title": "Mornings", "audience": "me", **data})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return Dashboard.objects.latest("pk")


def test_what_makes_a_page_is_kept_and_opens_again(client: Client, lead: User) -> None:
    dashboard = save(client, lead, "preset=last_month&clock=working&saved=9&page=3")
    assert (dashboard.report, dashboard.query, dashboard.owner) == ("sla", "preset=last_month&clock=working", lead)
    opened = client.get(f"/reports/saved/{dashboard.pk}/")
    assert opened["Location"] == f"/reports/sla/?preset=last_month&clock=working&saved={dashboard.pk}"
    page = client.get(opened["Location"]).content.decode()
    assert "Mornings" in page
    assert "Only you see this dashboard." in page


def test_a_page_is_saved_again_as_it_is_shown(client: Client, lead: User) -> None:
    dashboard = save(client, lead)
    client.post(f"/reports/saved/{dashboard.pk}/query/", {"query": "preset=last_7&compare=year"})
    dashboard.refresh_from_db()
    assert dashboard.query == "preset=last_7&compare=year"


def test_own_ones_are_nobody_elses(client: Client, lead: User) -> None:
    own = save(client, lead)
    client.force_login(staff("other@onethread.test", "Radia Perlman", Role.LEAD))
    assert client.get(f"/reports/saved/{own.pk}/").status_code == 404
    assert client.get("/reports/").status_code == 200


def test_shared_ones_are_seen_by_all_and_changed_by_their_maker_and_admins(client: Client, lead: User) -> None:
    shared = save(client, lead, audience="everyone")
    assert client.get(f"/reports/saved/{shared.pk}/edit/").status_code == 200
    client.force_login(staff("other@onethread.test", "Radia Perlman", Role.LEAD))
    assert client.get(f"/reports/saved/{shared.pk}/").status_code == 302
    assert client.get(f"/reports/saved/{shared.pk}/edit/").status_code == 403
    assert client.post(f"/reports/saved/{shared.pk}/deletion/").status_code == 403
    client.force_login(staff("admin@onethread.test", "Ingrid", Role.ADMIN))
    assert client.post(f"/reports/saved/{shared.pk}/deletion/").status_code == 302
    assert not Dashboard.objects.exists()


def test_a_teams_own_are_for_its_members(client: Client, lead: User) -> None:
    team = Team.objects.create(name="Returns")
    of_team = save(client, lead, audience=f"team-{team.pk}")
    assert (of_team.owner, of_team.team) == (None, team)
    client.force_login(staff("other@onethread.test", "Radia Perlman", Role.LEAD))
    assert client.get(f"/reports/saved/{of_team.pk}/").status_code == 404
    team.members.add(User.objects.get(name="Radia Perlman"))
    assert client.get(f"/reports/saved/{of_team.pk}/").status_code == 302


def test_a_name_is_needed(client: Client, lead: User) -> None:
    client.force_login(lead)
    answer = client.post("/reports/saved/new/?report=sla", {"title": "  ", "audience": "me"})
    assert answer.status_code == 422
    assert not Dashboard.objects.exists()
    assert client.get("/reports/saved/new/?report=nonsense").status_code == 404


def test_only_what_makes_the_page_is_kept() -> None:
    assert (
        kept_query("filter=%7B%22a%22%3A1%7D&next=//evil&from=2026-01-01") == "from=2026-01-01&filter=%7B%22a%22%3A1%7D"
    )
