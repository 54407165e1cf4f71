"""One call of Messenger's or Instagram's hook, as what happened in conversations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from channels_app.adapters.messenger.comments import read_change
from channels_app.adapters.messenger.contents import referral_facts, said_in
from channels_app.base import (
    AccountTold,
    Edited,
    Elsewhere,
    Happening,
    MessageIn,
    Person,
    Reacted,
    SeenUpTo,
    StatusTold,
    Unhandled,
    Withdrawn,
)
from channels_app.messaging.starting import word_in
from channels_app.meta_codes import meaning_of
from channels_app.models import PartState, ProviderAccount
from channels_app.shapes import at, count, moment, texts, thing, things, words

SECONDS = 10**11  # an entry's time is in seconds with comments, in milliseconds with messages
EMOJI = {
    "love": "❤️", "smile": "😆", "laugh": "😆", "haha": "😆", "wow": "😮", "sad": "😢", "angry": "😠",
    "like": "👍", "yes": "👍", "dislike": "👎", "no": "👎", "other": "🙂",
}  # fmt: skip


@dataclass(frozen=True)
class Event:
    """One event between a person and our page. `thread` is the person's key, whoever of the two did it."""

    account: ProviderAccount
    data: dict[str, Any]
    when: datetime
    now: datetime

    @property
    def is_ours(self) -> bool:
        """An echo has its two sides swapped."""
        sender = words(at(self.data, "sender", "id"))
        return sender == self.account.external_id or at(self.data, "message", "is_echo") is True

    @property
    def thread(self) -> str:
        return words(at(self.data, "recipient" if self.is_ours else "sender", "id"))

    @property
    def who(self) -> Person:
        if self.is_ours:
            return Person(self.account.external_id, self.account.name)
        return Person(self.thread, words(at(self.data, "sender", "name")), words(at(self.data, "sender", "username")))


def read(account: ProviderAccount, known_as: str, data: dict[str, Any], *, now: datetime) -> Iterator[Happening]:
    """`known_as`: what Meta calls this kind of account, "page" or "instagram"."""
    if words(data.get("object")) != known_as:
        yield Unhandled(now, f"object {words(data.get('object'))}")
        return
    for entry in things(data.get("entry")):
        told_at = moment(entry.get("time"), now=now, milliseconds=count(entry.get("time")) > SECONDS)
        if words(entry.get("id")) != account.external_id:
            yield Elsewhere(told_at, "events of another account", words(entry.get("id")))
            continue
        for data_ in things(entry.get("messaging")):
            yield from _event(account, data_, told_at, now)
        for data_ in things(entry.get("standby")):  # another app is talking with them: it is not our turn
            yield Unhandled(moment(data_.get("timestamp"), now=told_at, milliseconds=True), "standby")
        for change in things(entry.get("changes")):
            yield from read_change(account, change, told_at)


def _event(account: ProviderAccount, data: dict[str, Any], told_at: datetime, now: datetime) -> Iterator[Happening]:
    event = Event(account, data, moment(data.get("timestamp"), now=told_at, milliseconds=True), now)
    kind = next((name for name in READERS if isinstance(data.get(name), dict)), "")
    if not kind:
        yield Unhandled(event.when, next((name for name in data if name not in ENVELOPE), "nothing"))
    elif not event.thread and READERS[kind] is not _policy:
        yield Unhandled(event.when, f"{kind} without a person")
    else:
        yield from READERS[kind](event, thing(data.get(kind)))


def _message(event: Event, message: dict[str, Any]) -> Iterator[Happening]:
    name, said = words(message.get("mid")), said_in(message)
    if name and message.get("is_deleted") is True:
        yield Withdrawn(event.when, name)
    elif name and said:
        yield MessageIn(
            event.when,
            name,
            event.thread,
            event.who,
            said.text,
            tuple(said.files),
            reply_to=words(at(message, "reply_to", "mid")),
            is_echo=event.is_ours,
            client_key=_key(event, message),
            opens_window=not event.is_ours,
            facts=said.facts,
            start=words(at(message, "referral", "ref")),
        )
    else:
        yield Unhandled(event.when, "message without words" if name else "message without an id")


def _key(event: Event, message: dict[str, Any]) -> str:
    """Ours, when our app sent it; other tools put into the same place what they like."""
    app, ours = words(message.get("app_id")), words(event.account.option("app_id", ""))
    return words(message.get("metadata")) if event.is_ours and app and app == ours else ""


def _postback(event: Event, postback: dict[str, Any]) -> Iterator[Happening]:
    """Somebody pressed a button of ours, which is as good as writing what stands on it."""
    payload, title = words(postback.get("payload")), words(postback.get("title"))
    if not (payload or title):
        yield Unhandled(event.when, "postback without words")
        return
    referral = thing(postback.get("referral"))
    facts: dict[str, Any] = {"pressed": payload} if payload else {}
    if told := referral_facts(referral):
        facts["referral"] = told
    yield MessageIn(
        event.when,
        words(postback.get("mid")) or f"postback:{event.thread}:{words(event.data.get('timestamp'))}",
        event.thread,
        event.who,
        title or payload,
        facts=facts,
        start=words(referral.get("ref")),
    )


def _referral(event: Event, referral: dict[str, Any]) -> Iterator[Happening]:
    """Somebody with whom we have spoken before opened one of our links; it says more only where we signed it."""
    start, stamp = words(referral.get("ref")), words(event.data.get("timestamp"))
    if not word_in(start) or not stamp:
        yield Unhandled(event.when, "referral")
        return
    yield MessageIn(
        event.when,
        f"referral:{event.thread}:{stamp}",
        event.thread,
        event.who,
        _("[Opened their link to us]"),
        opens_window=False,
        start=start,
        opens_ticket=False,
    )


def _reaction(event: Event, reaction: dict[str, Any]) -> Iterator[Happening]:
    name, action = words(reaction.get("mid")), words(reaction.get("action"))
    if not name or action not in ("react", "unreact"):
        yield Unhandled(event.when, f"reaction {action}")
        return
    emoji = words(reaction.get("emoji")) or EMOJI.get(words(reaction.get("reaction")), EMOJI["other"])
    yield Reacted(event.when, name, event.thread, event.who, emoji if action == "react" else "", is_ours=event.is_ours)


def _edit(event: Event, edit: dict[str, Any]) -> Iterator[Happening]:
    name = words(edit.get("mid"))
    if name and isinstance(edit.get("text"), str):
        yield Edited(event.when, name, edit["text"], count(edit.get("num_edit")))
    else:
        yield Unhandled(event.when, "edit without words")


def _delivery(event: Event, delivery: dict[str, Any]) -> Iterator[Happening]:
    """The ids may be missing: then everything up to the watermark has arrived."""
    for name in texts(delivery.get("mids")):
        yield StatusTold(event.when, name, PartState.DELIVERED)
    yield from _watermark(event, delivery, PartState.DELIVERED)


def _read(event: Event, seen: dict[str, Any]) -> Iterator[Happening]:
    """Messenger says up to when, Instagram which one."""
    if name := words(seen.get("mid")):
        yield StatusTold(event.when, name, PartState.READ)
    elif count(seen.get("watermark")):
        yield from _watermark(event, seen, PartState.READ)
    else:
        yield Unhandled(event.when, "read without a watermark")


def _watermark(event: Event, told: dict[str, Any], state: str) -> Iterator[Happening]:
    if count(told.get("watermark")):
        yield SeenUpTo(moment(told.get("watermark"), now=event.now, milliseconds=True), event.thread, state)


def _policy(event: Event, policy: dict[str, Any]) -> Iterator[Happening]:
    """Meta forbids our page to write, or allows it again."""
    action, reason = words(policy.get("action")), words(policy.get("reason"))
    facts = {"policy": {"action": action, "reason": reason, "at": event.when.isoformat()}}
    problem = {"block": meaning_of("368") + f" {reason}".rstrip(), "unblock": ""}.get(action)
    yield AccountTold(event.when, facts, problem)


READERS: dict[str, Callable[[Event, dict[str, Any]], Iterator[Happening]]] = {
    "message": _message,
    "message_edit": _edit,
    "postback": _postback,
    "referral": _referral,
    "reaction": _reaction,
    "delivery": _delivery,
    "read": _read,
    "policy_enforcement": _policy,
    "policy-enforcement": _policy,  # as older pages of the documentation spell it
}
ENVELOPE = frozenset({"sender", "recipient", "timestamp"})
