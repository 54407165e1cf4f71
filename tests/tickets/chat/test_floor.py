"""The floor of those who lead: who waits and why, who talks, what the day was like; and reading along."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from helpdesk.accounts.models import Availability, Team, User
from tests.tickets.chat.test_offering import chat_of, offers, online
from tickets.chat import life, log, passing
from tickets.chat.floor import Day, floor_of
from tickets.chat.offering import expire_due, offer_waiting
from tickets.models import ChatWidget, EndedBy, MessageKind, Said, Ticket

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def after(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def billing(db: None) -> Team:
    """Zoe is there for it."""
    team = Team.objects.create(name="Billing")
    online("Zoe", team)
    return team


def test_who_waits_where_and_why(widget: ChatWidget, support_team: Team, billing: Team, margaret: User) -> None:
    joan = online("Joan", support_team, chats=2)
    first, second = chat_of(widget), chat_of(widget, 5)
    other = chat_of(widget, 6)
    passing.transfer(other, billing, by=margaret, now=after(7))
    User.objects.filter(name="Zoe").update(availability=Availability.AWAY)
    offer_waiting(now=after(8))
    floor = floor_of(margaret, now=after(10), midnight=NOON)
    told = {each.row.chat.pk: (each.position, each.offer and each.offer.user, each.reason) for each in floor.waiting}
    assert told == {
        first.pk: (1, joan, ""),
        second.pk: (2, None, "everybody with room is being asked for another chat"),
        other.pk: (1, None, "nobody is online"),
    }
    expire_due(now=after(60))
    floor = floor_of(margaret, now=after(60), midnight=NOON)
    reasons = {each.row.chat.pk: each.reason for each in floor.waiting}
    assert reasons[first.pk] == "everybody who is there has just not taken it" and offers(first)[0][1] == "expired"


def test_who_talks_and_who_could(widget: ChatWidget, support_team: Team, billing: Team, margaret: User) -> None:
    joan, mary = online("Joan", support_team), online("Mary", support_team, chats=1)
    for user in (joan, joan, mary):
        life.accept(chat_of(widget), user, now=after(5))
    free = online("Ann", support_team)
    floor = floor_of(margaret, now=after(10), midnight=NOON)
    assert [(desk.user, len(desk.rows), desk.most, desk.is_full) for desk in floor.desks] == [
        (joan, 2, 3, False), (mary, 1, 1, True), (free, 0, 3, False),
    ]  # fmt: skip
    assert (floor.talking, floor.assisted) == (3, 0)


def test_the_day_in_numbers(widget: ChatWidget, support_team: Team, billing: Team, margaret: User) -> None:
    joan = online("Joan", support_team)
    nothing = floor_of(margaret, now=after(1), midnight=NOON).day
    assert nothing == Day(chats=0, missed=0, wait=None, first_reply=None, longest=None)
    for waited in (10, 20, 90):
        chat = chat_of(widget)
        life.accept(chat, joan, now=after(waited))
        log.say(chat, Said.AGENT, "Hello", author=joan, now=after(waited + 5))
    passing.transfer(chat, billing, by=joan, now=after(100))  # it waits again
    life.end(chat_of(widget), EndedBy.NOBODY, now=after(300))
    day = floor_of(margaret, now=after(400), midnight=NOON).day
    assert day == Day(chats=4, missed=1, wait=20, first_reply=25, longest=300)
    assert floor_of(margaret, now=after(400), midnight=after(200)).day.chats == 0


def test_chats_of_private_teams_are_seen_by_those_who_may(widget: ChatWidget, support_team: Team, alan: User) -> None:
    Team.objects.filter(pk=support_team.pk).update(is_private=True)
    chat_of(widget)
    assert not floor_of(alan, now=after(1), midnight=NOON).waiting


@pytest.fixture
def lead(client: Client, margaret: User) -> Client:
    client.force_login(margaret)
    return client


def test_the_page_shows_both_and_reads_along(
    lead: Client, widget: ChatWidget, support_team: Team, margaret: User
) -> None:
    joan = online("Joan", support_team)
    now = timezone.now()
    talking, waiting = (chat_of(widget, int((now - NOON).total_seconds()) - 60) for _ in range(2))
    life.accept(talking, joan)
    page = lead.get(f"/agent/chats/floor/?open={talking.pk}").content.decode()
    assert f'data-open-chat="{waiting.pk}"' in page and "Joan" in page and "No. 1" in page
    assert f'id="chat-{talking.pk}"' in page and "you read along" in page
    fragment = lead.get("/agent/chats/floor/rail/").content.decode()
    assert 'id="chat-rail"' in fragment and "<html" not in fragment
    assert lead.get("/agent/chats/floor/?open=999999").status_code == 200
    # A whisper is a note on the ticket: the agent sees it, the visitor does not.
    said = lead.post(f"/agent/chats/{talking.pk}/notes/", {"id": str(uuid4()), "text": "Offer a refund"})
    assert said.status_code == 201
    note = Ticket.objects.get(chats=talking.pk).messages.get(kind=MessageKind.NOTE)
    assert note.text == "Offer a refund" and "refund" not in str(log.read(talking.pk))
