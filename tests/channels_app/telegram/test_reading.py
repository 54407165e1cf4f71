"""What updates of the Bot API tell, in the documented shapes and in odd ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from channels_app.adapters.telegram.adapter import adapter
from channels_app.base import Edited, Malformed, MessageIn, PersonMoved, ReachChanged, Reacted, Unhandled
from channels_app.models import ProviderAccount
from helpdesk.demo.stand_ins.base import HookCall
from helpdesk.demo.stand_ins.telegram import ADA, BOT, NOON, Telegram
from tests.channels_app.telegram.conftest import hook_of

Tell = Callable[[HookCall], list[Any]]

NOW = datetime.fromtimestamp(NOON, UTC) + timedelta(hours=1)
PAYLOADS = Path(__file__).parents[2] / "payloads/telegram"
CHAT = str(ADA["id"])
GROUP = {"id": -1001234567890, "type": "supergroup", "title": "Gardeners"}


@pytest.fixture
def told(bot: ProviderAccount) -> Tell:
    """What a call tells; it has to be Telegram's."""

    def tell(call: HookCall) -> list[Any]:
        hook = hook_of(call)
        assert adapter.is_signed(bot, hook)
        adapter.check(bot, hook)
        return list(adapter.read(bot, hook, now=NOW))

    return tell


# -- who calls ----------------------------------------------------------------------------------------------------


def test_only_who_knows_our_word_is_telegram(bot: ProviderAccount, telegram: Telegram) -> None:
    assert adapter.is_signed(bot, hook_of(telegram.text("Hello")))
    for word in ("", "wrong", "größer", telegram.secret[:-1]):
        telegram.secret = word
        assert not adapter.is_signed(bot, hook_of(telegram.text("Hello")))


def test_without_a_word_of_ours_nobody_is(bot: ProviderAccount, telegram: Telegram) -> None:
    bot.set_secrets(secret_token="")
    for word in ("", telegram.secret):
        telegram.secret = word
        assert not adapter.is_signed(bot, hook_of(telegram.text("Hello")))


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"x"', b"\xff"])
def test_what_is_no_object_cannot_be_read(bot: ProviderAccount, body: bytes) -> None:
    with pytest.raises(Malformed):
        adapter.check(bot, hook_of(HookCall(body, {})))


# -- messages -----------------------------------------------------------------------------------------------------


def test_a_text(told: Tell, telegram: Telegram) -> None:
    (message,) = told(telegram.text("Grüße 😀 <b>x</b>"))
    assert isinstance(message, MessageIn)
    assert (message.external_id, message.thread_key) == (f"{CHAT}:101", CHAT)
    assert (message.sender.key, message.sender.name, message.sender.handle) == (CHAT, "Ada Lovelace", "@ada")
    assert (message.text, message.at) == ("Grüße 😀 <b>x</b>", datetime.fromtimestamp(NOON + 1, UTC))


def test_targets_of_links_are_shown_where_they_are(told: Tell, telegram: Telegram) -> None:
    entities = [
        {"type": "text_link", "offset": 3, "length": 4, "url": "https://a.example/"},
        {"type": "bold", "offset": 0, "length": 2},
        {"type": "text_link", "offset": 8, "length": 4, "url": "https://b.example/"},
        {"type": "text_link", "offset": 400, "length": 4, "url": "https://beyond.example/"},
    ]
    (message,) = told(telegram.text("😀 this that", entities=entities))
    assert message.text == "😀 this (https://a.example/) that (https://b.example/)"


def test_of_a_picture_the_largest_is_taken(told: Tell, telegram: Telegram) -> None:
    (message,) = told(telegram.call(telegram.update("message", telegram.photo(caption="My pump"))))
    (file,) = message.files
    assert (message.text, file.ref, file.size) == ("My pump", {"file_id": "photo-large"}, 64)
    assert (file.filename, file.content_type) == ("photo-101.jpg", "image/jpeg")


FILE = {"file_id": "F", "file_unique_id": "u", "file_size": 5}


@pytest.mark.parametrize(
    ("fields", "filename", "content_type"),
    [
        (
            {"document": {**FILE, "file_name": "bill.pdf", "mime_type": "application/pdf"}},
            "bill.pdf",
            "application/pdf",
        ),
        ({"document": FILE}, "document-101", "application/octet-stream"),
        ({"voice": {**FILE, "duration": 3, "mime_type": "audio/ogg"}}, "voice-101.ogg", "audio/ogg"),
        ({"video_note": {**FILE, "length": 3}}, "video-101.mp4", "video/mp4"),
        ({"video": {**FILE, "file_name": "a.mov", "mime_type": "video/quicktime"}}, "a.mov", "video/quicktime"),
        ({"audio": {**FILE, "title": "Noise"}}, "audio-101.mp3", "audio/mpeg"),
        ({"animation": {**FILE}, "document": {**FILE}}, "animation-101.mp4", "video/mp4"),  # once, not twice
        ({"sticker": {**FILE, "emoji": "👍", "is_animated": False}}, "sticker-101.webp", "image/webp"),
        ({"sticker": {**FILE, "is_video": True}}, "sticker-101.webm", "video/webm"),
    ],
)
def test_files(told: Tell, telegram: Telegram, fields: dict[str, Any], filename: str, content_type: str) -> None:
    (message,) = told(telegram.text("", **fields))
    assert [(file.filename, file.content_type, file.size) for file in message.files] == [(filename, content_type, 5)]


@override("en")
@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"sticker": {**FILE, "emoji": "👍", "is_animated": True}}, "👍"),
        ({"sticker": {**FILE, "is_animated": True}}, "Sticker"),
        ({"dice": {"emoji": "🎲", "value": 4}}, "🎲 4"),
        ({"poll": {"question": "Which?", "options": [{"text": "A"}, {"text": "B"}]}}, "Which?\n• A\n• B"),
    ],
)
def test_what_has_no_words_is_said_in_words(told: Tell, telegram: Telegram, fields: dict[str, Any], text: str) -> None:
    (message,) = told(telegram.text("", **fields))
    assert (message.text, message.files) == (text, [])


def test_places_and_contacts(told: Tell, telegram: Telegram) -> None:
    (message,) = told(telegram.text("", location={"latitude": 52.5, "longitude": 13, "live_period": 60}))
    assert message.facts["location"] == {"latitude": 52.5, "longitude": 13}
    venue = {"location": {"latitude": 1.5, "longitude": 2.5}, "title": "Shop", "address": "Lane 1"}
    (message,) = told(telegram.text("", venue=venue, location=venue["location"]))
    assert message.facts["location"] == {"latitude": 1.5, "longitude": 2.5, "name": "Shop", "address": "Lane 1"}
    contact = {"phone_number": "491701234567", "first_name": "Ada", "user_id": ADA["id"]}
    (message,) = told(telegram.text("", contact=contact))
    assert message.facts["contacts"] == [{"name": "Ada", "phones": ["491701234567"], "emails": []}]
    assert message.sender.also == (("phone", "+491701234567"),)
    for others in ({**contact, "user_id": 1}, {"phone_number": "491701234567", "first_name": "Ada"}):
        (message,) = told(telegram.text("", contact=others))
        assert message.sender.also == ()  # anybody may pass on anybody's number


def test_what_it_answers_and_whence_it_comes(told: Tell, telegram: Telegram) -> None:
    first = telegram.message("First")
    origin = {"type": "user", "date": NOON, "sender_user": {"id": 1, "first_name": "Charles"}}
    (message,) = told(telegram.text("Second", reply_to_message=first, forward_origin=origin))
    assert message.reply_to == f"{CHAT}:101"
    assert message.facts["forwarded_from"] == "Charles"
    hidden = {"type": "hidden_user", "date": NOON, "sender_user_name": "Somebody"}
    (message,) = told(telegram.text("Third", forward_origin=hidden))
    assert message.facts["forwarded_from"] == "Somebody"


def test_an_album_has_a_name(told: Tell, telegram: Telegram) -> None:
    albums = [
        told(telegram.call(telegram.update("message", telegram.photo(media_group_id="1375"))))[0].album
        for _picture in range(2)
    ]
    assert albums == ["1375", "1375"]


@pytest.mark.parametrize(("text", "start"), [("/start", ""), ("/start 12_1795348800_abc", "12_1795348800_abc")])
def test_the_first_press_opens_no_ticket(told: Tell, telegram: Telegram, text: str, start: str) -> None:
    (message,) = told(telegram.text(text))
    assert (message.text, message.start, message.opens_ticket) == ("/start", start, False)


def test_a_word_that_begins_like_it_is_a_word(told: Tell, telegram: Telegram) -> None:
    (message,) = told(telegram.text("/starting the pump fails"))
    assert (message.start, message.opens_ticket) == ("", True)


# -- changes ------------------------------------------------------------------------------------------------------


def test_edits_in_one_second_keep_their_turn(told: Tell, telegram: Telegram) -> None:
    message = telegram.message("Frist")
    (first,) = told(telegram.edited(message, text="First", edit_date=NOON + 5))
    (second,) = told(telegram.edited(message, text="The first", edit_date=NOON + 5))
    assert isinstance(first, Edited)
    assert (first.external_id, first.text) == (f"{CHAT}:101", "First")
    assert second.number > first.number
    (captioned,) = told(telegram.edited(telegram.photo(), caption="Pump"))
    assert captioned.text == "Pump"


def test_a_place_that_moves_is_no_edit(told: Tell, telegram: Telegram) -> None:
    place = telegram.message("", location={"latitude": 1.0, "longitude": 2.0, "live_period": 60})
    assert told(telegram.edited(place, location={"latitude": 1.1, "longitude": 2.0})) == []


def test_reactions_are_as_they_are_now(told: Tell, telegram: Telegram) -> None:
    message = telegram.message("Done")
    (put,) = told(telegram.reaction(message, "👍", "🔥"))
    assert isinstance(put, Reacted)
    assert (put.external_id, put.thread_key, put.who.key, put.emoji) == (f"{CHAT}:101", CHAT, CHAT, "👍🔥")
    (taken,) = told(telegram.reaction(message, before=("👍",)))
    assert (taken.emoji, taken.at > put.at) == ("", True)
    custom = {"chat": message["chat"], "message_id": 1, "user": ADA, "new_reaction": [{"type": "custom_emoji"}]}
    (other,) = told(telegram.call(telegram.update("message_reaction", custom)))
    assert other.emoji == "✱"


def test_who_blocks_the_bot_and_comes_back(told: Tell, telegram: Telegram) -> None:
    (gone,) = told(telegram.membership("kicked"))
    assert isinstance(gone, ReachChanged)
    assert (gone.thread_key, bool(gone.reason)) == (CHAT, True)
    (back,) = told(telegram.membership("member", before="kicked"))
    assert back.reason == ""
    assert told(telegram.membership("member", before="member")) == []  # somebody looks at the bot


def test_a_pressed_button_says_its_label(told: Tell, telegram: Telegram, bot: ProviderAccount) -> None:
    keyboard = {
        "inline_keyboard": [[{"text": "Yes, please", "callback_data": "y"}, {"text": "No", "callback_data": "n"}]]
    }
    asked = {**telegram.message("Shall we?", sender=BOT), "chat": {"id": ADA["id"], "type": "private"}}
    call = telegram.pressed("y", {**asked, "reply_markup": keyboard})
    (message,) = told(call)
    assert (message.text, message.facts["pressed"], message.reply_to) == ("Yes, please", "y", f"{CHAT}:101")
    answer = adapter.answer(bot, hook_of(call))
    assert json.loads(answer.body)["method"] == "answerCallbackQuery"
    forgotten = {"chat": {"id": ADA["id"], "type": "private"}, "message_id": 5, "date": 0}
    (message,) = told(telegram.pressed("n", forgotten))
    assert message.text == "n"
    (unread,) = told(telegram.pressed("n"))
    assert isinstance(unread, Unhandled)


# -- groups -------------------------------------------------------------------------------------------------------


def test_groups_are_left_alone(told: Tell, telegram: Telegram) -> None:
    keyboard = {"chat": GROUP, "message_id": 5, "date": 0}
    calls = [
        telegram.text("Hello all", chat=GROUP),
        telegram.edited(telegram.message("Hello", chat=GROUP), text="Hello all"),
        telegram.reaction(telegram.message("Hello", chat=GROUP), "👍"),
        telegram.membership("kicked", chat=GROUP),
        telegram.pressed("x", keyboard),
        telegram.text("", chat=GROUP, new_chat_members=[BOT]),
    ]
    assert [told(call) for call in calls] == [[]] * len(calls)


def test_or_each_is_a_conversation(told: Tell, telegram: Telegram, bot: ProviderAccount) -> None:
    bot.options["groups"] = "handle"
    (message,) = told(telegram.text("Hello all", chat=GROUP))
    assert (message.thread_key, message.sender.key) == ("-1001234567890", CHAT)
    root = telegram.message("", chat=GROUP, message_thread_id=7, is_topic_message=True)
    root["message_id"] = 7
    (topic,) = told(
        telegram.text("In a topic", chat=GROUP, message_thread_id=7, is_topic_message=True, reply_to_message=root)
    )
    assert (topic.thread_key, topic.reply_to) == ("-1001234567890/7", "")
    admin = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    (hidden,) = told(telegram.text("From the admins", chat=GROUP, sender=admin, sender_chat=GROUP))
    assert (hidden.sender.key, hidden.sender.name) == ("-1001234567890", "Gardeners")
    assert told(telegram.text("I am a bot", chat=GROUP, sender={**BOT, "id": 5})) == []
    assert told(telegram.text("", chat=GROUP, new_chat_title="Growers")) == []
    (silenced,) = told(telegram.membership("restricted", chat=GROUP, can_send_messages=False))
    assert silenced.reason
    small = {"id": -123, "type": "group", "title": "Gardeners"}
    (moved,) = told(telegram.text("", chat=small, migrate_to_chat_id=GROUP["id"]))
    (same,) = told(telegram.text("", chat=GROUP, migrate_from_chat_id=-123))
    assert isinstance(moved, PersonMoved)
    assert (moved.old_key, moved.new_key) == (same.old_key, same.new_key) == ("-123", "-1001234567890")


# -- what is odd --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "update",
    [
        {},
        {"update_id": 1},
        {"update_id": 1, "channel_post": {"message_id": 1}},
        {"update_id": 1, "business_message": {"message_id": 1}},
        {"update_id": 1, "hologram": {"of": "next year"}},
        {"update_id": "x", "message": {"message_id": True, "chat": [], "from": 5}},
        {"update_id": 1, "message": {"message_id": 1, "chat": {"id": 1.5, "type": "private"}, "text": "Hello"}},
        {"update_id": 1, "message": {"message_id": 1, "chat": {"id": 5, "type": "private"}, "text": "Hello"}},
        {"update_id": 1, "message": {"message_id": 1, "from": ADA, "chat": {"id": 5}, "date": 1, "hologram": {}}},
        {"update_id": 1, "edited_message": {"chat": {}, "text": "x"}},
        {"update_id": 1, "message_reaction": {"chat": {"id": 5}, "new_reaction": "x"}},
    ],
)
def test_what_is_odd_is_kept_and_not_read(told: Tell, telegram: Telegram, update: object) -> None:
    (unread,) = told(telegram.call(update))
    assert isinstance(unread, Unhandled)


def test_halves_of_letters_and_numbers_beyond_reason_break_nothing(told: Tell, telegram: Telegram) -> None:
    entities = [{"type": "text_link", "offset": 10**40, "length": -5, "url": "https://a.example/"}, 5, None]
    (message,) = told(telegram.text("half \ud83d", entities=entities, date=10**30, caption=7))
    assert (message.text, message.at) == ("half \ud83d", NOW)  # what may be stored is decided in one place


@pytest.mark.parametrize("name", sorted(path.name for path in PAYLOADS.glob("*.json")))
def test_the_documented_payloads(bot: ProviderAccount, name: str) -> None:
    payload = json.loads((PAYLOADS / name).read_text())
    happenings = list(adapter.read(bot, hook_of(HookCall(json.dumps(payload["update"]).encode(), {})), now=NOW))
    assert [type(one).__name__ for one in happenings] == payload["tells"]
