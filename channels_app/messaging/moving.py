"""A person, or a group, has another key from now on: what was said under the old one goes on under the new one."""

from __future__ import annotations

from datetime import UTC, datetime

from channels_app.base import PersonMoved
from channels_app.messaging.people import key_of
from channels_app.messaging.text import storable
from channels_app.messaging.threads import LONGEST_KEY
from channels_app.models import Conversation, ProviderAccount, ProviderMessage
from customers.actors import SYSTEM
from customers.errors import Refused
from customers.identities import add_identity
from customers.models import ProvedBy


def person_moved(account: ProviderAccount, told: PersonMoved, now: datetime) -> int | None:
    """The old conversation points to the new one and stays, so that what still comes under the old key is not lost."""
    keys = storable(told.old_key, LONGEST_KEY), storable(told.new_key, LONGEST_KEY)
    if not all(keys) or keys[0] == keys[1]:
        return None
    made = [Conversation.objects.get_or_create(account=account, thread_key=key)[0].pk for key in keys]
    locked = Conversation.objects.select_for_update(no_key=True, of=("self",)).select_related("identity__customer")
    rows = {row.pk: row for row in locked.filter(pk__in=made).order_by("pk")}
    old, new = rows[made[0]], rows[made[1]]
    moment = min(told.at, now).astimezone(UTC).isoformat()
    if moment <= max(row.facts.get("moved_at", "") for row in (old, new)):
        return new.pk
    old.facts = {**old.facts, "moved_to": new.pk, "moved_at": moment}
    new.facts = {name: value for name, value in new.facts.items() if name not in ("moved_to", "moved_at")}
    _carry_over(account, old, new)
    ProviderMessage.objects.filter(conversation=old).update(conversation=new)
    old.save(update_fields=["facts"])
    new.save(
        update_fields=["facts", "ticket", "identity", "person_name", "is_public", "last_inbound_at", "window_until"]
    )
    return new.pk


def _carry_over(account: ProviderAccount, old: Conversation, new: Conversation) -> None:
    new.ticket_id = new.ticket_id or old.ticket_id
    new.person_name = new.person_name or old.person_name
    new.is_public = new.is_public or old.is_public
    for name in ("last_inbound_at", "window_until"):
        setattr(new, name, max(filter(None, (getattr(old, name), getattr(new, name))), default=None))
    identity = old.identity
    if identity is None:
        return
    if (identity.kind, identity.value) == key_of(account, old.thread_key):  # of a person, not of a group
        kind, value = key_of(account, new.thread_key)
        try:
            identity = add_identity(identity.customer, kind, value, actor=SYSTEM, proved_by=ProvedBy.RECEIVED)
        except Refused:  # somebody else's already: the two records are for an agent to merge
            identity = None
    new.identity = new.identity or identity
