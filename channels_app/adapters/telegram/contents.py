"""What one Telegram message holds: its words, its files, and what it tells besides.

https://core.telegram.org/bots/api#message
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from channels_app.adapters.telegram.markup import with_links
from channels_app.base import MediaRef
from channels_app.shapes import count, thing, things, words

# With the name and type that a file without its own gets. An animation is there twice, as a document too.
FILES = {
    "animation": ("animation", ".mp4", "video/mp4"),
    "video": ("video", ".mp4", "video/mp4"),
    "video_note": ("video", ".mp4", "video/mp4"),
    "voice": ("voice", ".ogg", "audio/ogg"),
    "audio": ("audio", ".mp3", "audio/mpeg"),
    "document": ("document", "", "application/octet-stream"),
}
# What happens to a group or chat, and what nobody answers.
SERVICE = frozenset(
    "new_chat_members left_chat_member new_chat_title new_chat_photo delete_chat_photo group_chat_created "
    "supergroup_chat_created channel_chat_created message_auto_delete_timer_changed migrate_to_chat_id "
    "migrate_from_chat_id pinned_message forum_topic_created forum_topic_edited forum_topic_closed "
    "forum_topic_reopened general_forum_topic_hidden general_forum_topic_unhidden video_chat_scheduled "
    "video_chat_started video_chat_ended video_chat_participants_invited boost_added chat_background_set "
    "proximity_alert_triggered write_access_allowed users_shared chat_shared".split()
)


@dataclass
class Contents:
    text: str = ""
    files: list[MediaRef] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.text or self.files or self.facts)


def contents_of(message: dict[str, Any]) -> Contents:
    """Empty for what we can't show; then `SERVICE` tells whether anything was missed."""
    found = Contents(text_of(message), _files(message))
    if place := _location(message):
        found.facts["location"] = place
    if contact := thing(message.get("contact")):
        found.facts["contacts"] = [_contact(contact)]
    if not found.text:
        found.text = _instead(message)
    if found and (source := _forwarded_from(message)):
        found.facts["forwarded_from"] = source
    return found


def text_of(message: dict[str, Any]) -> str:
    if text := words(message.get("text")):
        return with_links(text, message.get("entities"))
    return with_links(words(message.get("caption")), message.get("caption_entities"))


def _files(message: dict[str, Any]) -> list[MediaRef]:
    number = count(message.get("message_id"))
    if sizes := things(message.get("photo")):  # one picture in several sizes, the largest last
        return _file(sizes[-1], f"photo-{number}.jpg", "image/jpeg")
    if sticker := thing(message.get("sticker")):
        return _sticker(sticker, number)
    for kind, (name, ending, content_type) in FILES.items():
        if file := thing(message.get(kind)):
            return _file(file, f"{name}-{number}{ending}", content_type)
    return []


def _file(file: dict[str, Any], name: str, content_type: str) -> list[MediaRef]:
    named = words(file.get("file_id"))
    if not named:
        return []
    kind = words(file.get("mime_type")) or content_type
    return [
        MediaRef({"file_id": named}, words(file.get("file_name")) or name, kind, count(file.get("file_size")) or None)
    ]


def _sticker(sticker: dict[str, Any], number: int) -> list[MediaRef]:
    if sticker.get("is_animated"):  # no browser shows these; its emoji says what is meant
        return []
    is_video = bool(sticker.get("is_video"))
    ending, content_type = (".webm", "video/webm") if is_video else (".webp", "image/webp")
    return _file(sticker, f"sticker-{number}{ending}", content_type)


def _location(message: dict[str, Any]) -> dict[str, Any]:
    venue = thing(message.get("venue"))
    place = thing(venue.get("location")) or thing(message.get("location"))
    latitude, longitude = place.get("latitude"), place.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return {}
    told = {"name": words(venue.get("title")), "address": words(venue.get("address"))}
    return {"latitude": latitude, "longitude": longitude, **{key: value for key, value in told.items() if value}}


def _contact(contact: dict[str, Any]) -> dict[str, Any]:
    number = words(contact.get("phone_number"))
    return {"name": full_name(contact), "phones": [number] if number else [], "emails": []}


def own_number(message: dict[str, Any]) -> str:
    """Of a contact that is the sender's own; anybody may pass on those of others."""
    contact, sender = thing(message.get("contact")), words(thing(message.get("from")).get("id"))
    if not sender or words(contact.get("user_id")) != sender:
        return ""
    number = words(contact.get("phone_number"))
    return number if number.startswith("+") or not number else f"+{number}"


def full_name(person: dict[str, Any]) -> str:
    return " ".join(filter(None, (words(person.get("first_name")), words(person.get("last_name"))))).strip()


def _instead(message: dict[str, Any]) -> str:
    """Words for what has none of its own."""
    if sticker := thing(message.get("sticker")):
        return words(sticker.get("emoji")) or _("Sticker")
    if dice := thing(message.get("dice")):
        return f"{words(dice.get('emoji'))} {words(dice.get('value'))}".strip()
    if poll := thing(message.get("poll")):
        options = [f"• {words(one.get('text'))}" for one in things(poll.get("options"))]
        return "\n".join([words(poll.get("question")), *options])
    if game := thing(message.get("game")):
        return words(game.get("title"))
    return _("A story, which bots are not shown.") if "story" in message else ""


def _forwarded_from(message: dict[str, Any]) -> str:
    origin = thing(message.get("forward_origin"))
    chat = thing(origin.get("sender_chat")) or thing(origin.get("chat"))
    name = full_name(thing(origin.get("sender_user"))) or words(origin.get("sender_user_name"))
    return name or words(chat.get("title"))
