"""Any telephone system, by the signed generic webhook: the same calls, in whatever order it tells them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from channels_app.messaging import hearing
from channels_app.models import CallRecording, HookPayload, HookState, ProviderAccount, ProviderKind
from helpdesk.accounts.models import User
from helpdesk.lib import standard_webhooks
from tickets.calls.settling import settle_call
from tickets.models import Call, CallState, Inbox, Outcome, TicketEvent
from tickets.timeline import LINES

pytestmark = pytest.mark.django_db

KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BEGIN = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=10)


@pytest.fixture
def pbx(support: Inbox) -> ProviderAccount:
    account = ProviderAccount(kind=ProviderKind.GENERIC, name="PBX", inbox=support, hook_token="pbx")
    account.set_secrets(key=KEY)
    account.save()
    return account


def tell(body: dict[str, object]) -> int:
    raw = json.dumps(body).encode()
    headers = standard_webhooks.headers([KEY], f"msg_{uuid4().hex}", int(timezone.now().timestamp()), raw)
    return Client().post("/hooks/generic/pbx/", raw, content_type="application/json", headers=headers).status_code


def moment(kind: str, seconds: int, sequence: int, **more: object) -> dict[str, object]:
    at = (BEGIN + timedelta(seconds=seconds)).isoformat()
    return {"type": f"call.{kind}", "id": "7f3", "at": at, "sequence": sequence, "number": "+493012345678", **more}


def a_call(grace: User) -> list[dict[str, object]]:
    return [
        moment("ringing", 0, 1, name="Ada"),
        moment("answered", 20, 2, agent=grace.email),
        moment("held", 50, 3),
        moment("resumed", 65, 4),
        moment("ended", 95, 5),
    ]


@pytest.mark.parametrize("seed", range(4))
def test_in_any_order_it_is_the_same_call(pbx: ProviderAccount, grace: User, seed: int) -> None:
    told, luck = a_call(grace), Random(seed)
    if seed:
        told += luck.choices(told, k=2)
        luck.shuffle(told)
    assert {tell(body) for body in told} == {200}
    hearing.drain(now=timezone.now())
    assert set(HookPayload.objects.values_list("state", flat=True)) == {HookState.APPLIED}
    call = settle_call(Call.objects.get().pk, now=timezone.now())
    assert (call.seconds_waited, call.seconds_talked, call.seconds_held) == (20, 60, 15)
    assert (call.state, call.agent) == (CallState.ENDED, grace)
    told_lines = TicketEvent.objects.filter(ticket=call.ticket, kind__in=LINES, kind__startswith="call.")
    assert list(told_lines.order_by("created_at", "pk").values_list("kind", flat=True)) == [
        "call.started", "call.answered", "call.held", "call.resumed", "call.ended",
    ]  # fmt: skip


def test_missed(pbx: ProviderAccount) -> None:
    for body in (moment("ringing", 0, 1), moment("ended", 30, 2, outcome="missed")):
        tell(body)
    hearing.drain(now=timezone.now())
    call = settle_call(Call.objects.get().pk, now=timezone.now())
    assert call.outcome == Outcome.MISSED and call.message and "nobody answered" in call.message.text


def test_without_an_id_it_is_refused_and_unknown_kinds_are_kept(pbx: ProviderAccount) -> None:
    assert tell({"type": "call.ringing"}) == 400
    assert tell({"type": "call.parked", "id": "1"}) == 200
    hearing.drain(now=timezone.now())
    assert HookPayload.objects.get().state == HookState.UNHANDLED


def test_a_recording_before_its_call_waits_for_it(pbx: ProviderAccount) -> None:
    tell({"type": "call.recording", "id": "7f3", "recording": {"url": "https://pbx.example.org/7f3.mp3"}})
    hearing.drain(now=timezone.now())
    assert not CallRecording.objects.exists()
    tell(moment("ringing", 0, 1))
    hearing.drain(now=timezone.now())
    hearing.drain(now=timezone.now() + timedelta(minutes=2))
    assert CallRecording.objects.get().url.endswith("7f3.mp3")


def test_odd_and_endless_words_break_nothing(pbx: ProviderAccount) -> None:
    odd: dict[str, object] = {
        "type": "call.ringing",
        "id": "x" * 5000,
        "number": "9" * 5000,
        "name": "Ada\0 \ud83d " + "w" * 5000,
    }
    assert tell(odd) == 200
    hearing.drain(now=timezone.now())
    assert HookPayload.objects.get().state == HookState.APPLIED
    assert Call.objects.get().ticket.requester.name.startswith("Ada")
