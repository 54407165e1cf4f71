"""Profile, staff, teams and inboxes in the browser."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from channels_app.models import ChannelAccount
from helpdesk.accounts.models import Team, User
from tickets.models import Inbox


@pytest.fixture
def admin(client: Client, radia: User) -> Client:
    client.force_login(radia)
    return client


def colleague(**fields: Any) -> dict[str, Any]:
    return {"name": "Hedy Lamarr", "email": "Hedy@Onethread.test", "role": "agent", "is_active": "on", **fields}


def test_everybody_edits_their_own_profile(client: Client, linus: User) -> None:
    client.force_login(linus)
    form = {
        "name": "Linus L.",
        "availability": "away",
        "signature": "Cheers",
        "time_zone": "Europe/Berlin",
        "language": "de",
    }
    assert client.post("/agent/profile/", form).status_code == 302
    linus.refresh_from_db()
    assert (linus.name, linus.signature, linus.time_zone) == ("Linus L.", "Cheers", "Europe/Berlin")
    assert '<html lang="de"' in client.get("/agent/profile/").content.decode()


def test_nobody_promotes_themselves_by_their_profile(client: Client, linus: User) -> None:
    client.force_login(linus)
    form = {"name": "L", "availability": "away", "time_zone": "UTC", "language": "en", "role": "admin", "is_active": ""}
    client.post("/agent/profile/", form)
    linus.refresh_from_db()
    assert linus.role == "light" and linus.is_active


def test_a_new_colleague_gets_a_link_to_choose_a_password(admin: Client) -> None:
    assert admin.post("/settings/staff/new/", colleague()).status_code == 302
    hedy = User.objects.get(email="hedy@onethread.test")
    assert not hedy.has_usable_password()
    assert mail.outbox[0].to == ["hedy@onethread.test"]
    assert "/accounts/password/reset/key/" in mail.outbox[0].body


def test_a_given_password_works_and_sends_no_mail(admin: Client, support_team: Team) -> None:
    admin.post("/settings/staff/new/", colleague(password="frequency hopping", teams=[support_team.pk]))
    hedy = User.objects.get(email="hedy@onethread.test")
    assert hedy.check_password("frequency hopping")
    assert list(hedy.teams.all()) == [support_team]
    assert not mail.outbox


def test_an_address_is_taken_once(admin: Client, grace: User) -> None:
    answer = admin.post("/settings/staff/new/", colleague(email="GRACE@onethread.test"))
    assert answer.status_code == 422
    assert "here already" in answer.content.decode()


def test_a_deactivated_colleague_is_out_at_once(admin: Client, grace: User) -> None:
    graces = Client()
    graces.force_login(grace)
    admin.post(f"/settings/staff/{grace.pk}/", colleague(name="Grace Hopper", email=grace.email, is_active=""))
    assert graces.get("/agent/").status_code == 302


@pytest.mark.parametrize("change", [{"role": "agent"}, {"is_active": ""}])
def test_the_last_admin_stays(change: dict[str, str], admin: Client, radia: User) -> None:
    form = colleague(name=radia.name, email=radia.email, role="admin") | change
    answer = admin.post(f"/settings/staff/{radia.pk}/", form)
    assert answer.status_code == 422
    assert "last admin" in answer.content.decode()


def test_a_team_is_made_and_its_members_chosen(admin: Client, grace: User, alan: User) -> None:
    admin.post("/settings/teams/new/", {"name": "Legal", "is_private": "on", "members": [grace.pk]})
    legal = Team.objects.get(name="Legal")
    assert legal.is_private and list(legal.members.all()) == [grace]
    admin.post(f"/settings/teams/{legal.pk}/", {"name": "Law", "members": [alan.pk]})
    legal.refresh_from_db()
    assert (legal.name, legal.is_private, list(legal.members.all())) == ("Law", False, [alan])


def test_a_new_inbox_takes_mail(admin: Client) -> None:
    form = {"name": "Returns", "address": "Returns@Onethread.test", "is_active": "on"}
    assert admin.post("/settings/inboxes/new/", form).status_code == 302
    inbox = Inbox.objects.get(name="Returns")
    assert inbox.address == "returns@onethread.test"
    assert ChannelAccount.objects.filter(inbox=inbox).exists()


def test_an_inbox_is_switched_off(admin: Client, billing: Inbox) -> None:
    admin.post(f"/settings/inboxes/{billing.pk}/", {"name": "Billing", "address": billing.address})
    billing.refresh_from_db()
    assert not billing.is_active
