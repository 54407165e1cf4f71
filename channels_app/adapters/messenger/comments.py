"""Comments below our posts, and posts on our page: what everybody can read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from channels_app.base import Edited, Happening, MediaRef, MessageIn, Person, Unhandled, Withdrawn
from channels_app.models import ProviderAccount
from channels_app.shapes import at, moment, thing, words

OF_INSTAGRAM = frozenset({"comments", "live_comments"})
POSTS = frozenset({"post", "status", "photo", "video", "share"})


def read_change(account: ProviderAccount, change: dict[str, Any], told_at: datetime) -> Iterator[Happening]:
    field, value = words(change.get("field")), thing(change.get("value"))
    if not account.option("reads_comments"):
        yield Unhandled(told_at, f"{field} (switched off)")
    elif field == "feed":
        yield from _feed(account, value, told_at)
    elif field in OF_INSTAGRAM:
        yield from _instagram(account, value, told_at)
    else:
        yield Unhandled(told_at, field)


def thread_of(post: str, person: str) -> str:
    """One person below one post: others there have their own concerns."""
    return f"post:{post}:{person}"


def post_in(thread_key: str) -> str:
    return thread_key.removeprefix("post:").partition(":")[0]


def _feed(account: ProviderAccount, value: dict[str, Any], told_at: datetime) -> Iterator[Happening]:
    item, verb = words(value.get("item")), words(value.get("verb"))
    post, parent = words(value.get("post_id")), words(value.get("parent_id"))
    name = words(value.get("comment_id")) if item == "comment" else post if item in POSTS else ""
    when = moment(value.get("created_time"), now=told_at)
    if not name or (item != "comment" and words(at(value, "from", "id")) == account.external_id):
        yield Unhandled(told_at, f"feed {item}")
    elif verb in ("edit", "edited"):
        yield Edited(told_at, name, words(value.get("message")), int(told_at.timestamp()))
    elif verb in ("remove", "hide"):
        yield Withdrawn(told_at, name)
    elif verb == "add":
        person = Person(words(at(value, "from", "id")), words(at(value, "from", "name")))
        url = words(at(value, "post", "permalink_url")) or f"https://www.facebook.com/{name}"
        files = [MediaRef({"url": words(value.get(kind))}, kind) for kind in ("photo", "video") if value.get(kind)]
        answered = parent if parent != post else ""
        yield from _comment(account, when, name, post, person, words(value.get("message")), files, answered, url)
    else:
        yield Unhandled(told_at, f"feed {item} {verb}")


def _instagram(account: ProviderAccount, value: dict[str, Any], told_at: datetime) -> Iterator[Happening]:
    """Neither edits nor deletions of comments are told."""
    author = thing(value.get("from"))
    handle = words(author.get("username"))
    person = Person(words(author.get("id")), handle, handle)
    post, name = words(at(value, "media", "id")), words(value.get("id"))
    yield from _comment(
        account, told_at, name, post, person, words(value.get("text")), [], words(value.get("parent_id")), ""
    )


def _comment(
    account: ProviderAccount,
    when: datetime,
    name: str,
    post: str,
    person: Person,
    text: str,
    files: list[MediaRef],
    reply_to: str,
    url: str,
) -> Iterator[Happening]:
    if not name or not person.key or not (text or files):
        yield Unhandled(when, "comment without its author" if name else "comment without an id")
        return
    yield MessageIn(
        when,
        name,
        thread_of(post, person.key),
        person,
        text,
        tuple(files),
        reply_to=reply_to,
        is_echo=person.key == account.external_id,
        is_public=True,
        opens_window=False,  # a comment lets nobody write to them privately but once
        facts={"is_public": True, "post_id": post, **({"post_url": url} if url else {})},
    )
