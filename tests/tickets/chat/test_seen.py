"""How far each side has read."""

from __future__ import annotations

from typing import Any

import pytest

from helpdesk.accounts.models import User
from tickets.chat import log, wire
from tickets.chat.seen import agent_saw, visitor_saw
from tickets.models import Chat, Said


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    heard: list[dict[str, Any]] = []
    monkeypatch.setattr(wire, "tell", lambda chat, telling: heard.append(telling))
    return heard


def test_it_goes_forwards_and_never_beyond_what_was_said(chat: Chat, told: list[dict[str, Any]]) -> None:
    for words in ("One", "Two", "Three"):
        log.say(chat, Said.VISITOR, words)
    told.clear()
    for seq in (2, 1, 2, 99, 99):
        visitor_saw(chat, seq)
    chat.refresh_from_db()
    assert chat.visitor_seen_seq == 3
    assert told == [{"t": "seen", "said": "visitor", "seq": 2}, {"t": "seen", "said": "visitor", "seq": 3}]


def test_only_its_agent_has_seen_it(chat: Chat, grace: User, radia: User) -> None:
    log.say(chat, Said.VISITOR, "Hello?")
    agent_saw(chat, radia, 1)
    chat.refresh_from_db()
    assert chat.agent_seen_seq == 0
    agent_saw(chat, grace, 1)
    chat.refresh_from_db()
    assert chat.agent_seen_seq == 1
