"""What an update of the Bot API tells. https://core.telegram.org/bots/api#update

Each holds exactly one thing; new kinds appear every year. A message is named by its chat and its number there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from channels_app.adapters.telegram.contents import SERVICE, contents_of, full_name, own_number, text_of
from channels_app.base import (
    Edited,
    Happening,
    MessageIn,
    Person,
    PersonMoved,
    ReachChanged,
    Reacted,
    Unhandled,
)
from channels_app.models import ProviderAccount
from channels_app.shapes import at, count, moment, thing, things, words
from customers.models import IdentityKind

# What has to be asked for by name; reactions never come otherwise.
ALLOWED = ["message", "edited_message", "callback_query", "message_reaction", "my_chat_member"]
GONE = ("kicked", "left")
BLOCKED = _("This person has blocked the bot: use another channel.")
REMOVED = _("The bot was removed from the group: ask to have it added again.")
SILENCED = _("The bot may not write in this group: its admins have to allow it.")
OTHER_REACTION = "✱"  # emoji that only Telegram has
TURNS = 1_000_000  # Telegram's times are whole seconds: within one, its numbers of updates say what came after what


def read(account: ProviderAccount, update: dict[str, Any], *, now: datetime) -> Iterator[Happening]:
    turn = count(update.get("update_id")) % TURNS
    if message := thing(update.get("message")):
        yield from _message(account, message, now)
    elif message := thing(update.get("edited_message")):
        yield from _edited(account, message, turn, now)
    elif pressed := thing(update.get("callback_query")):
        yield from _pressed(account, pressed, now)
    elif reaction := thing(update.get("message_reaction")):
        yield from _reaction(account, reaction, turn, now)
    elif member := thing(update.get("my_chat_member")):
        yield from _membership(account, member, turn, now)
    else:
        kinds = [name for name in update if name != "update_id"]
        yield Unhandled(now, ", ".join(kinds)[:80] or "an update without anything")


def _message(account: ProviderAccount, message: dict[str, Any], now: datetime) -> Iterator[Happening]:
    if not _is_for_us(account, message):
        return
    chat, number = thread_of(message), name_of(message)
    if moved := _moved(message, now):
        yield moved
        return
    sender = sender_of(message)
    if not (chat and number and sender):
        yield Unhandled(now, "a message without chat, number or sender")
        return
    text = text_of(message)
    command, _space, start = text.partition(" ")
    if command == "/start" and _is_private(message):  # the first press on the bot's button, no words of theirs
        yield MessageIn(
            moment(message.get("date"), now=now), number, chat, sender, text="/start", start=start.strip()[:64],
            opens_ticket=False,
        )  # fmt: skip
        return
    contents = contents_of(message)
    if not contents:
        if not SERVICE & message.keys():
            yield Unhandled(now, f"a message with {', '.join(sorted(message.keys() - KNOWN))[:60]}")
        return
    yield MessageIn(
        moment(message.get("date"), now=now),
        number,
        chat,
        sender,
        text=contents.text,
        files=contents.files,
        reply_to=_answered(message),
        facts=contents.facts,
        album=words(message.get("media_group_id")),
    )


# What every message has, so that the rest tells what it is.
KNOWN = frozenset({"message_id", "from", "sender_chat", "chat", "date", "message_thread_id", "is_topic_message"})


def _edited(account: ProviderAccount, message: dict[str, Any], turn: int, now: datetime) -> Iterator[Happening]:
    """The whole message again. A location that moves is edited every few seconds, and says nothing new."""
    if not _is_for_us(account, message):
        return
    name = name_of(message)
    if not name:
        yield Unhandled(now, "an edited message without chat or number")
    elif "text" in message or "caption" in message or not thing(message.get("location")):
        number = count(message.get("edit_date")) * TURNS + turn
        yield Edited(moment(message.get("edit_date"), now=now), name, text_of(message), number or 1)


def _pressed(account: ProviderAccount, pressed: dict[str, Any], now: datetime) -> Iterator[Happening]:
    """A button below a message of the bot's: its label is what the person says."""
    message = thing(pressed.get("message"))
    chat, sender, named = thread_of(message), _person(thing(pressed.get("from"))), words(pressed.get("id"))
    if not (chat and sender and named):
        yield Unhandled(now, "a button of a message that is not ours")
        return
    if not _is_private(message) and not _takes_groups(account):
        return
    data = words(pressed.get("data"))
    rows = at(message, "reply_markup", "inline_keyboard")
    buttons = [button for row in (rows if isinstance(rows, list) else []) for button in things(row)]
    label = next((words(button.get("text")) for button in buttons if words(button.get("callback_data")) == data), "")
    yield MessageIn(
        now, f"pressed:{named}", chat, sender, text=label or data, reply_to=name_of(message), facts={"pressed": data}
    )


def _reaction(account: ProviderAccount, told: dict[str, Any], turn: int, now: datetime) -> Iterator[Happening]:
    """All of one person's reactions to a message as they are now."""
    if not _is_private(told) and not _takes_groups(account):
        return
    who = _person(thing(told.get("user"))) or _chat_as_person(thing(told.get("actor_chat")))
    name = name_of(told)
    if not (who and name):
        yield Unhandled(now, "a reaction of nobody")
        return
    emoji = "".join(words(one.get("emoji")) or OTHER_REACTION for one in things(told.get("new_reaction")))
    yield Reacted(_in_turn(told, turn, now), name, thread_of(told), who, emoji)


def _membership(account: ProviderAccount, told: dict[str, Any], turn: int, now: datetime) -> Iterator[Happening]:
    """Who blocks the bot, puts it out of a group or lets it in again. A stranger's first look is no news."""
    is_private = _is_private(told)
    chat = thread_of(told)
    if not chat or not (is_private or _takes_groups(account)):
        return
    new, old = thing(told.get("new_chat_member")), thing(told.get("old_chat_member"))
    at_last = _in_turn(told, turn, now)
    if words(new.get("status")) in GONE:
        yield ReachChanged(at_last, chat, BLOCKED if is_private else REMOVED)
    elif new.get("status") == "restricted" and new.get("can_send_messages") is False:
        yield ReachChanged(at_last, chat, SILENCED)
    elif words(old.get("status")) in (*GONE, "restricted"):
        yield ReachChanged(at_last, chat, "")


# -- names --------------------------------------------------------------------------------------------------------


def thread_of(message: dict[str, Any]) -> str:
    """Its chat; in a group with topics, the topic there."""
    chat = _number(at(message, "chat", "id"))
    topic = words(message.get("message_thread_id")) if message.get("is_topic_message") is True else ""
    return f"{chat}/{topic}" if chat and topic else chat


def name_of(message: dict[str, Any]) -> str:
    chat, number = _number(at(message, "chat", "id")), count(message.get("message_id"))
    return f"{chat}:{number}" if chat and number else ""


def sender_of(message: dict[str, Any]) -> Person | None:
    """An admin who writes for a group or channel is that; a bot is nobody."""
    if chat := _chat_as_person(thing(message.get("sender_chat"))):
        return chat
    sender = thing(message.get("from"))
    return _person(sender, number=own_number(message))


def _person(user: dict[str, Any], number: str = "") -> Person | None:
    key, handle = _number(user.get("id")), words(user.get("username"))
    if not key or user.get("is_bot") is True:
        return None
    also = ((str(IdentityKind.PHONE), number),) if number else ()
    return Person(key, full_name(user), f"@{handle}" if handle else "", also)


def _chat_as_person(chat: dict[str, Any]) -> Person | None:
    key = _number(chat.get("id"))
    return Person(key, words(chat.get("title")), words(chat.get("username"))) if key else None


def _answered(message: dict[str, Any]) -> str:
    """In a topic everything answers the message that opened it, which says nothing."""
    answered = thing(message.get("reply_to_message"))
    if message.get("is_topic_message") is True and answered.get("message_id") == message.get("message_thread_id"):
        return ""
    return name_of(answered)


def _moved(message: dict[str, Any], now: datetime) -> PersonMoved | None:
    here = _number(at(message, "chat", "id"))
    before, after = _number(message.get("migrate_from_chat_id")), _number(message.get("migrate_to_chat_id"))
    when = moment(message.get("date"), now=now)
    if here and after:
        return PersonMoved(when, here, after)
    return PersonMoved(when, before, here) if here and before else None


def _in_turn(told: dict[str, Any], turn: int, now: datetime) -> datetime:
    return moment(told.get("date"), now=now) + timedelta(microseconds=turn)


def _is_for_us(account: ProviderAccount, message: dict[str, Any]) -> bool:
    """Not what a bot says, and nothing of groups where those are to be left alone."""
    is_bot = at(message, "from", "is_bot") is True and not thing(message.get("sender_chat"))
    return not is_bot and (_is_private(message) or _takes_groups(account))


def _is_private(message: dict[str, Any]) -> bool:
    return words(at(message, "chat", "type")) in ("private", "")


def _takes_groups(account: ProviderAccount) -> bool:
    return bool(account.option("groups", "refuse") == "handle")


def _number(value: object) -> str:
    """An id as text, whose sign counts. They come near 2^53, and are never calculated with."""
    text = words(value)
    return text if text.removeprefix("-").isdecimal() and text.isascii() else ""
