"""Messenger's and Instagram's hooks, by payload files in their documented shapes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from channels_app.base import (
    AccountTold,
    Edited,
    Happening,
    MessageIn,
    Reacted,
    SeenUpTo,
    StatusTold,
    Unhandled,
    Withdrawn,
)
from channels_app.models import PartState, ProviderAccount
from helpdesk.demo.stand_ins.base import HookCall
from helpdesk.demo.stand_ins.graph import GraphStandIn
from helpdesk.demo.stand_ins.graph_messenger import PERSON, MessengerHooks
from tests.channels_app.meta.accounts import account_of, payload_names, read, replayed
from tests.channels_app.meta.damage import damaged_bodies


@pytest.fixture
def page() -> ProviderAccount:
    return account_of(GraphStandIn(), "messenger", reads_comments=True)


@pytest.fixture
def insta() -> ProviderAccount:
    return account_of(GraphStandIn(), "instagram", reads_comments=True)


def message(account: ProviderAccount, name: str) -> MessageIn:
    (told,) = replayed(account, name)
    assert isinstance(told, MessageIn)
    return told


def one(account: ProviderAccount, name: str) -> Happening:
    (told,) = replayed(account, name)
    return told


def test_a_text(page: ProviderAccount, insta: ProviderAccount) -> None:
    told = message(page, "text")
    assert (told.thread_key, told.sender.key, told.text) == (PERSON, PERSON, "Hello, is anybody there? 🙂")
    assert told.at == datetime(2025, 6, 15, 15, 6, 40, tzinfo=UTC) and told.opens_window
    assert message(insta, "text").text == "Do you ship to Norway? 🙂"


def test_files(page: ProviderAccount, insta: ProviderAccount) -> None:
    first, second = message(page, "image").files
    assert (first.filename, second.filename) == ("photo.jpg", "second.png") and first.may_be_stored
    assert len(message(page, "sticker_twins").files) == len(message(page, "sticker").files) == 1
    assert message(insta, "audio").files[0].content_type == "audio/mp4"
    link = message(page, "link")
    assert link.text == "Look: https://example.com/offer\nAn offer" and not link.files
    assert message(page, "location").facts["location"]["latitude"] == 52.5


def test_others_stories_are_linked_and_never_kept(insta: ProviderAccount) -> None:
    for name, how in [("story_reply", "reply"), ("story_mention", "mention")]:
        told = message(insta, name)
        assert [file.may_be_stored for file in told.files] == [False]
        assert told.facts["story"]["how"] == how
    (reel,) = message(insta, "share").files
    assert (reel.filename, reel.may_be_stored) == ("A reel", False)
    for name in ("ephemeral", "unsupported"):
        assert message(insta, name).text.startswith("[")


def test_what_was_pressed_and_what_was_answered(page: ProviderAccount, insta: ProviderAccount) -> None:
    assert message(page, "quick_reply").facts["pressed"] == "COLOUR_RED"
    assert message(page, "reply").reply_to == "m_OUT1"
    pressed = message(page, "postback")
    assert (pressed.text, pressed.facts["pressed"], pressed.start) == ("Talk to us", "TALK", "order-77")
    assert message(page, "postback_without_mid").external_id == f"postback:{PERSON}:1750000000000"
    assert message(insta, "ice_breaker").text == "What are your hours?"
    assert message(page, "from_an_ad").facts["referral"]["title"] == "Summer sale"
    assert isinstance(one(page, "referral"), Unhandled)


def test_what_changes_a_message(page: ProviderAccount, insta: ProviderAccount) -> None:
    reacted, taken_back = one(page, "reaction"), one(page, "reaction_removed")
    assert isinstance(reacted, Reacted) and (reacted.external_id, reacted.emoji) == ("m_OUT1", "❤️")
    assert isinstance(taken_back, Reacted) and taken_back.emoji == ""
    edited = one(page, "edit")
    assert isinstance(edited, Edited) and (edited.text, edited.number) == ("What I meant", 2)
    assert isinstance(one(insta, "unsend"), Withdrawn)


def test_what_arrived_and_was_read(page: ProviderAccount, insta: ProviderAccount) -> None:
    first, second, up_to = replayed(page, "delivery")
    assert isinstance(first, StatusTold) and isinstance(second, StatusTold) and isinstance(up_to, SeenUpTo)
    assert [first.external_id, second.external_id] == ["m_OUT1", "m_OUT2"]
    assert (up_to.thread_key, up_to.state, up_to.at.second) == (PERSON, PartState.DELIVERED, 39)
    assert isinstance(one(page, "delivery_without_mids"), SeenUpTo)
    read_up_to, seen = one(page, "read"), one(insta, "seen")
    assert isinstance(read_up_to, SeenUpTo) and read_up_to.state == PartState.READ
    assert isinstance(seen, StatusTold) and (seen.external_id, seen.state) == ("aWdf_OUT1", PartState.READ)


def test_echoes_know_whose_they_are(page: ProviderAccount, insta: ProviderAccount) -> None:
    ours = message(page, "echo_ours")
    assert ours.is_echo and not ours.opens_window
    assert (ours.thread_key, ours.client_key) == (PERSON, "6a4be1bb-3f0f-4a2a-9d1e-3d2a0e6a7c11")
    elsewhere = message(page, "echo_elsewhere")
    assert elsewhere.is_echo and elsewhere.client_key == ""
    assert message(page, "echo_template").text == "Parcel 77\nOn its way"
    assert message(insta, "echo").thread_key == PERSON


def test_comments_are_public(page: ProviderAccount, insta: ProviderAccount) -> None:
    told = message(page, "comment")
    assert told.is_public and not told.opens_window and not told.reply_to
    assert (told.thread_key, told.sender.name) == (f"post:110000000000001_900:{PERSON}", "Sheena Nelson")
    assert told.facts["post_url"] == "https://www.facebook.com/acme/posts/pfbid0abc"
    assert message(page, "comment_below_comment").reply_to == "900_1"
    assert isinstance(one(page, "comment_edited"), Edited) and isinstance(one(page, "comment_removed"), Withdrawn)
    assert message(page, "comment_of_ours").is_echo
    assert message(page, "visitor_post").external_id == "110000000000001_901"
    assert isinstance(one(page, "own_post"), Unhandled) and isinstance(one(page, "like"), Unhandled)
    theirs = message(insta, "comment")
    assert (theirs.thread_key, theirs.sender.handle) == (f"post:18172143295349192:{PERSON}", "sheena")
    assert message(insta, "comment_reply").reply_to == "17865799348089039"
    assert message(insta, "own_comment").is_echo and isinstance(one(insta, "mention"), Unhandled)


def test_comments_only_where_they_are_wanted(page: ProviderAccount) -> None:
    page.options["reads_comments"] = False
    assert isinstance(one(page, "comment"), Unhandled)


def test_what_is_not_ours_or_not_known(page: ProviderAccount, insta: ProviderAccount) -> None:
    for name in ("another_page", "unknown", "standby"):
        assert isinstance(one(page, name), Unhandled)
    blocked = one(page, "policy")
    assert isinstance(blocked, AccountTold) and blocked.problem
    body = MessengerHooks(GraphStandIn()).text("To the page")
    assert all(isinstance(told, Unhandled) for told in read(insta, body))


@pytest.mark.parametrize("kind", ["messenger", "instagram"])
def test_a_broken_neighbour_loses_nothing(kind: str) -> None:
    told = replayed(account_of(GraphStandIn(), kind), "missing_fields")
    (good,) = [each for each in told if isinstance(each, MessageIn)]
    assert good.text == "Still here"
    assert len(told) >= 3


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind in ("messenger", "instagram") for name in payload_names(kind)]
)
def test_nothing_that_comes_is_an_error(kind: str, name: str) -> None:
    account = account_of(GraphStandIn(), kind, reads_comments=True)
    for body in damaged_bodies(kind, name):
        read(account, HookCall(body, {}))


@pytest.mark.parametrize("kind", ["messenger", "instagram"])
def test_the_stand_in_speaks_the_same(kind: str) -> None:
    graph = GraphStandIn(address="https://graph.example")
    hooks = MessengerHooks(graph, is_instagram=kind == "instagram")
    account = account_of(graph, kind, reads_comments=True)
    calls = [
        (hooks.text("Hello"), MessageIn),
        (hooks.media("image", b"x", "image/png", name="x.png"), MessageIn),
        (hooks.postback("Start", "START"), MessageIn),
        (hooks.reaction("m_1", "👍"), Reacted),
        (hooks.reaction("m_1", ""), Reacted),
        (hooks.edit("m_1", "Better", 1), Edited),
        (hooks.unsend("m_1"), Withdrawn),
        (hooks.comment("In public"), MessageIn),
        (hooks.delivered("m_OUT1"), SeenUpTo),
        (hooks.read("m_OUT1"), StatusTold if kind == "instagram" else SeenUpTo),
        (hooks.echo("Ours", app_id=graph.app_id, key="k"), MessageIn),
        (hooks.unknown(), Unhandled),
    ]
    for call, expected in calls:
        assert isinstance(read(account, call)[-1], expected)
