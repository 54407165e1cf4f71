"""What people do to messages afterwards: they edit, delete, react. What came before its message waits in its row.

The row of the part keeps every version, deletion and reaction; what the ticket shows is worked out from the parts anew
(`show`), so that the order in which things were told leaves no trace.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from channels_app.base import Edited, Reacted, Withdrawn
from channels_app.messaging.text import storable
from channels_app.messaging.threads import lock_talk, part_called
from channels_app.messaging.versions import FIRST, has_first, with_version, words_of
from channels_app.models import Direction, ProviderAccount, ProviderMessage
from customers.actors import SYSTEM, Actor
from tickets.message_facts import Earlier, Reaction
from tickets.models import Message
from tickets.services import edit_received, react, withdraw_received

LONGEST_TEXT = 100_000  # characters; no channel takes more
MOST_REACTIONS = 200  # people to one message, whose reactions are kept
OURS = ""  # under which our own reaction is kept: an account has one


def edited(account: ProviderAccount, told: Edited, now: datetime) -> int | None:
    part = _held(account, told.external_id)
    number = max(FIRST + 1, told.number)
    _keep_first(part)
    part.edit = with_version(part.edit, number, storable(told.text, LONGEST_TEXT), min(told.at, now))
    part.edit_number = max(part.edit_number, number)
    part.save(update_fields=["edit", "edit_number"])
    show(part, now=now)
    return part.conversation_id


def withdrawn(account: ProviderAccount, told: Withdrawn, now: datetime) -> int | None:
    part = _held(account, told.external_id)
    at = min(told.at, now)
    part.withdrawn_at = min(part.withdrawn_at or at, at)
    _keep_first(part)
    part.save(update_fields=["edit", "withdrawn_at"])
    show(part, now=now)
    return part.conversation_id


def reacted(account: ProviderAccount, told: Reacted, now: datetime) -> int | None:
    """The newest of each person holds. Ours too, when it was given in the provider's own app."""
    part = _held(account, told.external_id)
    key = OURS if told.is_ours else storable(told.who.key, 256)
    who = storable(told.who.name or told.who.handle, 80)
    emoji = storable(told.emoji, 32)
    if note_reaction(part, key, who, emoji, at=min(told.at, now)):
        part.save(update_fields=["reactions"])
        if part.message:
            show_reactions(part.message, actor=_actor_of(part, who), emoji=emoji, now=now)
    return part.conversation_id


def note_reaction(part: ProviderMessage, key: str, who: str, emoji: str, *, at: datetime) -> bool:
    """Put it into `part`, which is locked; False where a newer one is known. Not saved."""
    new = {"who": who, "emoji": emoji, "at": at.astimezone(UTC).isoformat()}
    known = part.reactions.get(key)
    if known and (known["at"], known["emoji"]) >= (new["at"], new["emoji"]):
        return False
    kept = {**part.reactions, key: new}
    newest = sorted(kept, key=lambda each: (kept[each]["at"], each))[-MOST_REACTIONS:]
    part.reactions = {each: kept[each] for each in newest}
    return True


def show_first(part: ProviderMessage, *, now: datetime) -> None:
    """The message has just come, and was changed or deleted before."""
    _keep_first(part)
    part.save(update_fields=["edit"])
    show(part, now=now)


def show(part: ProviderMessage, *, now: datetime) -> None:
    """The message of `part` as its parts say it is. What we wrote here stays as we wrote it."""
    message = part.message
    if message is None or message.erased_at or (part.direction == Direction.OUT and not _is_elsewhere(message)):
        return
    parts = list(ProviderMessage.objects.filter(message=message).order_by("said_at", "external_id"))
    changed = [each for each in parts if each.edit or each.withdrawn_at]
    if not changed:
        return
    actor = _actor_of(part)
    text, earlier, edited_at = _together(message, parts)
    gone = [each.withdrawn_at for each in parts if each.withdrawn_at]
    if len(gone) == len(parts):
        withdraw_received(message, actor=actor, at=max(gone), earlier=earlier, edited_at=edited_at, now=now)
    else:
        edit_received(message, text, actor=actor, earlier=earlier, at=edited_at, now=now)


def show_reactions(message: Message, *, actor: Actor = SYSTEM, emoji: str = "", now: datetime) -> None:
    """All reactions to all parts of `message`."""
    given = ProviderMessage.objects.filter(message=message).exclude(reactions={}).values_list("reactions", flat=True)
    rows = [(each["at"], key, each) for reactions in given for key, each in reactions.items() if each["emoji"]]
    shown = [
        Reaction(who=each["who"], emoji=each["emoji"], is_ours=key == OURS)
        for _at, key, each in sorted(rows, key=lambda row: row[:2])
    ]
    react(message, shown, actor=actor, emoji=emoji, now=now)


def _keep_first(part: ProviderMessage) -> None:
    """The words as they came; not saved. While the message is not here, there are none."""
    if part.message and not has_first(part.edit):
        part.edit = with_version(part.edit, FIRST, part.message.text, part.said_at or part.message.created_at)


def _together(message: Message, parts: Sequence[ProviderMessage]) -> tuple[str, list[Earlier], datetime | None]:
    """The words of all parts (an album has several), what they were, and when they changed last."""
    texts: list[str] = []
    earlier: list[Earlier] = []
    changes: list[str] = []
    for part in parts:
        if not part.edit:  # never changed: its words are those of the message, which has no other part
            texts.append(message.text)
            continue
        words = words_of(part.edit)
        earlier += words.earlier
        if part.withdrawn_at:
            earlier += [_newest(part)] if words.text else []
        else:
            texts += [words.text] if words.text else []
        changes += [words.edited_at] if words.edited_at else []
    earlier.sort(key=lambda each: (each["at"], each["text"]))
    return "\n".join(texts), earlier, datetime.fromisoformat(max(changes)) if changes else None


def _newest(part: ProviderMessage) -> Earlier:
    version = part.edit["versions"][-1]
    return Earlier(text=version["text"], at=version["at"])


def _held(account: ProviderAccount, external_id: str) -> ProviderMessage:
    """The part, with what has to be locked for changing its message: see `locks`."""
    part = part_called(account, external_id)
    if part.conversation_id:
        lock_talk(part.conversation_id)
    return ProviderMessage.objects.select_related("message__author_customer", "message__ticket").get(pk=part.pk)


def _actor_of(part: ProviderMessage, who: str = "") -> Actor:
    customer = part.message.author_customer if part.message else None
    if part.direction == Direction.IN and customer:
        return Actor.of_customer(customer)
    return Actor(SYSTEM.kind, who or (part.message.author_name if part.message else SYSTEM.name))


def _is_elsewhere(message: Message) -> bool:
    return bool(message.facts.get("is_elsewhere"))
