"""When something is wrong: references, read-only maintenance, too many attempts."""

from __future__ import annotations

import logging

import pytest
from django.http import HttpRequest
from django.test import Client
from pytest_django.fixtures import Settings

from helpdesk import errors
from helpdesk.accounts.models import User
from tickets.models import Ticket


def test_a_failure_says_under_what_reference_it_stands_in_the_log(
    grace: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("helpdesk.accounts.views.ProfileForm", fail)
    client = Client(raise_request_exception=False)
    client.force_login(grace)
    with caplog.at_level(logging.ERROR):
        answer = client.get("/agent/profile/")
    reference = answer["X-Request-ID"]
    assert answer.status_code == 500
    assert f"Reference {reference}" in answer.content.decode()
    assert f"reference {reference}: GET /agent/profile/" in caplog.text


def test_every_answer_has_a_reference_of_its_own(client: Client, db: None) -> None:
    first, second = client.get("/"), client.get("/")
    assert first["X-Request-ID"] != second["X-Request-ID"]


def test_the_error_page_needs_nothing_of_the_request() -> None:
    assert errors.broken(HttpRequest()).status_code == 500


@pytest.fixture
def read_only(settings: Settings) -> None:
    settings.READ_ONLY = True


def test_during_maintenance_everything_can_be_read_and_nothing_changed(
    read_only: None, client: Client, grace: User, adas_ticket: Ticket
) -> None:
    client.force_login(grace)
    page = client.get(f"/agent/tickets/{adas_ticket.pk}/")
    assert (page.status_code, "changes wait" in page.content.decode()) == (200, True)
    for headers in ({}, {"HTTP_HX_REQUEST": "true"}, {"HTTP_ACCEPT": "application/json"}):
        answer = client.post(f"/agent/tickets/{adas_ticket.pk}/status/", {"status": "solved"}, **headers)  # type: ignore[arg-type]
        assert (answer.status_code, answer["Retry-After"]) == (503, "120")
        assert "read-only" in answer.content.decode()
    adas_ticket.refresh_from_db()
    assert adas_ticket.status == "new"


def test_during_maintenance_people_can_still_sign_in(read_only: None, client: Client, grace: User) -> None:
    answer = client.post("/accounts/login/", {"login": grace.email, "password": "demo"})
    assert answer.status_code == 302


def test_the_style_guide_is_not_there_unless_wanted(client: Client, grace: User, settings: Settings) -> None:
    settings.STYLEGUIDE = False
    client.force_login(grace)
    assert client.get("/styleguide/").status_code == 404
