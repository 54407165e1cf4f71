"""Our own reaction to a message there: one of the account's, whoever of us gives it; a new one takes its place."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from channels_app.base import LockedOut, SendError
from channels_app.messaging.changing import OURS, note_reaction, show_reactions
from channels_app.messaging.locks import lock_conversation, lock_message
from channels_app.models import ProviderAccount, ProviderMessage
from channels_app.registry import adapter_of
from customers.actors import Actor
from helpdesk.accounts.models import User
from tickets.models import Message
from tickets.services import Refused

CHOICES = ("👍", "❤️", "😂", "😮", "😢", "🙏")


def react_to(message: Message, emoji: str, *, user: User, now: datetime) -> None:
    """Give `emoji` (empty: take ours back) and write it down. Raises `Refused` with what the provider said.

    The call comes first: a reaction that did not arrive is not shown, and giving the same one twice is giving it once.
    """
    if emoji and emoji not in CHOICES:
        raise Refused(_("Choose one of the reactions that are offered."))
    part = _part_of(message)
    conversation = part.conversation
    if conversation is None or not adapter_of(part.account.kind).can(conversation).reactions_out:
        raise Refused(_("Reactions can’t be given there."))
    try:
        adapter_of(part.account.kind).react(part.account, conversation, part.external_id, emoji)
    except LockedOut as error:
        ProviderAccount.objects.filter(pk=part.account_id).update(problem=error.words[:500], problem_at=now)
        raise Refused(error.words) from error
    except SendError as error:
        raise Refused(error.words) from error
    with transaction.atomic():
        lock_message(part.account_id, part.external_id)
        lock_conversation(conversation.pk)
        part.refresh_from_db(fields=["reactions"])
        if note_reaction(part, OURS, str(user)[:80], emoji, at=now):
            part.save(update_fields=["reactions"])
            show_reactions(message, actor=Actor.agent(user), emoji=emoji, now=now)


def _part_of(message: Message) -> ProviderMessage:
    parts = ProviderMessage.objects.select_related("account", "conversation__account").filter(message=message)
    part = parts.exclude(external_id="").order_by("number", "pk").first()
    if part is None:
        raise Refused(_("The provider has no name for this message, so nothing can be done with it there."))
    return part
