"""What one message in Messenger or Instagram says: its words, its files, and what else a bubble shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _

from channels_app.base import MediaRef
from channels_app.shapes import at, thing, things, words

STORED = {"image": "image/jpeg", "sticker": "image/png", "video": "video/mp4", "audio": "audio/mp4", "file": ""}


@dataclass
class Said:
    lines: list[str] = field(default_factory=list)
    files: list[MediaRef] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return "\n".join(filter(None, self.lines))

    def __bool__(self) -> bool:
        return bool(self.text or self.files or self.facts)


def said_in(message: dict[str, Any]) -> Said:
    """Empty where nothing of it can be read."""
    said = Said([words(message.get("text"))])
    for attachment in _each_once(things(message.get("attachments"))):
        _add(said, attachment)
    if message.get("is_unsupported") is True and not said:
        said.lines.append(_("[A message of a kind that Instagram does not hand on. Look for it in the app.]"))
    if payload := words(at(message, "quick_reply", "payload")):
        said.facts["pressed"] = payload
    if story := thing(at(message, "reply_to", "story")):
        _add_story(said, words(story.get("url")), "reply")
    if referral := referral_facts(thing(message.get("referral"))):
        said.facts["referral"] = referral
    return said


def _each_once(attachments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A sticker used to come twice, as a picture and as itself, with one id."""
    kept: list[dict[str, Any]] = []
    seen: set[str] = set()
    for attachment in attachments:
        sticker = words(at(attachment, "payload", "sticker_id"))
        if sticker and sticker in seen:
            continue
        seen.add(sticker)
        kept.append(attachment)
    return kept


def _add(said: Said, attachment: dict[str, Any]) -> None:
    kind, payload = words(attachment.get("type")), thing(attachment.get("payload"))
    url = words(payload.get("url")) or words(attachment.get("url"))
    title = words(payload.get("title")) or words(attachment.get("title"))
    if kind == "fallback":  # a link that somebody pasted, with what is behind it
        said.lines += [line for line in (title, url) if line and line not in said.text]
    elif kind == "template":
        said.lines += _of_template(payload)
    elif kind == "location":
        _add_place(said, thing(payload.get("coordinates")), title)
    elif kind == "ephemeral":
        said.lines.append(_("[A picture that can be looked at once: it is only in the app.]"))
    elif kind == "story_mention":
        _add_story(said, url, "mention")
    elif url and kind in STORED:
        said.files.append(MediaRef({"url": url}, _name_of(url, kind), STORED[kind]))
    elif url:  # others' posts and reels: their terms let us show where they are, not keep them
        said.files.append(MediaRef({"url": url}, title or kind, may_be_stored=False))


def _add_story(said: Said, url: str, how: str) -> None:
    said.facts["story"] = {"how": how, "url": url}
    if url:
        said.files.append(MediaRef({"url": url}, "story", may_be_stored=False))


def _add_place(said: Said, place: dict[str, Any], title: str) -> None:
    latitude, longitude = place.get("lat"), place.get("long")
    if isinstance(latitude, int | float) and isinstance(longitude, int | float):
        named = {"name": title} if title else {}
        said.facts["location"] = {"latitude": latitude, "longitude": longitude, **named}


def _of_template(payload: dict[str, Any]) -> list[str]:
    """What stands on the cards that some other tool of ours has sent."""
    cards = [payload, *things(payload.get("elements")), *things(at(payload, "generic", "elements"))]
    names = ("title", "subtitle", "text")
    return [words(card.get(name)) for card in cards for name in names if words(card.get(name))]


def referral_facts(referral: dict[str, Any]) -> dict[str, str]:
    """By which ad or link of ours somebody came."""
    title, url = words(at(referral, "ads_context_data", "ad_title")), words(referral.get("referer_uri"))
    return {"title": title, "url": url} if title or url else {}


def _name_of(url: str, kind: str) -> str:
    try:
        name = unquote(PurePosixPath(urlsplit(url).path).name)
    except ValueError:
        return kind
    return name if "." in name else kind
