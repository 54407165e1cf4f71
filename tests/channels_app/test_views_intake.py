"""The list of mail that is on no ticket, for those who may see it."""

from __future__ import annotations

import pytest
from django.test import Client

from channels_app import inbound
from channels_app.models import InboundPayload, PayloadState
from helpdesk.accounts.models import User
from tests.channels_app.letters import letter, receive
from tickets.models import Inbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(support: Inbox) -> InboundPayload:
    return receive(letter("I am away.", subject="Out of office", Auto_Submitted="auto-replied"), support)


def test_a_lead_sees_what_is_held_and_why(client: Client, margaret: User, held: InboundPayload, support: Inbox) -> None:
    receive(letter(subject="A mail like others"), support)
    client.force_login(margaret)
    page = client.get("/agent/intake/").content.decode()
    assert "Out of office" in page
    assert "An automatic answer that belongs to no ticket." in page
    assert "A mail like others" not in page
    assert "A mail like others" in client.get("/agent/intake/?state=applied").content.decode()
    page = client.get(f"/agent/intake/{held.pk}/").content.decode()
    assert "auto-replied" in page
    assert "I am away." in page


def test_the_source_is_what_came_in(client: Client, margaret: User, held: InboundPayload) -> None:
    client.force_login(margaret)
    shown = client.get(f"/agent/intake/{held.pk}/raw/")
    assert (shown.content, shown["X-Content-Type-Options"]) == (bytes(held.raw), "nosniff")
    assert shown["Content-Type"].startswith("text/plain")
    kept = client.get(f"/agent/intake/{held.pk}/raw/?download=1")
    assert (kept.content, kept["Content-Type"]) == (bytes(held.raw), "message/rfc822")


@pytest.mark.parametrize("person", ["grace", "linus"])
def test_others_see_nothing_of_it(
    client: Client, person: str, held: InboundPayload, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(person))
    for path in ("", f"{held.pk}/", f"{held.pk}/raw/"):
        assert client.get(f"/agent/intake/{path}").status_code == 403
    assert client.post(f"/agent/intake/{held.pk}/reading/").status_code == 403


def test_reading_it_again(client: Client, margaret: User, held: InboundPayload, support: Inbox) -> None:
    client.force_login(margaret)
    assert client.post(f"/agent/intake/{held.pk}/reading/").status_code == 302
    held.refresh_from_db()
    assert held.state == PayloadState.RECEIVED
    inbound.drain()
    held.refresh_from_db()
    assert held.state == PayloadState.HELD
    applied = receive(letter(), support)
    assert client.post(f"/agent/intake/{applied.pk}/reading/").status_code == 409


def test_a_list_of_many_goes_on_and_costs_the_same(
    client: Client, margaret: User, support: Inbox, django_assert_max_num_queries: object
) -> None:
    rows = [
        InboundPayload(
            account=support.account, source="smtp", raw=b"x", size=1, content_key=str(number),
            subject=f"Held {number}.", state=PayloadState.HELD,
        )
        for number in range(60)
    ]  # fmt: skip
    InboundPayload.objects.bulk_create(rows)
    client.force_login(margaret)
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        page = client.get("/agent/intake/").content.decode()
    assert "Held 59." in page
    assert "Held 9." not in page
    older = page.split("?before=")[1].split('"')[0]
    assert "Held 9." in client.get(f"/agent/intake/?before={older}").content.decode()
