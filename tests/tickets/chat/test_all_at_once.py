"""Everybody does everything at the same moment: nothing waits in a circle, and every chat is in one true state."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from customers.actors import Actor
from helpdesk.accounts.models import Team, User
from tests.tickets.chat.test_offering import online
from tickets.chat import life, log, offering, passing
from tickets.chat.settling import settle, settle_due
from tickets.chat.starting import start
from tickets.chat.sweeping import sweep
from tickets.models import (
    Chat,
    ChatEntry,
    ChatOffer,
    ChatState,
    ChatVisitor,
    ChatWidget,
    EndedBy,
    Inbox,
    OfferState,
    Said,
    TicketEvent,
)
from tickets.services import Refused, assign_team

TURNS = 120


@pytest.fixture
def people(support: Inbox) -> list[User]:
    """Three of support; one of them is of billing as well."""
    assert support.team
    ChatWidget.objects.create(name="Shop", inbox=support, team=support.team, offer_seconds=1)
    found = [online(name, support.team, chats=2) for name in ("Joan", "Mary", "Jean")]
    Team.objects.create(name="Billing").members.add(found[0])
    return found


def act(seed: int, people: list[User]) -> None:
    """One thing that somebody, or time, does to a chat."""
    rng = random.Random(seed)
    user, now = rng.choice(people), timezone.now() + timedelta(seconds=seed / 10)
    visitor = rng.choice(list(ChatVisitor.objects.all()))
    chat = Chat.objects.filter(visitor=visitor).order_by("-pk").first()
    what = rng.choice(
        ["start", "say", "accept", "accept", "answer", "decline", "pass", "move", "end", "sweep", "settle"]
    )
    if chat is None or what == "start":
        start(visitor, f"Words {seed}", client_id=uuid4(), now=now)
    elif what == "say":
        log.say(chat, Said.VISITOR, f"Words {seed}", client_id=uuid4(), now=now)
    elif what == "accept":
        life.accept(chat, user, now=now)
    elif what == "answer":
        log.say(chat, Said.AGENT, f"Words {seed}", author=user, client_id=uuid4(), now=now)
    elif what == "decline":
        life.decline(chat, user, now=now)
    elif what == "pass":
        receivers: list[Team | User] = [*people, Team.objects.get(name="Billing")]
        passing.transfer(chat, rng.choice(receivers), by=user, now=now)
    elif what == "move" and (ticket := settle(chat)):
        assign_team(ticket, rng.choice(list(Team.objects.all())), actor=Actor.agent(user))
    elif what == "end":
        life.end(chat, rng.choice([EndedBy.VISITOR, EndedBy.SILENCE]), now=now)
    else:
        sweep(now=now)
        settle_due()


@pytest.mark.django_db(transaction=True)
def test_whatever_happens_at_once(people: list[User]) -> None:
    widget = ChatWidget.objects.get()
    ChatVisitor.objects.bulk_create([ChatVisitor(widget=widget) for _ in range(4)])

    def run(seed: int) -> None:
        try:
            act(seed, people)
        except Refused:
            pass  # too late, taken, over: said to whoever asked
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(run, range(TURNS)))  # raises what is no refusal: a deadlock, a broken constraint
    offering.expire_due(now=timezone.now() + timedelta(hours=1))
    while settle_due():
        pass
    for chat in Chat.objects.select_related("ticket"):
        assert (chat.state == ChatState.ACTIVE) == (chat.agent_id is not None and chat.ended_at is None)
        assert (chat.state == ChatState.ENDED) == (chat.ended_at is not None)
        seqs = list(chat.entries.order_by("seq").values_list("seq", flat=True))
        assert seqs == list(range(1, chat.last_seq + 1))
        if chat.state == ChatState.ACTIVE and chat.ticket:
            assert chat.ticket.assignee_id == chat.agent_id
        if chat.is_live and chat.ticket:
            assert chat.ticket.team_id == chat.team_id
    assert not ChatEntry.objects.filter(is_settled=False).exists()
    assert not ChatOffer.objects.filter(state=OfferState.OPEN).exists()
    ended = Counter(event.payload["chat_id"] for event in TicketEvent.objects.filter(kind="chat.ended"))
    assert ended == Counter(Chat.objects.filter(state=ChatState.ENDED).values_list("pk", flat=True))
