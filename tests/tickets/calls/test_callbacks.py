"""Calls that are owed: claimed by one, done, given up, or again later."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from customers.actors import SYSTEM
from helpdesk.accounts.models import User
from tickets.calls.callbacks import (
    claim_callback,
    count_due,
    owe_call,
    postpone_callback,
    release_callback,
    settle_callback,
)
from tickets.models import CallbackReason, CallbackRequest, CallbackState, Ticket, TicketEvent
from tickets.services import Refused

pytestmark = pytest.mark.django_db

NUMBER = "+493012345678"


@pytest.fixture
def owed(adas_ticket: Ticket) -> CallbackRequest:
    return owe_call(adas_ticket, NUMBER, due_at=timezone.now(), reason=CallbackReason.ASKED, actor=SYSTEM)


def kinds(ticket: Ticket) -> list[str]:
    told = TicketEvent.objects.filter(ticket=ticket, kind__startswith="callback.").order_by("pk")
    return list(told.values_list("kind", flat=True))


def test_one_agent_claims_it(owed: CallbackRequest, grace: User, alan: User) -> None:
    assert claim_callback(owed, grace).claimed_by == grace
    with pytest.raises(Refused, match="Grace Hopper was quicker"):
        claim_callback(owed, alan)
    with pytest.raises(Refused, match="is on this call"):
        settle_callback(owed, alan, is_done=True)
    assert kinds(owed.ticket) == ["callback.owed", "callback.claimed"]


def test_done_and_given_up(owed: CallbackRequest, grace: User) -> None:
    settle_callback(owed, grace, is_done=True)
    owed.refresh_from_db()
    assert (owed.state, owed.claimed_by, owed.tries) == (CallbackState.DONE, grace, 1)
    with pytest.raises(Refused, match="settled already"):
        claim_callback(owed, grace)


def test_again_later_is_anybodys(owed: CallbackRequest, grace: User) -> None:
    now = timezone.now()
    claim_callback(owed, grace)
    later = postpone_callback(owed, grace, due_at=now + timedelta(hours=2), now=now)
    assert (later.state, later.claimed_by, later.tries) == (CallbackState.WAITING, None, 1)
    with pytest.raises(Refused, match="still to come"):
        postpone_callback(owed, grace, due_at=now, now=now)
    assert count_due(grace, now=now) == 0 and count_due(grace, now=now + timedelta(hours=3)) == 1


def test_it_is_owed_once_and_the_earlier_time_counts(owed: CallbackRequest) -> None:
    early = owed.due_at - timedelta(hours=1)
    again = owe_call(owed.ticket, NUMBER, due_at=early, reason=CallbackReason.MISSED, actor=SYSTEM)
    assert again.pk == owed.pk and again.due_at == early and CallbackRequest.objects.count() == 1


def test_given_back_by_who_has_it_or_a_lead(owed: CallbackRequest, grace: User, alan: User, margaret: User) -> None:
    claim_callback(owed, grace)
    with pytest.raises(Refused):
        release_callback(owed, alan)
    assert release_callback(owed, margaret).claimed_by is None


def test_the_page_marks_what_is_overdue(owed: CallbackRequest, grace: User, client: Client) -> None:
    client.force_login(grace)
    page = client.get("/agent/calls/callbacks/").content.decode()
    assert "Due since" in page and "+49 30 12345678" in page
    assert "tone-amber" in client.get("/agent/calls/badge/").content.decode()
    client.post(f"/agent/calls/callbacks/{owed.pk}/claim/")
    assert CallbackRequest.objects.get().claimed_by == grace
    client.post(f"/agent/calls/callbacks/{owed.pk}/postponement/", {"again": "2h"})
    assert CallbackRequest.objects.get().due_at > timezone.now() + timedelta(hours=1)
    client.post(f"/agent/calls/callbacks/{owed.pk}/settlement/", {"state": "failed"})
    assert CallbackRequest.objects.get().state == CallbackState.FAILED


def test_what_is_to_come_is_told_by_its_time(owed: CallbackRequest, grace: User, client: Client) -> None:
    CallbackRequest.objects.update(due_at=timezone.now() + timedelta(days=3))
    client.force_login(grace)
    page = client.get("/agent/calls/callbacks/").content.decode()
    assert "Due since" not in page and ">now<" not in page and '<time datetime="' in page.partition("Due ")[2]


@pytest.mark.parametrize(("outcome", "state"), [("resolved", CallbackState.DONE), ("no_answer", CallbackState.WAITING)])
def test_whoever_was_spoken_with_is_owed_no_call(
    owed: CallbackRequest, grace: User, client: Client, outcome: str, state: str
) -> None:
    """Also where somebody called without a look at the queue."""
    client.force_login(grace)
    said = {"key": uuid4(), "direction": "out", "duration": "2", "outcome": outcome, "number": owed.number}
    answer = client.post("/agent/calls/new/", {**said, "who": "Ada", "about": owed.ticket_id})
    assert answer.status_code == 302
    assert CallbackRequest.objects.get().state == state


def test_of_private_teams_nobody_else_knows(owed: CallbackRequest, alan: User, client: Client) -> None:
    owed.ticket.team.is_private = True  # type: ignore[union-attr]
    owed.ticket.team.save()  # type: ignore[union-attr]
    client.force_login(alan)
    assert "+49 30 12345678" not in client.get("/agent/calls/callbacks/").content.decode()
    assert client.post(f"/agent/calls/callbacks/{owed.pk}/claim/").status_code == 404
