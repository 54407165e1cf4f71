"""Tokens of the API: made once, kept as a hash, good for what their scopes say."""

from __future__ import annotations

import base64
from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from helpdesk.accounts.models import ApiToken, Role, User
from helpdesk.accounts.token_authentication import MOST_FAILURES
from helpdesk.accounts.tokens import create_token, find_token, revoke_token
from tests.cast import staff
from tickets.models import Ticket
from tickets.realtime import valkey

TICKETS = "/api/v2/tickets.json"


@pytest.fixture(autouse=True)
def no_failures_of_another_test() -> None:
    if names := valkey().keys(f"{settings.VALKEY_PREFIX}:api-failures:*"):
        valkey().delete(*names)


def token_of(user: User, *scopes: str) -> str:
    return create_token(user.pk, name="Test", scopes=scopes or ["write"])[1]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def basic(email: str, token: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{email}/token:{token}".encode()).decode()}


def test_the_command_prints_a_token_once(grace: User, client: Client, adas_ticket: Ticket) -> None:
    out = StringIO()
    call_command("create_api_token", "Grace@onethread.test", "--scope", "read", stdout=out)
    token = out.getvalue().strip()
    row = ApiToken.objects.get()
    assert (row.user, row.scopes, row.beginning) == (grace, ["read"], token[:8])
    assert token not in (row.digest, row.name)
    assert client.get(TICKETS, headers=bearer(token)).json()["tickets"][0]["id"] == adas_ticket.pk


def test_the_command_refuses_nobody_and_those_who_left(grace: User) -> None:
    with pytest.raises(CommandError, match="nobody"):
        call_command("create_api_token", "nobody@onethread.test")
    User.objects.filter(pk=grace.pk).update(is_active=False)
    with pytest.raises(CommandError, match="not active"):
        call_command("create_api_token", "grace@onethread.test")


def test_both_ways_to_sign_in(grace: User, client: Client) -> None:
    token = token_of(grace)
    assert client.get(TICKETS, headers=bearer(token)).status_code == 200
    assert client.get(TICKETS, headers=basic("grace@onethread.test", token)).status_code == 200
    assert ApiToken.objects.get().last_used_at is not None


@pytest.mark.parametrize(
    "headers",
    [bearer("ot_wrong"), basic("grace@onethread.test", "ot_wrong"), {"Authorization": "Basic %%%"}, bearer("x" * 900)],
)
def test_a_wrong_token_is_answered_in_the_known_words(grace: User, client: Client, headers: dict[str, str]) -> None:
    answer = client.get(TICKETS, headers=headers)
    assert (answer.status_code, answer.json()) == (401, {"error": "Couldn't authenticate you"})


def test_only_an_admins_token_acts_for_others(grace: User, radia: User, client: Client) -> None:
    assert client.get(TICKETS, headers=basic("radia@onethread.test", token_of(grace))).status_code == 401
    assert client.get(TICKETS, headers=basic("grace@onethread.test", token_of(radia))).status_code == 200
    for nobody in ("nobody@onethread.test", "grace\0@onethread.test", ""):
        assert client.get(TICKETS, headers=basic(nobody, token_of(radia))).status_code == 401


def test_a_revoked_token_and_one_of_who_left_are_wrong(grace: User, client: Client) -> None:
    row, token = create_token(grace.pk, name="Shop", scopes=["write"])
    revoke_token(row)
    assert find_token(token) is None
    other = token_of(grace)
    User.objects.filter(pk=grace.pk).update(is_active=False)
    assert client.get(TICKETS, headers=bearer(other)).status_code == 401


@pytest.mark.parametrize(
    ("scope", "reading", "writing"), [("read", 200, 403), ("write", 200, 200), ("orders", 403, 403)]
)
def test_a_token_does_what_its_scopes_say(
    grace: User, client: Client, adas_ticket: Ticket, scope: str, reading: int, writing: int
) -> None:
    headers = bearer(token_of(grace, scope))
    assert client.get(TICKETS, headers=headers).status_code == reading
    address = f"/api/v2/tickets/{adas_ticket.pk}.json"
    sent = {"ticket": {"priority": "high"}}
    assert client.put(address, sent, content_type="application/json", headers=headers).status_code == writing


def test_who_guesses_is_told_to_wait_and_a_good_token_is_not(grace: User, client: Client) -> None:
    for _ in range(MOST_FAILURES):
        assert client.get(TICKETS, headers=bearer("ot_guess")).status_code == 401
    answer = client.get(TICKETS, headers=bearer("ot_guess"))
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert client.get(TICKETS, headers=bearer(token_of(grace))).status_code == 200


def test_last_use_is_written_once_a_minute(grace: User) -> None:
    token = token_of(grace)
    now = timezone.now()
    find_token(token, now=now)
    find_token(token, now=now + timedelta(seconds=30))
    assert ApiToken.objects.get().last_used_at == now


def test_light_agents_tokens_read_as_they_do(client: Client, adas_ticket: Ticket) -> None:
    linus = staff("linus@onethread.test", "Linus Light", Role.LIGHT)
    address = f"/api/v2/tickets/{adas_ticket.pk}.json"
    sent = {"ticket": {"priority": "high"}}
    headers = bearer(token_of(linus))
    assert client.put(address, sent, content_type="application/json", headers=headers).status_code == 403
