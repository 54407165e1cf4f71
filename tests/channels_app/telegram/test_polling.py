"""Bots that are asked for what they were told: each update once, by one worker, and none lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from channels_app import telegram_polling
from channels_app.models import HookPayload, HookState, ProviderAccount
from helpdesk.demo.stand_ins.base import Answered
from helpdesk.demo.stand_ins.telegram import BOT, Telegram, refused

NOW = timezone.now()


@pytest.fixture
def polled(bot: ProviderAccount) -> ProviderAccount:
    bot.options["way"] = "polling"
    bot.save()
    return bot


def written(telegram: Telegram, *texts: str) -> None:
    telegram.pending += [telegram.update("message", telegram.message(text)) for text in texts]


def asked(telegram: Telegram, method: str = "getUpdates") -> list[dict[str, Any]]:
    return [call.json for call in telegram.calls if call.path.endswith(method)]


def test_what_came_is_stored_and_confirmed_by_the_next_question(polled: ProviderAccount, telegram: Telegram) -> None:
    written(telegram, "Hello", "Is anybody there?")
    assert telegram_polling.ask_all(now=NOW) == 2
    assert telegram_polling.ask_all(now=NOW) == 0
    assert [question["offset"] for question in asked(telegram)] == [0, telegram.updates + 1]
    assert telegram.pending == []
    assert HookPayload.objects.filter(account=polled, state=HookState.RECEIVED).count() == 2
    polled.refresh_from_db()
    assert polled.first_event_at is not None


def test_bots_that_call_are_not_asked(bot: ProviderAccount, telegram: Telegram) -> None:
    assert telegram_polling.ask_all(now=NOW) == 0
    assert telegram.calls == []


def test_a_paused_bot_is_asked_since_telegram_forgets(polled: ProviderAccount, telegram: Telegram) -> None:
    ProviderAccount.objects.update(is_active=False)
    written(telegram, "Hello")
    assert telegram_polling.ask_all(now=NOW) == 1


def test_many_come_in_several_answers(polled: ProviderAccount, telegram: Telegram) -> None:
    written(telegram, *map(str, range(230)))
    assert telegram_polling.ask_all(now=NOW) == 230
    assert len(asked(telegram)) == 3


def test_what_was_stored_and_not_confirmed_comes_again(polled: ProviderAccount, telegram: Telegram) -> None:
    written(telegram, "Hello")
    telegram_polling.ask_all(now=NOW)
    ProviderAccount.objects.update(facts={})  # as if the worker had died before it wrote that down
    assert telegram_polling.ask_all(now=NOW) == 1  # read again it changes nothing: see the tests of messaging


@pytest.mark.django_db(transaction=True)
def test_one_worker_asks(polled: ProviderAccount, telegram: Telegram) -> None:
    written(telegram, "Hello")
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [telegram_polling.LOCK + polled.pk])
        assert telegram_polling.ask(polled, now=NOW) == 0
        assert telegram.calls == []
        other.execute("SELECT pg_advisory_unlock_all()")  # not left to its end, which the server sees a moment later
        assert telegram_polling.ask(polled, now=NOW) == 1


def test_a_webhook_that_is_still_set_is_taken_away(polled: ProviderAccount, telegram: Telegram) -> None:
    telegram.webhook = {"url": "https://elsewhere.example/"}
    written(telegram, "Hello")
    assert telegram_polling.ask_all(now=NOW) == 1
    assert telegram.webhook == {}


def test_a_button_stops_spinning(polled: ProviderAccount, telegram: Telegram) -> None:
    message = {**telegram.message("Shall we?", sender=BOT)}
    pressed = {"id": "77", "from": message["from"], "message": message, "data": "y"}
    telegram.pending = [telegram.update("callback_query", pressed)] * 1
    telegram.misbehave("answerCallbackQuery", refused(400, "Bad Request: query is too old"))
    assert telegram_polling.ask_all(now=NOW) == 1
    assert asked(telegram, "answerCallbackQuery") == [{"callback_query_id": "77"}]


@pytest.mark.parametrize(
    ("answered", "has_problem"),
    [
        (refused(401, "Unauthorized"), True),
        (refused(409, "Conflict: terminated by other getUpdates request"), True),
        (refused(429, "Too Many Requests", retry_after=5), False),
        (Answered(502, b"<html>", "text/html"), False),
        (Answered(hangs_up=True), False),
    ],
)
def test_trouble_waits_and_is_shown(
    polled: ProviderAccount, telegram: Telegram, answered: Answered, has_problem: bool
) -> None:
    telegram.misbehave("getUpdates", answered, answered)
    written(telegram, "Hello")
    assert telegram_polling.ask_all(now=NOW) == 0
    polled.refresh_from_db()
    assert bool(polled.problem) == has_problem
    questions = len(telegram.calls)
    assert telegram_polling.ask_all(now=NOW + timedelta(seconds=5)) == 0
    assert len(telegram.calls) == questions
    telegram.next_answers.clear()
    assert telegram_polling.ask_all(now=NOW + timedelta(seconds=31)) == 1
    polled.refresh_from_db()
    assert polled.problem == ""


def test_a_secret_that_cannot_be_opened_is_said(polled: ProviderAccount, telegram: Telegram, settings: Any) -> None:
    settings.SECRET_KEY = "another"
    assert telegram_polling.ask_all(now=NOW) == 0
    polled.refresh_from_db()
    assert "SECRET_KEY" in polled.problem
