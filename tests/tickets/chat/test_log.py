"""Lines are numbered without gaps, written once, and readable from any number on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from django.db import connection

from helpdesk.accounts.models import User
from tickets.chat import log
from tickets.chat.errors import ChatOver, NotYours
from tickets.models import Chat, ChatEntry, ChatState, ChatVisitor, ChatWidget, EndedBy, Inbox, Said
from tickets.services import Refused


def test_lines_count_up(chat: Chat, grace: User) -> None:
    first = log.say(chat, Said.VISITOR, "Hello?", client_id=uuid4())
    second = log.say(chat, Said.AGENT, "Hello Ada.", author=grace, client_id=uuid4(), name="Grace")
    chat.refresh_from_db()
    assert (first.seq, second.seq, chat.last_seq) == (1, 2, 2)
    assert [line.text for line in log.read(chat.pk)] == ["Hello?", "Hello Ada."]
    assert [line.text for line in log.read(chat.pk, since=1)] == ["Hello Ada."]
    assert [line.seq for line in log.newest(chat.pk, limit=1)] == [2]
    assert [line.seq for line in log.newest(chat.pk, before=2)] == [1]


def test_the_same_line_twice_is_one(chat: Chat) -> None:
    key = uuid4()
    first = log.say(chat, Said.VISITOR, "Only once", client_id=key)
    again = log.say(chat, Said.VISITOR, "Only once", client_id=key)
    assert (again.seq, again.at) == (first.seq, first.at)
    assert ChatEntry.objects.count() == 1


def test_who_waits_is_known(chat: Chat, grace: User) -> None:
    first = log.say(chat, Said.VISITOR, "Anybody?")
    log.say(chat, Said.VISITOR, "Hello?")
    chat.refresh_from_db()
    assert (chat.visitor_said_at, chat.first_reply_at) == (first.at, None)
    answer = log.say(chat, Said.AGENT, "Here I am", author=grace)
    chat.refresh_from_db()
    assert (chat.visitor_said_at, chat.first_reply_at, chat.last_said_at) == (None, answer.at, answer.at)


def test_only_its_agent_answers(chat: Chat, waiting: Chat, radia: User) -> None:
    with pytest.raises(NotYours):
        log.say(chat, Said.AGENT, "Me too", author=radia)
    assert not ChatEntry.objects.exists()


def test_nobody_answers_before_accepting(waiting: Chat, grace: User) -> None:
    with pytest.raises(NotYours):
        log.say(waiting, Said.AGENT, "Hello", author=grace)


def test_nothing_is_said_once_it_is_over(chat: Chat, grace: User) -> None:
    Chat.objects.update(state=ChatState.ENDED, ended_by=EndedBy.AGENT)
    for said, author in ((Said.VISITOR, None), (Said.AGENT, grace)):
        with pytest.raises(ChatOver):
            log.say(chat, said, "One more thing", author=author)
    assert log.happened(chat, "ended").seq == 1  # what happened is still written down


def test_a_line_that_arrived_is_known_even_when_the_chat_is_over(chat: Chat) -> None:
    key = uuid4()
    first = log.say(chat, Said.VISITOR, "Bye", client_id=key)
    Chat.objects.update(state=ChatState.ENDED, ended_by=EndedBy.AGENT)
    assert log.say(chat, Said.VISITOR, "Bye", client_id=key).seq == first.seq


@pytest.mark.parametrize("text", ["", "  \n", "\0", "x" * (log.LONGEST + 1)])
def test_nothing_and_too_much_are_refused(chat: Chat, text: str) -> None:
    with pytest.raises(Refused):
        log.say(chat, Said.VISITOR, text)
    chat.refresh_from_db()
    assert chat.last_seq == 0


@pytest.mark.django_db(transaction=True)
def test_many_at_once_leave_no_gap_and_no_double(support: Inbox) -> None:
    """Two browsers' worth of lines, each sent twice at the same moment."""
    widget = ChatWidget.objects.create(name="Shop", inbox=support)
    chat = Chat.objects.create(widget=widget, visitor=ChatVisitor.objects.create(widget=widget))
    keys = [uuid4() for _ in range(20)]
    with ThreadPoolExecutor(8) as pool:
        written = list(pool.map(lambda key: _said(chat, key), [*keys, *keys]))
    lines = log.read(chat.pk)
    assert [line.seq for line in lines] == list(range(1, 21))
    assert {line.client_id for line in lines} == set(keys)
    assert {(key, seq) for key, seq in written} == {(line.client_id, line.seq) for line in lines}


def _said(chat: Chat, key: UUID) -> tuple[UUID, int]:
    try:
        return key, log.say(chat, Said.VISITOR, f"line {key}", client_id=key).seq
    finally:
        connection.close()
