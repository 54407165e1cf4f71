"""Which message answers which, when both are here, whichever came first."""

from __future__ import annotations

from channels_app.models import ProviderMessage
from tickets.models import Message


def link(part: ProviderMessage, message: Message) -> None:
    """The message that `part` answers is noted with its message, and it with those that answer it.

    Before the gesture of `message` ends: no event of its own, since it shows nothing but what has just come.
    """
    if part.reply_to:
        answered = ProviderMessage.objects.filter(account=part.account_id, external_id=part.reply_to)
        _note(message.pk, answered.values_list("message_id", flat=True).first())
    if not part.external_id:
        return
    here = ProviderMessage.objects.exclude(reply_to="").filter(account=part.account_id, reply_to=part.external_id)
    for answering in here.exclude(message=None).values_list("message_id", flat=True):
        _note(answering, message.pk)


def _note(answering: int | None, answered: int | None) -> None:
    if answering is None or answered is None or answering == answered:
        return
    message = Message.objects.select_for_update().get(pk=answering)
    if "reply_to" not in message.facts:
        message.facts = {**message.facts, "reply_to": answered}
        message.save(update_fields=["facts"])
