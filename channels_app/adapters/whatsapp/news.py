"""What WhatsApp tells besides messages: of people's numbers and wishes, of templates, and of our own number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from channels_app.base import AccountTold, ConsentTold, Happening, PersonMoved, TemplateTold, Unhandled
from channels_app.meta_codes import LOCKING, meaning_of
from channels_app.models import ProviderAccount, TemplateState
from channels_app.shapes import at, count, thing, things, words
from customers.models.consent import Purpose

TEMPLATE_STATES = {
    "APPROVED": TemplateState.APPROVED,
    "REINSTATED": TemplateState.APPROVED,
    "UNARCHIVED": TemplateState.APPROVED,
    "UNLOCKED": TemplateState.APPROVED,
    "FLAGGED": TemplateState.APPROVED,  # disliked: it is still sent, and paused next time
    "PENDING": TemplateState.PENDING,
    "IN_APPEAL": TemplateState.PENDING,
    "REJECTED": TemplateState.REJECTED,
    "PAUSED": TemplateState.PAUSED,
    "LIMIT_EXCEEDED": TemplateState.PAUSED,
    "LOCKED": TemplateState.PAUSED,
    "ARCHIVED": TemplateState.PAUSED,
    "DISABLED": TemplateState.DISABLED,
    "DELETED": TemplateState.DISABLED,
    "PENDING_DELETION": TemplateState.DISABLED,
}
# The whole message, or the button below a template, as Meta words it. WhatsApp itself knows no such words.
STOP = frozenset({"STOP", "STOPP", "STOPALL", "UNSUBSCRIBE", "OPTOUT", "OPT OUT", "STOP PROMOTIONS"})
START = frozenset({"START", "UNSTOP"})
UNASKED = (Purpose.OUTREACH, Purpose.SURVEY)
NO_REASON = frozenset({"", "NONE"})
SHUT = frozenset({"DISABLED_UPDATE", "ACCOUNT_DELETED", "ACCOUNT_OFFBOARDED", "PARTNER_REMOVED"})


def is_about(account: ProviderAccount, value: dict[str, Any]) -> bool:
    """Several numbers may share one address. Where none is named, it is news of all of them."""
    named = words(at(value, "metadata", "phone_number_id"))
    if named:
        return named == account.external_id
    number = _digits(value.get("display_phone_number"))
    ours = _digits(account.facts.get("display_phone_number")) or _digits(account.option("number"))
    return not number or not ours or number == ours


def _digits(value: object) -> str:
    return "".join(char for char in words(value) if char in "0123456789")


# -- people -------------------------------------------------------------------------------------------------------


def of_a_person(message: dict[str, Any], when: datetime) -> Iterator[Happening]:
    """A new number means a new id; what they wrote before stays with them."""
    system = thing(message.get("system"))
    kind = words(system.get("type"))
    if kind not in ("user_changed_number", "user_changed_user_id"):
        yield Unhandled(when, f"system {kind}")
        return
    number = words(system.get("wa_id")) or words(system.get("new_wa_id"))
    new = words(system.get("user_id")) or words(system.get("new_user_id")) or number
    before = [
        words(system.get("previous_user_id")),
        words(message.get("from_user_id")),
        words(message.get("from")),
        words(system.get("customer")),
    ]
    moves: list[Happening] = [
        PersonMoved(when, old, new) for old in dict.fromkeys(before) if old and new and old != new
    ]
    yield from moves or [Unhandled(when, f"system {kind}")]


def of_a_wish(wish: dict[str, Any], thread: str, when: datetime) -> Happening:
    """Advertising stopped or taken up again, in WhatsApp's own settings."""
    value = words(wish.get("value"))
    if words(wish.get("category")) != "marketing_messages" or value not in ("stop", "resume") or not thread:
        return Unhandled(when, f"preference {words(wish.get('category'))}")
    detail = words(wish.get("detail")) or f"marketing_messages: {value}"
    return ConsentTold(when, thread, value == "resume", f"WhatsApp: {detail}", (Purpose.OUTREACH,))


def of_a_word(text: str, thread: str, when: datetime) -> Iterator[Happening]:
    """STOP ends what nobody has asked for; answers to their questions go on. START takes only that back."""
    word = " ".join(text.split()).upper()
    if word in STOP | START:
        is_given = word in START
        yield ConsentTold(when, thread, is_given, f"WhatsApp: “{word}”", UNASKED, only_reverses=is_given)


# -- templates ----------------------------------------------------------------------------------------------------


def template_state(said: object) -> TemplateState | None:
    return TEMPLATE_STATES.get(words(said).upper())


def of_a_template(value: dict[str, Any], when: datetime) -> Happening:
    state, name = template_state(value.get("event")), words(value.get("message_template_name"))
    if state is None or not name:
        return Unhandled(when, f"template {words(value.get('event'))}")
    reason = words(value.get("reason"))
    told = words(at(value, "rejection_info", "reason")) or words(at(value, "other_info", "description"))
    return TemplateTold(
        when,
        words(value.get("message_template_id")),
        name,
        words(value.get("message_template_language")),
        state,
        told or ("" if reason in NO_REASON else reason),
    )


# -- our number ---------------------------------------------------------------------------------------------------


def of_the_number(value: dict[str, Any], when: datetime) -> Iterator[Happening]:
    """How people like what we send, how many of them we may write to, and what Meta holds against us."""
    facts: dict[str, Any] = {}
    event = words(value.get("event"))
    limit = words(value.get("current_limit")) or words(value.get("max_daily_conversations_per_business"))
    limit = limit or words(value.get("max_daily_conversation_per_phone"))
    if limit:
        facts["messaging_limit_tier"] = limit
    if event:
        facts["last_event"] = {"event": event, "at": when.isoformat(), "detail": _detail(value)}
    if words(value.get("requested_verified_name")) and words(value.get("decision")) == "APPROVED":
        facts["verified_name"] = words(value["requested_verified_name"])
    problem = None
    if event in SHUT and words(at(value, "ban_info", "waba_ban_state")) != "REINSTATE":
        problem = meaning_of("368")
    elif event in SHUT | {"ACCOUNT_RECONNECTED"}:
        problem = ""
    if facts or problem is not None:
        yield AccountTold(when, facts, problem)
    else:
        yield Unhandled(when, f"account {event}")


def _detail(value: dict[str, Any]) -> str:
    limits = [words(one.get("restriction_type")) for one in things(value.get("restriction_info"))]
    said = [words(at(value, "violation_info", "violation_type")), words(at(value, "ban_info", "waba_ban_state"))]
    return ", ".join(filter(None, [*said, *limits]))


def of_errors(errors: list[dict[str, Any]], when: datetime) -> Iterator[Happening]:
    """Of the account as a whole, beside messages."""
    for error in errors:
        code = str(count(error.get("code")))
        if code in LOCKING:
            yield AccountTold(when, problem=meaning_of(code, said=words(error.get("title"))))
        else:
            yield Unhandled(when, f"error {code}")
