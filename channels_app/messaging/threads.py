"""The rows that happenings are written to, locked in the order of `locks`."""

from __future__ import annotations

from channels_app.messaging.locks import lock_message
from channels_app.messaging.text import storable
from channels_app.models import Conversation, Direction, ProviderAccount, ProviderMessage

LONGEST_ID, LONGEST_KEY = 300, 256


def part_called(account: ProviderAccount, external_id: str) -> ProviderMessage:
    """The row of what is called so on this account, kept from others until the transaction ends.

    A new one is a placeholder: what is told of a message may come before the message.
    """
    external_id = storable(external_id, LONGEST_ID)
    if not external_id:
        raise ValueError("a message without an id")
    lock_message(account.pk, external_id)
    known = ProviderMessage.objects.filter(account=account, external_id=external_id).first()
    return known or ProviderMessage.objects.create(
        account=account, external_id=external_id, direction=Direction.UNKNOWN
    )


def talk(account: ProviderAccount, thread_key: str) -> Conversation:
    """The conversation, its row locked. Somebody who has another key from some day on is found under both."""
    key = storable(thread_key, LONGEST_KEY)
    if not key:
        raise ValueError("a conversation without a key")
    made, _is_new = Conversation.objects.get_or_create(account=account, thread_key=key)
    return lock_talk(made.pk)


def lock_talk(pk: int) -> Conversation:
    locked = Conversation.objects.select_for_update(no_key=True, of=("self",)).select_related("identity__customer")
    found = locked.get(pk=pk)
    seen = {pk}
    while (moved_to := found.facts.get("moved_to")) and moved_to not in seen:
        seen.add(moved_to)
        following = locked.filter(pk=moved_to).first()
        if following is None:
            break
        found = following
    return found
