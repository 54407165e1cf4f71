"""X: both shapes of its hooks, the challenge, direct and public answers, tokens that are spent."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from channels_app.adapters.x.weights import weight_of
from channels_app.messaging import hearing, sending
from channels_app.messaging.queueing import queue_parts
from channels_app.models import Conversation, HookPayload, HookState, PartState, ProviderAccount, ProviderMessage
from customers.actors import Actor
from helpdesk.accounts.models import User
from helpdesk.demo.stand_ins.base import Answered, HookCall
from helpdesk.demo.stand_ins.x import SECRET, TOKEN, US, X
from tests.channels_app.serving import serving
from tickets.models import DeliveryState, Inbox, Message, Ticket, TicketEvent
from tickets.routes import routes_of
from tickets.services import Refused, add_reply

pytestmark = pytest.mark.django_db
AT = timezone.now().replace(microsecond=0) - timedelta(hours=1)


@pytest.fixture
def profile(support: Inbox) -> ProviderAccount:
    account = ProviderAccount(kind="x", name="@onethread", inbox=support, external_id=US)
    account.options = {"client_id": "client", "reads_mentions": True}
    account.set_secrets(consumer_secret=SECRET, access_token=TOKEN, refresh_token="refresh-1")
    account.save()
    return account


@pytest.fixture
def x(settings: LazySettings) -> Iterator[X]:
    stand_in = X()
    with serving(stand_in) as url:
        settings.PROVIDER_URLS = {**settings.PROVIDER_URLS, "x": url}
        settings.UNDO_SEND_SECONDS = 0
        yield stand_in


def told(account: ProviderAccount, *calls: HookCall) -> list[int]:
    """What the hook answered to each; then everything is read."""
    url = f"/hooks/x/{account.hook_token}/"
    client = Client(raise_request_exception=False)
    answers = [client.post(url, one.body, content_type=one.content_type, headers=one.headers) for one in calls]
    hearing.drain(now=timezone.now())
    return [answer.status_code for answer in answers]


def answered(ticket: Ticket, words: str, by: User) -> Message:
    message = add_reply(ticket, f"<p>{words}</p>", actor=Actor.agent(by), route=routes_of(ticket)[0])
    sending.sweep(now=timezone.now() + timedelta(minutes=1))
    message.refresh_from_db()
    return message


def test_the_challenge_is_answered_with_our_secret(profile: ProviderAccount) -> None:
    answer = Client().get(f"/hooks/x/{profile.hook_token}/", {"crc_token": "abc"})
    mac = hmac.new(SECRET.encode(), b"abc", hashlib.sha256).digest()
    assert answer.status_code == 200
    assert json.loads(answer.content) == {"response_token": f"sha256={base64.b64encode(mac).decode()}"}


def test_a_challenge_without_a_token_is_refused(profile: ProviderAccount) -> None:
    assert Client().get(f"/hooks/x/{profile.hook_token}/").status_code == 403


def test_who_does_not_know_the_secret_is_refused(profile: ProviderAccount) -> None:
    assert told(profile, X(secret="another").direct("77", "Hello", at=AT)) == [403]
    assert not HookPayload.objects.exists()


def test_both_shapes_of_one_message_are_one(profile: ProviderAccount, x: X) -> None:
    told(
        profile,
        x.direct("77", "It &amp; rattles", at=AT, key="9"),
        x.direct_anew("77", "It &amp; rattles", at=AT, key="9"),
    )
    message = Message.objects.get()
    assert (message.text, message.channel, message.author_name) == ("It & rattles", "x", "Ada")
    assert message.created_at == AT


def test_our_own_words_from_elsewhere_are_ours(profile: ProviderAccount, x: X) -> None:
    told(profile, x.direct("77", "It rattles", at=AT), x.direct(US, "Seen.", at=AT + timedelta(minutes=1), to="77"))
    ticket = Ticket.objects.get()
    assert [m.text for m in ticket.messages.order_by("created_at") if m.author_role] == ["Seen."]


def test_mentions_come_only_where_they_are_wanted(profile: ProviderAccount, x: X) -> None:
    told(profile, x.mention("77", "@onethread it rattles", at=AT, key="1"))
    message = Message.objects.get()
    assert message.facts["is_public"] is True
    assert message.facts["post_url"] == "https://x.com/ada/status/1"
    profile.options["reads_mentions"] = False
    profile.save()
    told(profile, x.mention("78", "@onethread me too", at=AT, key="2"))
    assert Message.objects.count() == 1


@pytest.mark.parametrize("backwards", [False, True])
def test_an_edited_post_is_one_message_with_its_newest_words(profile: ProviderAccount, x: X, backwards: bool) -> None:
    calls = [
        x.mention("77", "@onethread it ratles", at=AT, key="1"),
        x.mention("77", "@onethread it rattles", at=AT, key="2", versions=("1", "2"), talk="1"),
    ]
    told(profile, *(reversed(calls) if backwards else calls))
    assert [message.text for message in Message.objects.all()] == ["@onethread it rattles"]


def test_what_is_encrypted_says_so(profile: ProviderAccount, x: X) -> None:
    told(profile, x.news("chat.received", {"id": "5", "sender_id": "77", "encoded_event": "…"}))
    assert "open X" in Message.objects.get().text


def test_unknown_events_are_kept_and_marked(profile: ProviderAccount, x: X) -> None:
    assert told(profile, x.news("space.start", {"id": "5"}), x.signed({"surprise_events": [{}]})) == [200, 200]
    assert {payload.state for payload in HookPayload.objects.all()} == {HookState.UNHANDLED}


def test_a_direct_answer(profile: ProviderAccount, x: X, grace: User) -> None:
    told(profile, x.direct("77", "It rattles", at=AT))
    message = answered(Ticket.objects.get(), "We look into it.", grace)
    asked = x.calls[-1]
    assert asked.bare_path == "/2/dm_conversations/with/77/messages"
    assert asked.json == {"text": "We look into it."}
    assert message.delivery_state == DeliveryState.SENT


def test_a_public_answer_goes_below_their_post(profile: ProviderAccount, x: X, grace: User) -> None:
    told(profile, x.mention("77", "@onethread it rattles", at=AT, key="41"))
    answered(Ticket.objects.get(), "Sorry to hear that!", grace)
    assert x.calls[-1].json == {"text": "Sorry to hear that!", "reply": {"in_reply_to_tweet_id": "41"}}


def test_a_public_answer_that_is_too_long_is_refused(profile: ProviderAccount, x: X, grace: User) -> None:
    told(profile, x.mention("77", "@onethread it rattles", at=AT))
    with pytest.raises(Refused):
        answered(Ticket.objects.get(), "word " * 60, grace)
    assert not ProviderMessage.objects.filter(direction="out").exists()


def test_a_rules_words_that_no_post_takes_stop_nothing(profile: ProviderAccount, x: X) -> None:
    told(profile, x.mention("77", "@onethread it rattles", at=AT))
    ticket, conversation = Ticket.objects.get(), Conversation.objects.get()
    message = Message.objects.create(
        ticket=ticket, kind="public", channel="x", author_name="Rule", author_role="system", is_automatic=True,
        text="word " * 80, delivery_state=DeliveryState.QUEUED, facts={"conversation": conversation.pk},
    )  # fmt: skip
    queue_parts(ticket, [TicketEvent(ticket=ticket, kind="rule.mailed", message=message)])
    sending.sweep(now=timezone.now() + timedelta(minutes=1))
    message.refresh_from_db()
    assert message.delivery_state == DeliveryState.FAILED
    assert "280" in message.delivery_detail
    assert not x.calls


def test_a_token_that_is_too_old_is_renewed_once(profile: ProviderAccount, x: X, grace: User) -> None:
    told(profile, x.direct("77", "It rattles", at=AT))
    x.tokens = {"another"}
    message = answered(Ticket.objects.get(), "We look into it.", grace)
    profile.refresh_from_db()
    assert message.delivery_state == DeliveryState.SENT
    assert (profile.secret("access_token"), profile.secret("refresh_token")) == ("token-2", "refresh-2")


def test_a_lost_access_stops_the_account_and_nothing_is_lost(profile: ProviderAccount, x: X, grace: User) -> None:
    told(profile, x.direct("77", "It rattles", at=AT))
    x.tokens, x.refresh = {"another"}, "refresh-7"
    message = answered(Ticket.objects.get(), "We look into it.", grace)
    profile.refresh_from_db()
    assert "connect the profile again" in profile.problem
    assert ProviderMessage.objects.get(message=message).state == PartState.WAITING


@pytest.mark.parametrize("answer", [Answered(hangs_up=True), Answered.of({}, 503)])
def test_trouble_with_a_new_token_is_no_doubt_about_the_message(
    profile: ProviderAccount, x: X, grace: User, answer: Answered
) -> None:
    told(profile, x.direct("77", "It rattles", at=AT))
    x.tokens = {"another"}
    x.misbehave("/2/oauth2/token", answer)
    message = answered(Ticket.objects.get(), "We look into it.", grace)
    profile.refresh_from_db()
    assert (message.delivery_state, profile.problem) == (DeliveryState.DEFERRED, "")


def test_a_limit_makes_the_whole_account_wait_until_its_reset(profile: ProviderAccount, x: X, grace: User) -> None:
    told(profile, x.direct("77", "It rattles", at=AT))
    reset = int(timezone.now().timestamp()) + 900
    x.misbehave("/messages", Answered.of({"title": "Too Many Requests"}, 429, x_rate_limit_reset=str(reset)))
    answered(Ticket.objects.get(), "We look into it.", grace)
    profile.refresh_from_db()
    assert profile.paused_until is not None
    assert abs(profile.paused_until.timestamp() - reset) < 90


def test_who_takes_no_direct_messages_is_unreachable(profile: ProviderAccount, x: X, grace: User) -> None:
    told(profile, x.direct("77", "It rattles", at=AT))
    x.misbehave("/messages", Answered.of({"errors": [{"code": 349, "message": "…"}], "status": 403}, 403))
    message = answered(Ticket.objects.get(), "We look into it.", grace)
    assert message.delivery_state == DeliveryState.FAILED
    assert "takes no direct messages" in message.delivery_detail
    assert Conversation.objects.get().unreachable


def test_no_answer_leaves_the_outcome_open(profile: ProviderAccount, x: X, grace: User) -> None:
    told(profile, x.direct("77", "It rattles", at=AT))
    x.misbehave("/messages", Answered(hangs_up=True))
    assert answered(Ticket.objects.get(), "We look into it.", grace).delivery_state == DeliveryState.UNKNOWN


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("abc", 3),
        ("größer", 6),
        ("日本", 4),
        ("👨‍👩‍👧", 2),
        ("see https://example.com/a/very/long/path?x=1", 4 + 23),
        ("€", 2),
    ],
)
def test_weights_are_those_of_x(text: str, weight: int) -> None:
    assert weight_of(text) == weight
