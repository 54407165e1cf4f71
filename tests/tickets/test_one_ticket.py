"""What hand-written statements read is what querysets would have read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from helpdesk.accounts.models import Team, User
from tickets.models import Ticket
from tickets.one_ticket import visible_ticket


def values(instance: object) -> dict[str, object]:
    return {name: value for name, value in vars(instance).items() if not name.startswith("_")}


def test_a_ticket_comes_as_a_queryset_would_bring_it(
    adas_ticket: Ticket, grace: User, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    Ticket.objects.filter(pk=adas_ticket.pk).update(assignee=grace, team=grace.teams.get(), tags=["vip", "a,b"])
    expected = Ticket.objects.with_people().select_related("requester__organisation").get(pk=adas_ticket.pk)
    grace.hidden_team_ids  # noqa: B018  read beforehand, as pages do
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = visible_ticket(grace, adas_ticket.pk)
        assert found is not None
        for one, other in (
            (found, expected),
            (found.requester, expected.requester),
            (found.assignee, expected.assignee),
            (found.team, expected.team),
            (found.inbox, expected.inbox),
        ):
            assert values(one) == values(other)
        assert found.requester.organisation == expected.requester.organisation
    found.subject = "Changed"
    found.save()
    assert Ticket.objects.get(pk=found.pk).subject == "Changed"


def test_nobody_sees_more_than_the_queryset_lets_through(adas_ticket: Ticket, grace: User) -> None:
    private = Team.objects.create(name="Board", is_private=True)
    Ticket.objects.filter(pk=adas_ticket.pk).update(team=private)
    for is_active in (True, False):
        for is_member in (False, True):
            grace.teams.set([private] if is_member else [])
            reader = User.objects.get(pk=grace.pk)
            reader.is_active = is_active
            expected = Ticket.objects.visible_to(reader).filter(pk=adas_ticket.pk).exists()
            assert (visible_ticket(reader, adas_ticket.pk) is not None) == expected
    assert visible_ticket(grace, 999_999_999) is None


def test_a_reader_by_id_is_the_reader(grace: User) -> None:
    grace.preferences = {"density": "cozy"}
    grace.save()
    assert values(User.objects.get(pk=grace.pk)) == values(User.objects.filter(pk=grace.pk).get())
    assert User.objects.get(pk=str(grace.pk)) == grace
    with pytest.raises(User.DoesNotExist):
        User.objects.get(pk=0)


def test_a_teams_own_manager_knows_its_members_only(grace: User) -> None:
    with pytest.raises(User.DoesNotExist):
        Team.objects.create(name="Board").members.get(pk=grace.pk)


def test_a_session_ends_when_it_expires_or_is_deleted(client: Client, grace: User) -> None:
    client.force_login(grace)
    assert client.get("/agent/profile/").status_code == 200
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get("/agent/profile/").status_code == 302
    client.force_login(grace)
    Session.objects.all().delete()
    assert client.get("/agent/profile/").status_code == 302
