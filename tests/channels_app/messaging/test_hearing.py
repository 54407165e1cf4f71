"""The worker's side of hooks: what breaks one thing leaves the others alone, and nothing that was taken is lost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from channels_app import registry
from channels_app.adapters.generic.adapter import GenericAdapter
from channels_app.base import Happening, Hook, MessageIn, Unhandled
from channels_app.messaging import hearing
from channels_app.messaging.storing import store_hook
from channels_app.models import HookPayload, HookState, ProviderAccount
from tests.channels_app.messaging.telling import echo, edited, said
from tickets.models import Inbox, Message

pytestmark = pytest.mark.django_db


class Told(GenericAdapter):
    """Says what a test has put into it."""

    happenings: tuple[Happening, ...] = ()
    error: Exception | None = None

    def read(self, account: ProviderAccount, hook: Hook, *, now: datetime) -> Iterable[Happening]:
        yield from self.happenings
        if self.error:
            raise self.error


adapter = Told()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterable[Told]:
    monkeypatch.setitem(registry.LISTENERS, "generic", f"{__name__}.adapter")  # type: ignore[misc]
    registry._listener.cache_clear()
    adapter.happenings, adapter.error = (), None
    yield adapter
    registry._listener.cache_clear()


@pytest.fixture
def payload(support: Inbox) -> HookPayload:
    account = ProviderAccount.objects.create(kind="generic", name="Mastodon", inbox=support)
    return store_hook(account, Hook("POST", "", "https://x.test/", "", {}, b"{}"))


def read(payload: HookPayload, *, now: datetime | None = None) -> HookPayload:
    hearing.drain(now=now or timezone.now())
    payload.refresh_from_db()
    return payload


def broken(*args: Any, **kwargs: Any) -> MessageIn:
    return said("", 5)  # a message without an id cannot be kept


def test_a_broken_neighbour_loses_nobody(payload: HookPayload, told: Told) -> None:
    told.happenings = (said("m1"), broken(), said("m2", 9, "Still."))
    assert read(payload).state == HookState.FAILED
    assert "MessageIn" in payload.reason and "a message without an id" in payload.reason
    assert sorted(Message.objects.values_list("text", flat=True)) == ["It rattles.", "Still."]


def test_an_adapter_that_stumbles_loses_nothing_of_what_it_has_said(payload: HookPayload, told: Told) -> None:
    told.happenings, told.error = (said("m1"),), KeyError("x")
    assert read(payload).state == HookState.FAILED
    assert Message.objects.count() == 1


def test_what_failed_can_be_read_again_and_is_there_once(payload: HookPayload, told: Told) -> None:
    told.happenings, told.error = (said("m1"),), KeyError("x")
    read(payload)
    told.happenings, told.error = (said("m1"), said("m2", 5, "Still.")), None
    assert hearing.read_again(payload)
    assert read(payload).state == HookState.APPLIED
    assert Message.objects.count() == 2
    assert not hearing.read_again(payload)


def test_what_we_do_not_read_is_kept_and_named(payload: HookPayload, told: Told) -> None:
    told.happenings = (Unhandled(timezone.now(), "poll"), said("m1"))
    assert (read(payload).state, payload.reason) == (HookState.UNHANDLED, "poll")
    assert Message.objects.count() == 1
    assert len(payload.conversations) == 1


def test_a_database_that_is_away_is_no_fault_of_the_call(
    payload: HookPayload, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.happenings = (said("m1"),)
    now = timezone.now()

    def away(*args: object, **kwargs: object) -> None:
        raise OperationalError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(hearing, "apply", away)
        patch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
        assert read(payload, now=now).state == HookState.RECEIVED
    assert read(payload, now=now + timedelta(seconds=1)).state == HookState.RECEIVED
    assert read(payload, now=now + timedelta(seconds=6)).state == HookState.APPLIED


def test_what_stops_the_worker_again_and_again_is_put_aside(payload: HookPayload, told: Told) -> None:
    HookPayload.objects.update(attempts=hearing.MAX_ATTEMPTS)
    assert read(payload).state == HookState.FAILED
    assert "stopped the worker" in payload.reason


def test_a_lease_keeps_others_away_until_it_ends(payload: HookPayload, told: Told) -> None:
    told.happenings = (said("m1"),)
    now = timezone.now()
    HookPayload.objects.update(leased_until=now + hearing.LEASE, attempts=1)
    assert read(payload, now=now + timedelta(seconds=59)).state == HookState.RECEIVED
    assert read(payload, now=now + timedelta(seconds=61)).state == HookState.APPLIED


def test_things_told_in_one_call_may_stand_in_any_order(payload: HookPayload, told: Told) -> None:
    told.happenings = (edited("m1", 60, "Loudly."), echo("e1", 30), said("m1"))
    assert read(payload).state == HookState.APPLIED
    assert [message.text for message in Message.objects.order_by("created_at")] == ["Loudly.", "We look into it."]
