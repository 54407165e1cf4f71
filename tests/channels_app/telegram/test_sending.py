"""What the bot says: formatting, files, answers and reactions; and what Telegram's refusals mean."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.utils.translation import override

from channels_app.adapters.telegram.adapter import adapter
from channels_app.adapters.telegram.markup import formatted
from channels_app.base import LockedOut, NotThere, Rejected, SendError, TryLater, Uncertain
from channels_app.models import Conversation, ProviderAccount, ProviderMedia, ProviderMessage
from channels_app.setup.accounts import remove_account
from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import User
from helpdesk.demo.stand_ins.base import Answered
from helpdesk.demo.stand_ins.telegram import ADA, Telegram, refused
from tests.cast import open_for
from tickets.attachments import upload
from tickets.models import Inbox, Message
from tickets.services import add_reply

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


def part(conversation: Conversation, reply_to: str = "", **body: Any) -> ProviderMessage:
    body = {"text": "", "entities": [], **body}
    return ProviderMessage(account=conversation.account, conversation=conversation, body=body, reply_to=reply_to)


@pytest.fixture
def reply(ada: Customer, grace: User, support: Inbox) -> Message:
    ticket = open_for(ada, support, "The pump")
    picture = upload(grace, "pump.png", PNG)
    words = "<p>Open the <strong>valve</strong>.</p>"
    return add_reply(ticket, words, actor=Actor.agent(grace), attachment_ids=[picture.pk])


# -- formatting ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("<p>Plain &lt;b&gt;</p>", "Plain <b>", []),
        ("<p>😀 <strong>bold</strong></p>", "😀 bold", [("bold", "bold")]),
        ("<p><em>a <s>b</s></em> c</p>", "a b c", [("italic", "a b"), ("strikethrough", "b")]),
        ("<p>one</p><p><u>two</u></p>", "one\n\ntwo", [("underline", "two")]),
        ('<p>See <a href="https://a.example/" rel="nofollow">this</a></p>', "See this", [("text_link", "this")]),
        ("<ul><li><b>x</b></li><li>y</li></ul>", "* x\n  * y", [("bold", "x")]),
        ("<pre><code>a  b</code></pre>", "a  b", [("code", "a  b"), ("pre", "a  b")]),
        ("<p><b></b>x</p>", "x", []),
        ("<p>\ue100x\ue000</p>", "x", []),  # what only looks like a mark of ours
    ],
)
def test_formatting(html: str, text: str, entities: list[tuple[str, str]]) -> None:
    said, found = formatted(html)
    assert said.strip() == text
    raw = said.encode("utf-16-le")
    places = [(one["type"], 2 * one["offset"], 2 * one["length"]) for one in found]
    cut = [(kind, raw[start : start + length].decode("utf-16-le")) for kind, start, length in places]
    assert sorted(cut) == sorted(entities)


def test_links_lead_where_they_led() -> None:
    _text, entities = formatted('<p><a href="https://a.example/?x=1&amp;y=2">this</a></p>')
    assert entities[0]["url"] == "https://a.example/?x=1&y=2"


# -- sending ------------------------------------------------------------------------------------------------------


def test_a_picture_takes_the_words_along(with_ada: Conversation, reply: Message, telegram: Telegram) -> None:
    (body,) = adapter.split(with_ada.account, with_ada, reply)
    sent = adapter.send(with_ada.account, with_ada, part(with_ada, **body))
    (said,) = telegram.sent
    assert said["method"] == "sendPhoto"
    assert (said["caption"], said["chat_id"]) == ("Open the valve.", str(ADA["id"]))
    assert said["caption_entities"] == [{"type": "bold", "offset": 9, "length": 5}]
    assert said["file"] == {"field": "photo", "name": "pump.png", "content": PNG}
    assert sent.external_id == f"{ADA['id']}:101"


def test_several_files_come_after_the_words(with_ada: Conversation, reply: Message, grace: User) -> None:
    first = reply.attachments.get()
    first.pk, first.filename, first.content_type = None, "bill.pdf", "application/pdf"
    first.save()
    bodies = adapter.split(with_ada.account, with_ada, reply)
    assert [(body["text"], body.get("kind")) for body in bodies] == [
        ("Open the valve.", None),
        ("", "photo"),
        ("", "document"),
    ]


def test_what_is_too_long_goes_in_pieces(with_ada: Conversation, reply: Message, telegram: Telegram) -> None:
    reply.attachments.all().delete()
    reply.html = f"<p>{'😀 word ' * 900}</p>"
    bodies = adapter.split(with_ada.account, with_ada, reply)
    assert len(bodies) > 1
    for body in bodies:
        adapter.send(with_ada.account, with_ada, part(with_ada, **body))
    assert " ".join(said["text"] for said in telegram.sent).count("word") == 900


def test_an_answer_names_what_it_answers_also_when_that_is_gone(with_ada: Conversation, telegram: Telegram) -> None:
    adapter.send(with_ada.account, with_ada, part(with_ada, f"{ADA['id']}:77", text="Yes"))
    assert telegram.sent[0]["reply_parameters"] == {"message_id": 77, "allow_sending_without_reply": True}
    with_ada.thread_key = "-100123/45"
    adapter.send(with_ada.account, with_ada, part(with_ada, text="In the topic"))
    assert (telegram.sent[1]["chat_id"], telegram.sent[1]["message_thread_id"]) == ("-100123", 45)


def test_formatting_that_is_refused_is_left_out(with_ada: Conversation, telegram: Telegram) -> None:
    telegram.misbehave("sendMessage", refused(400, "Bad Request: can't parse entities: unsupported"))
    bold = [{"type": "bold", "offset": 0, "length": 3}]
    adapter.send(with_ada.account, with_ada, part(with_ada, text="Yes", entities=bold))
    (said,) = telegram.sent
    assert "entities" not in said


def test_a_picture_that_cannot_be_shown_goes_as_a_document(
    with_ada: Conversation, reply: Message, telegram: Telegram
) -> None:
    telegram.misbehave("sendPhoto", refused(400, "Bad Request: PHOTO_INVALID_DIMENSIONS"))
    (body,) = adapter.split(with_ada.account, with_ada, reply)
    adapter.send(with_ada.account, with_ada, part(with_ada, **body))
    assert [said["method"] for said in telegram.sent] == ["sendDocument"]
    assert telegram.sent[0]["caption"] == "Open the valve."


def test_a_group_that_moved_is_followed(with_ada: Conversation, telegram: Telegram) -> None:
    moved = refused(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1009)
    telegram.misbehave("sendMessage", moved)
    sent = adapter.send(with_ada.account, with_ada, part(with_ada, text="Hello"))
    assert sent.external_id == "-1009:101"
    telegram.misbehave("sendMessage", moved, moved)
    with pytest.raises(Rejected):
        adapter.send(with_ada.account, with_ada, part(with_ada, text="Hello"))


@override("en")
@pytest.mark.parametrize(
    ("answered", "raised", "words"),
    [
        (refused(429, "Too Many Requests: retry after 17", retry_after=17), TryLater, "wait"),
        (refused(401, "Unauthorized"), LockedOut, "token"),
        (refused(404, "Not Found"), LockedOut, "token"),
        (refused(403, "Forbidden: user is deactivated"), Rejected, "left Telegram"),
        (refused(403, "Forbidden: bot can't initiate conversation with a user"), Rejected, "write first"),
        (refused(400, "Bad Request: chat not found"), Rejected, "write to the bot again"),
        (refused(400, "Bad Request: something new"), Rejected, "something new"),
        (refused(500, "Internal Server Error"), Uncertain, "look before"),
        (Answered(502, b"<html>", "text/html"), Uncertain, "look before"),
        (Answered(200, b"<html>", "text/html"), Uncertain, "look before"),
        (Answered.of({"ok": True, "result": True}), Uncertain, "could not be read"),
        (Answered(hangs_up=True), Uncertain, "did not answer"),
    ],
)
def test_refusals(
    with_ada: Conversation, telegram: Telegram, answered: Answered, raised: type[SendError], words: str
) -> None:
    telegram.misbehave("sendMessage", answered)
    with pytest.raises(raised) as caught:
        adapter.send(with_ada.account, with_ada, part(with_ada, text="Hello"))
    assert words in caught.value.words
    assert len(telegram.calls) == 1
    if isinstance(caught.value, TryLater):
        assert (caught.value.seconds, caught.value.whole_account) == (17, True)


def test_who_blocked_the_bot_is_unreachable(with_ada: Conversation, telegram: Telegram) -> None:
    telegram.blocked.add(5000000001)
    with pytest.raises(Rejected) as caught:
        adapter.send(with_ada.account, with_ada, part(with_ada, text="Hello"))
    assert caught.value.is_unreachable


def test_reactions(with_ada: Conversation, telegram: Telegram) -> None:
    adapter.react(with_ada.account, with_ada, f"{ADA['id']}:55", "❤\ufe0f")
    adapter.react(with_ada.account, with_ada, f"{ADA['id']}:55", "😂")
    adapter.react(with_ada.account, with_ada, f"{ADA['id']}:55", "")
    assert [said["reaction"] for said in telegram.sent] == [
        [{"type": "emoji", "emoji": "❤"}],
        [{"type": "emoji", "emoji": "🤣"}],
        [],
    ]
    with pytest.raises(Rejected):
        adapter.react(with_ada.account, with_ada, f"{ADA['id']}:55", "🧨")
    adapter.show_typing(with_ada.account, with_ada)
    assert telegram.calls[-1].json == {"chat_id": str(ADA["id"]), "action": "typing"}


# -- files and the account ----------------------------------------------------------------------------------------


def test_a_file_is_fetched(bot: ProviderAccount, telegram: Telegram) -> None:
    telegram.files["F1"] = PNG
    assert adapter.fetch(bot, ProviderMedia(ref={"file_id": "F1"})).content == PNG


def test_a_file_that_cannot_be_had(bot: ProviderAccount, telegram: Telegram) -> None:
    telegram.misbehave("getFile", refused(400, "Bad Request: file is too big"))
    with pytest.raises(NotThere) as caught:
        adapter.fetch(bot, ProviderMedia(ref={"file_id": "F1"}))
    assert not caught.value.may_come_back
    telegram.misbehave("getFile", refused(429, "Too Many Requests", retry_after=3))
    with pytest.raises(NotThere) as caught:
        adapter.fetch(bot, ProviderMedia(ref={"file_id": "F1"}))
    assert caught.value.may_come_back
    for path in ("../../bot", "a/../b", "", "//evil.example/x"):
        answer = Answered.of({"ok": True, "result": {"file_id": "F1", "file_path": path}})
        telegram.misbehave("getFile", answer)
        with pytest.raises(NotThere):
            adapter.fetch(bot, ProviderMedia(ref={"file_id": "F1"}))


def test_the_token_is_in_nothing_that_anybody_reads(
    with_ada: Conversation, telegram: Telegram, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Also not where a call breaks in a way that names its address."""
    settings.PROVIDER_URLS = {"telegram": "http://telegram.invalid:1"}
    with caplog.at_level(logging.DEBUG):
        for addresses in ({"telegram": "http://telegram.invalid:1"}, {"telegram": "gopher://telegram.invalid"}):
            settings.PROVIDER_URLS = addresses
            for call in (
                lambda: adapter.send(with_ada.account, with_ada, part(with_ada, text="Hello")),
                lambda: adapter.fetch(with_ada.account, ProviderMedia(ref={"file_id": "F1"})),
                lambda: adapter.probe(with_ada.account),
            ):
                try:
                    call()
                except (SendError, NotThere):
                    logging.getLogger("test").exception("it did not work")
    assert "it did not work" in caplog.text
    assert telegram.token not in caplog.text
    assert telegram.token.partition(":")[2] not in caplog.text


def test_telegram_is_told_our_address(bot: ProviderAccount, telegram: Telegram) -> None:
    assert not adapter.probe(bot)["comes_to_us"]
    adapter.connect(bot)
    assert telegram.webhook["url"] == "https://desk.example.org/hooks/telegram/token/"
    assert telegram.webhook["secret_token"] == telegram.secret
    assert "message_reaction" in telegram.webhook["allowed_updates"]
    found = adapter.probe(bot)
    assert (found["username"], found["comes_to_us"]) == ("onethread_support_bot", True)


def test_or_that_it_is_asked(bot: ProviderAccount, telegram: Telegram) -> None:
    adapter.connect(bot)
    bot.options["way"] = "polling"
    assert not adapter.probe(bot)["comes_to_us"]
    adapter.connect(bot)
    assert telegram.webhook == {}
    assert adapter.probe(bot)["comes_to_us"]


@override("en")
def test_an_address_that_telegram_cannot_call_is_said(bot: ProviderAccount, telegram: Telegram, settings: Any) -> None:
    settings.PUBLIC_URL = "http://localhost:8400"
    with pytest.raises(Rejected) as caught:
        adapter.connect(bot)
    assert "https" in caught.value.words
    bot.set_secrets(token="")
    with pytest.raises(LockedOut):
        adapter.connect(bot)


@pytest.mark.parametrize("is_there", [True, False])
def test_a_bot_that_is_disconnected_calls_nobody_any_more(
    bot: ProviderAccount, telegram: Telegram, is_there: bool
) -> None:
    adapter.connect(bot)
    if not is_there:
        telegram.misbehave("deleteWebhook", Answered.of({"ok": False, "description": "Gone"}, 502))
    remove_account(bot)
    assert not ProviderAccount.objects.exists()
    assert bool(telegram.webhook) is not is_there
