"""What time does to chats."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from helpdesk.accounts.models import Availability, User
from tickets.chat import life, log, sweeping, wire
from tickets.chat.starting import start
from tickets.chat.sweeping import sweep
from tickets.models import Capacity, Chat, ChatState, ChatVisitor, ChatWidget, EndedBy, Said, Ticket, TicketEvent
from tickets.realtime import valkey

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.fixture(autouse=True)
def nobody_known() -> Iterator[None]:
    valkey().delete(sweeping.KNOWN)
    yield
    valkey().delete(sweeping.KNOWN)


@pytest.fixture
def there(grace: User) -> User:
    """Grace is online, with a page open."""
    User.objects.filter(pk=grace.pk).update(availability=Availability.ONLINE)
    Capacity.objects.create(user=grace, last_seen_at=NOON)
    return User.objects.get(pk=grace.pk)


@pytest.fixture
def begun(visitor: ChatVisitor) -> Chat:
    ChatVisitor.objects.update(first_seen_at=NOON, last_seen_at=NOON)
    return start(visitor, "Hello?", client_id=uuid4(), now=NOON)[0]


def now(chat: Chat) -> Chat:
    return Chat.objects.get(pk=chat.pk)


def seen(user: User, at: datetime) -> None:
    Capacity.objects.filter(user=user).update(last_seen_at=at)


def test_it_offers_and_lets_run_out(begun: Chat, there: User) -> None:
    sweep(now=after(1))
    assert begun.offers.get().state == "open"
    sweep(now=after(31))
    assert begun.offers.get().state == "expired"


def test_whose_agent_is_gone_comes_first_again(begun: Chat, there: User) -> None:
    life.accept(begun, there, now=after(2))
    log.say(begun, Said.AGENT, "Hello", author=there, now=after(5))
    sweep(now=after(100))
    assert now(begun).agent == there, "nobody waits for an answer"
    log.say(begun, Said.VISITOR, "Are you there?", now=after(110))
    sweep(now=after(111))
    again = now(begun)
    assert (again.state, again.agent, again.goes_first) == (ChatState.WAITING, None, True)
    assert Ticket.objects.get().assignee is None
    assert TicketEvent.objects.get(kind="chat.transferred").payload["old"] == "Grace Hopper"
    assert log.read(begun.pk)[-1].payload == {"kind": "transferred"}


def test_an_agent_with_a_page_or_on_hold_keeps_it(begun: Chat, there: User) -> None:
    life.accept(begun, there, now=after(2))
    seen(there, after(200))
    sweep(now=after(230))
    assert now(begun).agent == there
    life.hold(begun, there, 5, now=after(240))
    sweep(now=after(400))
    assert now(begun).agent == there
    sweep(now=after(541))
    assert now(begun).agent is None


def test_silence_ends_it_once_answered(begun: Chat, there: User) -> None:
    life.accept(begun, there, now=after(2))
    Capacity.objects.all().delete()
    sweep(now=after(7200))
    assert now(begun).is_live, "the visitor waits for an answer"
    log.say(begun, Said.AGENT, "Here it is", author=there, now=after(7300))
    sweep(now=after(7300 + 1790))
    assert now(begun).is_live
    ChatWidget.objects.update(quiet_minutes=0)
    sweep(now=after(7300 + 1810))
    assert now(begun).is_live, "0 is never"
    ChatWidget.objects.update(quiet_minutes=30)
    sweep(now=after(7300 + 1810))
    assert (now(begun).state, now(begun).ended_by) == (ChatState.ENDED, EndedBy.SILENCE)


def test_nobody_waits_for_nobody(begun: Chat) -> None:
    sweep(now=after(119))
    assert now(begun).state == ChatState.WAITING
    sweep(now=after(121))
    assert (now(begun).state, now(begun).ended_by) == (ChatState.ENDED, EndedBy.NOBODY)
    assert log.read(begun.pk)[-1].payload == {"kind": "missed", "by": "nobody"}
    assert TicketEvent.objects.get(kind="chat.ended").payload["was_missed"]


def test_who_waits_and_has_left_the_site_is_not_kept(begun: Chat, there: User) -> None:
    ChatVisitor.objects.update(last_seen_at=after(6000))
    sweep(now=after(7201))
    assert now(begun).is_live, "a page of theirs was open twenty minutes ago"
    sweep(now=after(7801))
    assert now(begun).ended_by == EndedBy.SILENCE


def test_visitors_hear_who_came_and_who_went(
    widget: ChatWidget, grace: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    told: list[dict[str, Any]] = []
    monkeypatch.setattr(wire, "_publish", told.append)

    def heard(availability: str) -> list[dict[str, Any]]:
        User.objects.filter(pk=grace.pk).update(availability=availability)
        told.clear()
        with django_capture_on_commit_callbacks(execute=True):
            sweep(now=NOON)
            sweep(now=NOON)
        return list(told)

    online = {"c": wire.EVERYBODY, "t": "online"}
    assert heard(Availability.OFFLINE) == [online], "the first time nobody knows"
    assert heard(Availability.OFFLINE) == []
    assert heard(Availability.ONLINE) == [online]
    assert heard(Availability.AWAY) == [online]


def test_one_that_cannot_be_helped_stops_no_other(begun: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Chat.objects.create(
        widget=begun.widget, visitor=ChatVisitor.objects.create(widget=begun.widget), team=begun.team,
        started_at=NOON, queued_at=after(1), last_said_at=NOON,
    )  # fmt: skip
    real = life.end

    def end(chat: Chat, by: str, **more: Any) -> Chat:
        if chat.pk == begun.pk:
            raise RuntimeError("torn")
        return real(chat, by, **more)

    monkeypatch.setattr(life, "end", end)
    sweep(now=after(200))
    assert now(begun).is_live and not now(other).is_live
