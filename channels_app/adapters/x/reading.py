"""One call of X's hook, as what happened: the Account Activity shape and the X Activity shape that replaces it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from channels_app.base import (
    Edited,
    Happening,
    MediaRef,
    MessageIn,
    Person,
    SeenUpTo,
    Unhandled,
    Withdrawn,
)
from channels_app.models import PartState, ProviderAccount
from channels_app.shapes import at, moment, texts, thing, things, words

TRAILING_LINK = re.compile(r"\s*https://t\.co/\w+\s*\Z")
OF_NO_CONCERN = {
    "direct_message_indicate_typing_events", "favorite_events", "follow_events", "block_events", "mute_events",
}  # fmt: skip
NEWS_OF_NO_CONCERN = ("follow.", "profile.", "dm.indicate_typing", "like.")
ENCRYPTED = _("An encrypted message, which only X itself can show: open X to read it.")


def read(account: ProviderAccount, data: dict[str, Any], *, now: datetime) -> Iterator[Happening]:
    if isinstance(data.get("data"), dict):
        yield from _news(account, data, now)
        return
    users = thing(data.get("users"))
    for event in things(data.get("direct_message_events")):
        yield from _direct(account, event, users, now)
    for event in things(data.get("direct_message_mark_read_events")):
        if sender := words(event.get("sender_id")):
            yield SeenUpTo(moment(event.get("created_timestamp"), now=now, milliseconds=True), sender, PartState.READ)
    if account.option("reads_mentions"):
        for post in things(data.get("tweet_create_events")):
            yield from _old_post(account, post, now)
    for event in things(data.get("tweet_delete_events")):
        if gone := words(at(event, "status", "id")):
            yield Withdrawn(moment(event.get("timestamp_ms"), now=now, milliseconds=True), gone)
    known = {"for_user_id", "users", "direct_message_events", "direct_message_mark_read_events", "apps",
             "tweet_create_events", "tweet_delete_events", "user_has_blocked", *OF_NO_CONCERN}  # fmt: skip
    for other in data.keys() - known:
        yield Unhandled(now, other)


def _news(account: ProviderAccount, data: dict[str, Any], now: datetime) -> Iterator[Happening]:
    """The X Activity shape: one event a call."""
    told = thing(data.get("data"))
    kind, payload = words(told.get("event_type")), thing(told.get("payload"))
    if kind in ("dm.received", "dm.sent"):
        people = {key: thing(at(user, "data")) for key, user in thing(payload.get("users")).items()}
        for event in things(payload.get("direct_message_events")):
            yield from _direct(account, event, people, now)
    elif kind in ("post.mention.create", "post.reply.create", "post.quote.create"):
        if account.option("reads_mentions"):
            authors = things(at(data, "includes", "users"))
            yield from _post(account, payload, {words(one.get("id")): one for one in authors}, now)
    elif kind == "post.delete":
        if post := words(payload.get("id")):
            yield Withdrawn(now, post)
    elif kind == "chat.received":
        yield from _encrypted(account, told, payload, now)
    elif not kind.startswith(NEWS_OF_NO_CONCERN):
        yield Unhandled(now, kind)


def _direct(
    account: ProviderAccount, event: dict[str, Any], users: dict[str, Any], now: datetime
) -> Iterator[Happening]:
    said, key = thing(event.get("message_create")), words(event.get("id"))
    sender, to = words(said.get("sender_id")), words(at(said, "target", "recipient_id"))
    if words(event.get("type")) != "message_create" or not (key and sender):
        yield Unhandled(now, f"direct message event {words(event.get('type'))}")
        return
    is_echo = sender == account.external_id
    other = to if is_echo else sender
    if not other:
        yield Unhandled(now, "direct message without a person")
        return
    told = thing(said.get("message_data"))
    files = _media_of_message(told)
    text = html.unescape(words(told.get("text")))
    facts = {"pressed": pressed} if (pressed := words(at(told, "quick_reply_response", "metadata"))) else {}
    yield MessageIn(
        moment(event.get("created_timestamp"), now=now, milliseconds=True),
        external_id=key,
        thread_key=other,
        sender=_person(other, users),
        text=TRAILING_LINK.sub("", text) if files else text,
        files=files,
        is_echo=is_echo,
        facts=facts,
    )


def _media_of_message(told: dict[str, Any]) -> list[MediaRef]:
    media = thing(at(told, "attachment", "media"))
    url = words(media.get("media_url_https"))
    return [MediaRef({"url": url, "is_private": True}, filename=_name_of(url))] if url else []


def _old_post(account: ProviderAccount, post: dict[str, Any], now: datetime) -> Iterator[Happening]:
    """A post of the Account Activity shape, written anew in that of today."""
    if thing(post.get("retweeted_status")):
        return
    author = thing(post.get("user"))
    whole = thing(post.get("extended_tweet"))
    media = things(at(whole or post, "extended_entities", "media"))
    yield from _post(
        account,
        {
            "id": post.get("id_str"),
            "text": words(whole.get("full_text")) or words(post.get("text")),
            "author_id": author.get("id_str"),
            "conversation_id": post.get("in_reply_to_status_id_str") or post.get("id_str"),
            "replied_to": post.get("in_reply_to_status_id_str"),
            "created_ms": post.get("timestamp_ms"),
            "media": [words(one.get("media_url_https")) for one in media],
        },
        {words(author.get("id_str")): {"name": author.get("name"), "username": author.get("screen_name")}},
        now,
    )


def _post(
    account: ProviderAccount, post: dict[str, Any], authors: dict[str, Any], now: datetime
) -> Iterator[Happening]:
    """A public post that names us. Its later versions have ids of their own: the first of them is its key."""
    versions = [*texts(post.get("edit_history_tweet_ids"))] or [words(post.get("id"))]
    author = words(post.get("author_id"))
    if not versions[0] or not author:
        yield Unhandled(now, "post without an id or author")
        return
    said_at = moment(
        post.get("created_ms"), now=parse_datetime(words(post.get("created_at"))) or now, milliseconds=True
    )
    person = _person(author, authors)
    text = html.unescape(words(post.get("text")))
    files = [MediaRef({"url": url}, filename=_name_of(url)) for url in texts(post.get("media"))]
    yield MessageIn(
        said_at,
        external_id=versions[0],
        thread_key=f"post:{words(post.get('conversation_id')) or versions[0]}:{author}",
        sender=person,
        text=TRAILING_LINK.sub("", text) if files else text,
        files=files,
        reply_to=words(post.get("replied_to")) or _replied_to(post),
        is_echo=author == account.external_id,
        is_public=True,
        facts={"is_public": True, "post_url": f"https://x.com/{person.handle or 'i'}/status/{words(post.get('id'))}"},
    )
    if len(versions) > 1:
        yield Edited(said_at, versions[0], text, len(versions) - 1)


def _replied_to(post: dict[str, Any]) -> str:
    referred = things(post.get("referenced_tweets"))
    return next((words(one.get("id")) for one in referred if words(one.get("type")) == "replied_to"), "")


def _encrypted(
    account: ProviderAccount, told: dict[str, Any], payload: dict[str, Any], now: datetime
) -> Iterator[Happening]:
    """Its words are for devices alone; that it came is worth knowing."""
    sender, key = words(payload.get("sender_id")), words(payload.get("id")) or words(told.get("event_uuid"))
    if not sender or not key or sender == account.external_id:
        yield Unhandled(now, "encrypted message of nobody")
        return
    yield MessageIn(now, key, sender, Person(sender), text=str(ENCRYPTED))


def _person(key: str, known: dict[str, Any]) -> Person:
    """By their number: a name may be given up, and taken by somebody else."""
    told = thing(known.get(key))
    handle = words(told.get("username")) or words(told.get("screen_name"))
    return Person(key, name=words(told.get("name")), handle=handle)


def _name_of(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2][:120]
