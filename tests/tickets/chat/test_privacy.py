"""Chats of a person: given to them, taken away, redacted, let go in time; and they follow a merge."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.conf import LazySettings
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from customers.actors import Actor
from customers.erasing import erase
from customers.exporting import begin_export
from customers.identify import identify
from customers.merging import merge, undo
from customers.models import Customer, PrivacyJob
from customers.privacy_jobs import run_job
from customers.sweeping import tables
from helpdesk.accounts.models import User
from tickets.chat import log
from tickets.chat.offline import leave_message
from tickets.chat.privacy import KINDS
from tickets.chat.settling import settle
from tickets.chat.transcript import send_transcript
from tickets.chat.visitors import customer_of
from tickets.models import Chat, ChatBlock, ChatEntry, ChatMail, ChatState, ChatVisitor, EndedBy, Said, Ticket
from tickets.services import redact_message

ADDRESS = "zelphora@vexmoor.example"
WORDS = ("xqspokenzv", "xqassistantzv", "xqattributezv", "xqpagezv", "xqtitlezv", "xqanswerzv", "xqleftzv", "Zelphora")


@pytest.fixture(autouse=True)
def storage(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def person(chat: Chat, grace: User) -> Customer:
    """In a chat with Grace, in one with the assistant, with words left behind, a transcript and a block."""
    visitor = chat.visitor
    ChatVisitor.objects.filter(pk=visitor.pk).update(
        claimed_name="Zelphora Quindle", claimed_email=ADDRESS, attributes={"basket": "xqattributezv"},
        page_url="https://shop.example/xqpagezv", page_title="xqtitlezv",
    )  # fmt: skip
    Chat.objects.filter(pk=chat.pk).update(answers={"order": "xqanswerzv"}, subject="xqspokenzv")
    log.say(chat, Said.VISITOR, "My xqspokenzv broke", client_id=uuid4(), name="Zelphora Quindle")
    settle(chat)
    log.say(chat, Said.AGENT, "Which xqspokenzv?", author=grace, name="Grace")
    settle(chat)
    visitor.refresh_from_db()
    send_transcript(chat, ADDRESS)
    Chat.objects.filter(pk=chat.pk).update(state=ChatState.ENDED, ended_by=EndedBy.AGENT, ended_at=timezone.now())
    alone = Chat.objects.create(widget=chat.widget, visitor=visitor, state=ChatState.BOT)
    log.say(alone, Said.VISITOR, "Where is my xqassistantzv?", name="Zelphora Quindle")
    Chat.objects.filter(pk=alone.pk).update(state=ChatState.ENDED, ended_by=EndedBy.BOT, ended_at=timezone.now())
    leave_message(visitor, "xqleftzv", client_id=uuid4(), email=ADDRESS)
    ChatBlock.objects.create(by="visitor", value=str(visitor.pk), shown="Zelphora Quindle", made_by=grace)
    return customer_of(visitor)


def found(word: str) -> list[str]:
    """In which columns of the database the word still stands."""
    places = []
    with connection.cursor() as cursor:
        for table, columns in tables().items():
            for column in columns:
                cursor.execute(f'SELECT 1 FROM "{table}" WHERE "{column.name}"::text ILIKE %s LIMIT 1', [f"%{word}%"])
                if cursor.fetchone():
                    places.append(f"{table}.{column.name}")
    return places


def test_no_word_is_left_and_the_browser_is_somebody_new(person: Customer, radia: User, chat: Chat) -> None:
    assert all(found(word) for word in WORDS), "the seeds are where they were put"
    run_job(erase(person, actor=Actor.agent(radia)).pk)
    assert {word: places for word in WORDS if (places := found(word))} == {}
    assert (Chat.objects.count(), Ticket.objects.count()) == (2, 2), "what is counted stays"
    visitor = ChatVisitor.objects.get()
    assert visitor.customer is None and [line.text for line in log.read(chat.pk)] == ["", ""]
    assert customer_of(visitor) != person
    assert ChatBlock.objects.count() == 1 and not ChatMail.objects.exclude(email="").exists()


def test_all_of_it_is_exported(person: Customer, radia: User, chat: Chat) -> None:
    job = begin_export(person, actor=Actor.agent(radia))
    run_job(job.pk)
    job = PrivacyJob.objects.get(pk=job.pk)
    with default_storage.open(job.file) as file, ZipFile(file) as archive:
        lines = json.loads(archive.read(f"chats/{chat.pk}.json"))["lines"]
        everything = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".json"))
    assert [line["text"] for line in lines] == ["My xqspokenzv broke", "Which xqspokenzv?"]
    assert all(word in everything for word in WORDS)


def test_redacting_reaches_what_repeats_it(person: Customer, grace: User, chat: Chat) -> None:
    message = ChatEntry.objects.get(chat=chat, seq=1).message
    assert message is not None
    redact_message(message, ["xqspokenzv"], actor=Actor.agent(grace))
    assert found("xqspokenzv") == []
    assert log.read(chat.pk)[0].text == "My ▇▇▇ broke"


def test_visitors_and_chats_of_the_assistant_grow_too_old(person: Customer, chat: Chat) -> None:
    visitors, alone = KINDS
    later = timezone.now() + timedelta(days=1)
    ids = list(visitors.old(later).values_list("pk", flat=True))
    assert ids == [chat.visitor_id] and not visitors.old(timezone.now() - timedelta(days=1)).exists()
    visitors.remove(ids)
    assert not visitors.old(later).exists() and not found("xqattributezv") and not found("xqtitlezv")
    chats = list(alone.old(later).values_list("pk", flat=True))
    assert len(chats) == 1
    alone.remove(chats)
    assert not found("xqassistantzv") and not alone.old(later).exists() and found("xqspokenzv")


def test_a_visitor_follows_a_merge_and_comes_back(chat: Chat, radia: User) -> None:
    log.say(chat, Said.VISITOR, "Hello")
    settle(chat)
    chat.refresh_from_db()
    mine = customer_of(ChatVisitor.objects.select_related("customer").get())
    known = identify("email", "zelphora@vexmoor.example", name="Zelphora").customer
    done = merge(known, mine, actor=Actor.agent(radia), confirmed=True)
    assert ChatVisitor.objects.get().customer == known
    assert Ticket.objects.get().requester == known
    undo(done, actor=Actor.agent(radia))
    assert ChatVisitor.objects.get().customer == mine and Ticket.objects.get().requester == mine
