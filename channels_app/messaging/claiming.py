"""Taking a part to send it: when it is its turn, its account can send, and its person may be written to."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from channels_app.messaging import reach, states
from channels_app.messaging.locks import lock_conversation
from channels_app.models import Conversation, Direction, PartState, ProviderAccount, ProviderMessage
from customers.actors import SYSTEM
from tickets.models import DeliveryState
from tickets.services import gesture, note_delivery, release_reply

LEASE = timedelta(minutes=3)  # longer than the calls for one part take, a file among them
PROBED_AGAIN = timedelta(minutes=10)  # an account that was locked out is tried again so seldom


def claim(pk: int, *, now: datetime) -> ProviderMessage | None:
    """The part, leased to this worker; None when it is not its time, or there is nothing to send any more."""
    found = _due(pk, now).values_list("conversation", flat=True).first()
    if found is None:
        return None
    with transaction.atomic():
        conversation = lock_conversation(found)
        if not _can_send(conversation.account, now) or _is_before(conversation, pk, now):
            return None
        part = _due(pk, now).select_related("message__ticket").first()
        return _claim(part, conversation, now) if part and part.message else None


def _claim(part: ProviderMessage, conversation: Conversation, now: datetime) -> ProviderMessage | None:
    message = part.message
    assert message is not None
    with gesture(message.ticket, actor=SYSTEM) as g:
        locked = ProviderMessage.objects.select_for_update().get(pk=part.pk)
        if locked.state != PartState.WAITING:
            return None
        message.refresh_from_db(fields=["delivery_state"])
        if message.delivery_state == DeliveryState.SCHEDULED and not release_reply(message, actor=SYSTEM):
            return None
        if reason := reach.why_not(conversation, message, now=now):
            _refuse(locked, reason, now)
            return None
        if conversation.ticket_id != g.ticket.pk:  # what they answer to this belongs where it was written
            Conversation.objects.filter(pk=conversation.pk).update(ticket=g.ticket)
            conversation.ticket = g.ticket
        locked.state, locked.attempt, locked.leased_until = PartState.SENDING, locked.attempt + 1, now + LEASE
        locked.tried_since = locked.tried_since or now
        locked.save(update_fields=["state", "attempt", "leased_until", "tried_since"])
        if (
            message.delivery_state != DeliveryState.DEFERRED
        ):  # what was put off stays so on the ticket while it is tried
            note_delivery(message, DeliveryState.SENDING)
        locked.conversation, locked.account, locked.message = conversation, conversation.account, message
        return locked


def give_up(account: ProviderAccount, reason: str, *, now: datetime) -> None:
    """What waits to leave by this account never will: each of its messages says so, and why."""
    waiting = account.messages.filter(direction=Direction.OUT, state=PartState.WAITING, message__isnull=False)
    for pk, conversation in list(waiting.order_by("pk").values_list("pk", "conversation")):
        with transaction.atomic():
            lock_conversation(conversation)
            part = ProviderMessage.objects.select_related("message__ticket").get(pk=pk)
            message = part.message
            assert message is not None
            with gesture(message.ticket, actor=SYSTEM):
                locked = ProviderMessage.objects.select_for_update().get(pk=pk)
                message.refresh_from_db(fields=["delivery_state"])
                is_later = message.delivery_state == DeliveryState.SCHEDULED
                if locked.state == PartState.WAITING and (not is_later or release_reply(message, actor=SYSTEM)):
                    _refuse(locked, reason, now)


def _due(pk: int, now: datetime) -> QuerySet[ProviderMessage]:
    return ProviderMessage.objects.filter(
        pk=pk, direction=Direction.OUT, state=PartState.WAITING, due_at__lte=now, message__isnull=False
    )


def _can_send(account: ProviderAccount, now: datetime) -> bool:
    if not account.is_active or (account.paused_until and account.paused_until > now):
        return False
    return not account.problem or account.problem_at is None or account.problem_at < now - PROBED_AGAIN


def _is_before(conversation: Conversation, pk: int, now: datetime) -> bool:
    """Whether something that was written earlier there is on its way, or would be if it could."""
    earlier = ProviderMessage.objects.filter(conversation=conversation, direction=Direction.OUT, pk__lt=pk)
    waits = Q(state=PartState.WAITING, due_at__isnull=False) & (Q(attempt__gt=0) | Q(due_at__lte=now))
    return earlier.filter(Q(state=PartState.SENDING) | waits).exists()


def _refuse(part: ProviderMessage, reason: str, now: datetime) -> None:
    """It can't go any more, and neither can what belongs to it."""
    rest = ProviderMessage.objects.select_for_update().filter(message=part.message_id, state=PartState.WAITING)
    for one in rest.order_by("number"):
        states.note(one, PartState.FAILED, at=now, error=reason or _("Not sent."))
        one.due_at = None
        one.save(update_fields=states.FIELDS)
    if part.message_id:
        states.tell_message(part.message_id)
