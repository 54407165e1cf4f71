"""One call of WhatsApp's hook, as what happened: messages, echoes, statuses, and news of the number itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from channels_app.adapters.whatsapp import news
from channels_app.adapters.whatsapp.contents import said_in
from channels_app.base import (
    Edited,
    Elsewhere,
    Happening,
    MessageIn,
    Person,
    PersonMoved,
    Reacted,
    StatusTold,
    Unhandled,
    Withdrawn,
)
from channels_app.messaging.starting import word_in
from channels_app.meta_codes import meaning_of
from channels_app.models import PartState, ProviderAccount
from channels_app.shapes import at, moment, thing, things, words
from customers.models import IdentityKind

NUMBER = re.compile(r"[1-9][0-9]{6,14}")
AFTER_AN_AD = timedelta(hours=72)
STATES = {
    "sent": PartState.SENT,
    "delivered": PartState.DELIVERED,
    "read": PartState.READ,
    "played": PartState.READ,  # a voice message
    "failed": PartState.FAILED,
}


@dataclass(frozen=True)
class Change:
    """One change of an entry: its value, and when it was told."""

    account: ProviderAccount
    value: dict[str, Any]
    told_at: datetime
    now: datetime

    def at(self, item: dict[str, Any]) -> datetime:
        return moment(item.get("timestamp"), now=self.told_at)


def read(account: ProviderAccount, data: dict[str, Any], *, now: datetime) -> Iterator[Happening]:
    if words(data.get("object")) != "whatsapp_business_account":
        yield Unhandled(now, f"object {words(data.get('object'))}")
        return
    for entry in things(data.get("entry")):
        told_at = moment(entry.get("time"), now=now)
        for change in things(entry.get("changes")):
            field = words(change.get("field"))
            value = thing(change.get("value"))
            reader = READERS.get(field)
            if reader is None:
                yield Unhandled(told_at, field)
            elif not news.is_about(account, value):
                other = words(at(value, "metadata", "phone_number_id"))
                yield Elsewhere(told_at, f"{field} of another number", other)
            else:
                yield from reader(Change(account, value, told_at, now))


# -- people -------------------------------------------------------------------------------------------------------


def person_of(user_id: object, number: object, contacts: list[dict[str, Any]]) -> Person | None:
    """By the id that WhatsApp gave them for us; by their number where it gave none. Either may be missing.

    WhatsApp vouches for the number: whoever has an account there was sent a code to it.
    """
    contact = _contact_of(words(user_id), words(number), contacts)
    named = [words(user_id), words(contact.get("user_id")), words(number), words(contact.get("wa_id"))]
    ids = [name for name in named if "." in name]
    numbers = [name for name in named if NUMBER.fullmatch(name)]
    if not ids and not numbers:
        return None
    also: tuple[tuple[str, str], ...] = ()
    if numbers:
        also = ((IdentityKind.WHATSAPP, numbers[0]), (IdentityKind.PHONE, f"+{numbers[0]}"))
    profile = thing(contact.get("profile"))
    handle = words(profile.get("username")) or words(contact.get("username"))
    return Person((ids or numbers)[0], words(profile.get("name")), handle, also if ids else also[1:])


def _contact_of(user_id: str, number: str, contacts: list[dict[str, Any]]) -> dict[str, Any]:
    for contact in contacts:
        ids = {words(contact.get("user_id")), words(contact.get("wa_id"))} - {""}
        if ids & {user_id, number}:
            return contact
    return contacts[0] if len(contacts) == 1 and not (user_id or number) else {}


def moved(person: Person, when: datetime) -> Iterator[PersonMoved]:
    """Who was known by the number alone is known by the id from now on."""
    old = next((value for kind, value in person.also if kind == IdentityKind.WHATSAPP), "")
    if old and old != person.key:
        yield PersonMoved(when, old, person.key)


# -- messages -----------------------------------------------------------------------------------------------------


def _messages(change: Change) -> Iterator[Happening]:
    contacts = things(change.value.get("contacts"))
    for message in things(change.value.get("messages")):
        when, kind = change.at(message), words(message.get("type"))
        if kind == "system":
            yield from news.of_a_person(message, when)
            continue
        person = person_of(message.get("from_user_id"), message.get("from"), contacts)
        if person is None or message.get("group_id"):
            yield Unhandled(when, "message in a group" if person else f"{kind} without a sender")
            continue
        yield from moved(person, when)
        yield from _message(message, when, person, person.key)
    for status in things(change.value.get("statuses")):
        yield from _status(status, change.at(status))
    yield from news.of_errors(things(change.value.get("errors")), change.told_at)


def _echoes(change: Change) -> Iterator[Happening]:
    """What one of us wrote on the telephone that has the same number."""
    for message in things(change.value.get("message_echoes")):
        when = change.at(message)
        other = person_of(message.get("to_user_id"), message.get("to"), things(change.value.get("contacts")))
        if other is None:
            yield Unhandled(when, "echo without a recipient")
            continue
        us = Person(change.account.external_id, change.account.name)
        yield from _message(message, when, us, other.key, is_echo=True)


def _message(
    message: dict[str, Any], when: datetime, sender: Person, thread: str, *, is_echo: bool = False
) -> Iterator[Happening]:
    kind, name = words(message.get("type")), words(message.get("id"))
    body = thing(message.get(kind))
    original = words(body.get("original_message_id"))
    if kind == "reaction" and words(body.get("message_id")):
        yield Reacted(when, words(body["message_id"]), thread, sender, words(body.get("emoji")), is_ours=is_echo)
    elif kind == "edit" and original:
        newer = said_in(thing(body.get("message")))
        yield Edited(when, original, newer.text if newer else "", int(when.timestamp()))
    elif kind == "revoke" and original:
        yield Withdrawn(when, original)
    elif (said := said_in(message)) and name:
        referral = thing(message.get("referral"))
        yield MessageIn(
            when,
            name,
            thread,
            sender,
            said.text,
            said.files,
            reply_to=words(at(message, "context", "id")),
            is_echo=is_echo,
            opens_window=not is_echo,
            window=AFTER_AN_AD if words(referral.get("source_type")) == "ad" else None,
            facts={**said.facts, **_from_an_ad(referral)},
            start="" if is_echo else word_in(said.text),
        )
        if not is_echo:
            yield from news.of_a_word(said.text, thread, when)
    else:
        yield Unhandled(when, kind)


def _from_an_ad(referral: dict[str, Any]) -> dict[str, Any]:
    title, url = words(referral.get("headline")), words(referral.get("source_url"))
    return {"referral": {"title": title, "url": url}} if title or url else {}


def _status(status: dict[str, Any], when: datetime) -> Iterator[Happening]:
    told, name = words(status.get("status")), words(status.get("id"))
    if told not in STATES or not name:
        yield Unhandled(when, f"status {told}")
        return
    errors = things(status.get("errors"))
    error = errors[0] if told == "failed" and errors else {}
    code = words(error.get("code"))
    said = words(at(error, "error_data", "details")) or words(error.get("title"))
    if told == "sent" and (person := person_of(status.get("recipient_user_id"), status.get("recipient_id"), [])):
        yield from moved(person, when)
    yield StatusTold(
        when,
        name,
        STATES[told],
        client_key=words(status.get("biz_opaque_callback_data")),
        code=code,
        error=meaning_of(code, said=said) if error else "",
    )


def _preferences(change: Change) -> Iterator[Happening]:
    contacts = things(change.value.get("contacts"))
    for wish in things(change.value.get("user_preferences")):
        person = person_of(wish.get("user_id"), wish.get("wa_id"), contacts)
        yield news.of_a_wish(wish, person.key if person else "", change.at(wish))


def _templates(change: Change) -> Iterator[Happening]:
    yield news.of_a_template(change.value, change.told_at)


def _number(change: Change) -> Iterator[Happening]:
    yield from news.of_the_number(change.value, change.told_at)


READERS: dict[str, Callable[[Change], Iterator[Happening]]] = {
    "messages": _messages,
    "smb_message_echoes": _echoes,
    "user_preferences": _preferences,
    "message_template_status_update": _templates,
    "phone_number_quality_update": _number,
    "account_update": _number,
    "business_capability_update": _number,
    "phone_number_name_update": _number,
}
