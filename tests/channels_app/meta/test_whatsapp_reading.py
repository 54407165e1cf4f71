"""WhatsApp's hook, by payload files in its documented shapes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from channels_app.base import (
    AccountTold,
    ConsentTold,
    Edited,
    MessageIn,
    PersonMoved,
    Reacted,
    StatusTold,
    TemplateTold,
    Unhandled,
    Withdrawn,
)
from channels_app.models import PartState, ProviderAccount
from helpdesk.demo.stand_ins.base import HookCall
from helpdesk.demo.stand_ins.graph import GraphStandIn
from helpdesk.demo.stand_ins.graph_whatsapp import SHEENA, WhatsAppHooks, Writer
from tests.channels_app.meta.accounts import account_of, payload_names, read, replayed
from tests.channels_app.meta.damage import damaged_bodies

BSUID, WA_ID = "US.13491208655302741918", "16505551234"


@pytest.fixture
def number() -> ProviderAccount:
    return account_of(GraphStandIn())


def message(account: ProviderAccount, name: str) -> MessageIn:
    told = [one for one in replayed(account, name) if isinstance(one, MessageIn)]
    assert len(told) == 1
    return told[0]


def test_a_text(number: ProviderAccount) -> None:
    moved, told = replayed(number, "text")
    assert moved == PersonMoved(datetime(2025, 6, 8, 20, 59, 43, tzinfo=UTC), WA_ID, BSUID)
    assert isinstance(told, MessageIn)
    assert told.text == "Does it come in another color? Grüße 🙂"
    assert (told.thread_key, told.sender.key, told.sender.name) == (BSUID, BSUID, "Sheena Nelson")
    assert set(told.sender.also) == {("whatsapp", WA_ID), ("phone", f"+{WA_ID}")}
    assert told.opens_window and told.window is None and not told.is_echo


def test_who_hides_the_number(number: ProviderAccount) -> None:
    (told,) = replayed(number, "text_hidden_number")
    assert isinstance(told, MessageIn)
    assert (told.thread_key, told.sender.handle, told.sender.also) == (
        "US.11815799212886844830",
        "pablomorales",
        (),
    )


def test_who_has_only_a_number(number: ProviderAccount) -> None:
    (told,) = replayed(number, "text_number_only")
    assert isinstance(told, MessageIn)
    assert (told.thread_key, told.sender.also) == (WA_ID, (("phone", f"+{WA_ID}"),))


def test_an_answer_names_what_it_answers(number: ProviderAccount) -> None:
    assert message(number, "reply").reply_to == "wamid.HBgLQUVO"


@pytest.mark.parametrize(
    ("name", "filename", "content_type", "text"),
    [
        ("image", "image.jpg", "image/jpeg", "Taj Mahal"),
        ("voice", "audio.ogg", "audio/ogg", ""),
        ("document", "invoice.pdf", "application/pdf", ""),
        ("sticker", "sticker.webp", "image/webp", ""),
    ],
)
def test_files(number: ProviderAccount, name: str, filename: str, content_type: str, text: str) -> None:
    told = message(number, name)
    (file,) = told.files
    assert (told.text, file.content_type) == (text, content_type) and file.ref["id"].isdecimal()
    assert file.filename.partition(".")[0] == filename.partition(".")[0] and file.may_be_stored


def test_places_people_and_what_was_pressed(number: ProviderAccount) -> None:
    assert message(number, "location").facts["location"] == {
        "latitude": 37.4421694,
        "longitude": -122.1615067,
        "name": "Philz Coffee",
        "address": "101 Forest Ave, Palo Alto, CA 94301",
    }
    assert message(number, "contacts").facts["contacts"] == [
        {"name": "Barbara J. Johnson", "phones": ["+1 (415) 555-0829"], "emails": ["barbara@example.com"]}
    ]
    *_moved, pressed, wish = replayed(number, "button")
    assert isinstance(pressed, MessageIn) and pressed.facts["pressed"] == "Unsubscribe"
    assert isinstance(wish, ConsentTold) and wish.purposes == ("outreach", "survey") and not wish.is_given
    chosen = message(number, "list_reply")
    assert (chosen.text, chosen.facts) == (
        "Priority Mail Express\nNext Day to 2 Days",
        {"pressed": "priority_express"},
    )
    assert message(number, "button_reply").text == "Cancel order"
    assert message(number, "flow_reply").text == "Sent\nsize: L\ncolours: red, blue\ngift: true"
    assert message(number, "order").text.splitlines() == [
        "Love these!",
        "2 × di9ozbzfi4 at 30 USD",
        "1 × nqryix03ez at 25.5 USD",
    ]
    assert message(number, "unsupported").text.startswith("[")


def test_an_ad_opens_a_longer_window(number: ProviderAccount) -> None:
    told = message(number, "from_an_ad")
    assert told.window == timedelta(hours=72)
    assert told.facts["referral"] == {"title": "Chat with us", "url": "https://fb.me/3cr4Wqqkv"}


def test_what_changes_a_message(number: ProviderAccount) -> None:
    *_moved, reacted = replayed(number, "reaction")
    assert isinstance(reacted, Reacted) and (reacted.external_id, reacted.emoji) == ("wamid.HBgLOUT", "👍")
    *_moved, taken_back = replayed(number, "reaction_removed")
    assert isinstance(taken_back, Reacted) and taken_back.emoji == ""
    *_moved, edited = replayed(number, "edit")
    assert isinstance(edited, Edited)
    assert (edited.external_id, edited.text, edited.number) == ("wamid.ORIGINAL", "What I meant", 1749416383)
    *_moved, withdrawn = replayed(number, "revoke")
    assert isinstance(withdrawn, Withdrawn) and withdrawn.external_id == "wamid.ORIGINAL"


def test_what_we_wrote_on_the_telephone(number: ProviderAccount) -> None:
    (echo,) = replayed(number, "echo")
    assert isinstance(echo, MessageIn)
    assert echo.is_echo and not echo.opens_window
    assert (echo.thread_key, echo.external_id) == (BSUID, "wamid.ECHO")
    (withdrawn,) = replayed(number, "echo_revoked")
    assert isinstance(withdrawn, Withdrawn) and withdrawn.external_id == "wamid.ECHO"


def test_statuses(number: ProviderAccount) -> None:
    told = replayed(number, "statuses")
    states = [one.state for one in told if isinstance(one, StatusTold)]
    assert states == [PartState.READ, PartState.SENT, PartState.DELIVERED, PartState.READ]
    sent = next(one for one in told if isinstance(one, StatusTold) and one.state == PartState.SENT)
    assert sent.client_key == "6a4be1bb-3f0f-4a2a-9d1e-3d2a0e6a7c11"
    assert [one.kind for one in told if isinstance(one, Unhandled)] == ["status held_for_quality_assessment"]
    (failed,) = replayed(number, "status_failed")
    assert isinstance(failed, StatusTold) and failed.code == "131047"
    assert "choose a template" in failed.error


def test_wishes_numbers_and_news(number: ProviderAccount) -> None:
    (wish,) = replayed(number, "preference")
    assert isinstance(wish, ConsentTold) and not wish.is_given and wish.purposes == ("outreach",)
    (moved,) = replayed(number, "new_number")[:1]
    assert isinstance(moved, PersonMoved) and (moved.old_key, moved.new_key) == (BSUID, "US.99991208655302741918")
    (quality,) = replayed(number, "quality")
    assert isinstance(quality, AccountTold) and quality.facts["messaging_limit_tier"] == "TIER_1K"
    (shut,) = replayed(number, "account_disabled")
    assert isinstance(shut, AccountTold) and shut.problem
    (template,) = replayed(number, "template_rejected")
    assert isinstance(template, TemplateTold)
    assert (template.name, template.language, template.state) == ("order_confirmation", "en-US", "rejected")
    assert template.reason == "Variables may not be at the end."


@pytest.mark.parametrize(
    ("text", "given"), [("Stop", [False]), (" stop  promotions ", [False]), ("start", [True]), ("Stop the bike", [])]
)
def test_words_that_stop_what_nobody_asked_for(number: ProviderAccount, text: str, given: list[bool]) -> None:
    told = read(number, WhatsAppHooks(GraphStandIn()).text(text))
    assert [one.is_given for one in told if isinstance(one, ConsentTold)] == given
    assert any(isinstance(one, MessageIn) for one in told)


def test_what_is_not_ours_or_not_known(number: ProviderAccount) -> None:
    for name, kind in [
        ("another_number", "messages of another number"),
        ("unknown_field", "history"),
        ("in_a_group", "message in a group"),
    ]:
        assert [one.kind for one in replayed(number, name) if isinstance(one, Unhandled)] == [kind]
        assert len(replayed(number, name)) == 1
    locked, busy = replayed(number, "errors")
    assert isinstance(locked, AccountTold) and locked.problem
    assert isinstance(busy, Unhandled)


def test_a_broken_neighbour_loses_nothing(number: ProviderAccount) -> None:
    told = replayed(number, "missing_fields")
    good = next(one for one in told if isinstance(one, MessageIn) and one.external_id == "wamid.GOOD")
    assert good.text == "Still here"
    assert sum(isinstance(one, Unhandled) for one in told) >= 3


@pytest.mark.parametrize("name", payload_names("whatsapp"))
def test_nothing_that_comes_is_an_error(number: ProviderAccount, name: str) -> None:
    for body in damaged_bodies("whatsapp", name):
        read(number, HookCall(body, {}))


def test_the_stand_in_speaks_the_same(number: ProviderAccount) -> None:
    graph = GraphStandIn()
    hooks = WhatsAppHooks(graph)
    hidden = Writer("Pablo", wa_id="", user_id="US.1181", username="pablo")
    calls = [
        (hooks.text("Hello", hidden), MessageIn),
        (hooks.media("image", b"x", "image/png", caption="See"), MessageIn),
        (hooks.message("location", {"latitude": 1.5, "longitude": 2}), MessageIn),
        (hooks.reaction("wamid.1", "🙏"), Reacted),
        (hooks.edit("wamid.1", "Better"), Edited),
        (hooks.revoke("wamid.1"), Withdrawn),
        (hooks.status("wamid.OUT1", "failed", code=131026), StatusTold),
        (hooks.echo("From the telephone"), MessageIn),
        (hooks.preference("resume"), ConsentTold),
        (hooks.new_number(SHEENA, Writer(wa_id="12195555358", user_id="US.2")), PersonMoved),
        (hooks.quality("UPGRADE", "TIER_10K"), AccountTold),
        (hooks.template("hello", "APPROVED"), TemplateTold),
        (hooks.unknown(), Unhandled),
    ]
    for call, kind in calls:
        assert isinstance(read(number, call)[-1], kind)
