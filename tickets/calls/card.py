"""What the conversation shows of a call: one internal message that knows its state and, once it is over, its notes."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from tickets.message_facts import CallTold
from tickets.models import Call, CallDirection, Channel, Message, MessageKind
from tickets.models.call import SPOKEN
from tickets.services.gesture import Gesture
from tickets.services.sending import count_message


def card_of(g: Gesture, call: Call, *, at: datetime) -> Message:
    """The call's message, made at the first thing worth showing. The caller records the event that says so."""
    if call.message is not None:
        return call.message
    user = call.agent
    message = Message.objects.create(
        ticket=g.ticket,
        kind=MessageKind.NOTE,
        channel=Channel.PHONE,
        author_user=user,
        author_name=str(user) if user else _("Telephone"),
        author_role=user.role if user else "system",
        from_address=call.number,
        facts={"call": call.pk, "told": told(call)},
        created_at=at,
    )
    count_message(g, message)
    call.message = message
    call.save(update_fields=["message"])
    return message


def refresh_card(call: Call) -> None:
    """Inside the ticket's gesture: what the card shows is what the call's row says."""
    if call.message is None:
        return
    facts = {**call.message.facts, "told": told(call)}
    if facts != call.message.facts:
        call.message.facts = facts
        call.message.save(update_fields=["facts"])


def told(call: Call) -> CallTold:
    """`since`: of the state that goes on."""
    since = call.held_since or call.answered_at or call.started_at
    return CallTold(
        direction=call.direction,
        state=call.state,
        outcome=call.outcome,
        waited=call.seconds_waited,
        talked=call.seconds_talked,
        held=call.seconds_held,
        since="" if call.ended_at else since.isoformat(),
        spoke=call.outcome in SPOKEN or has_answered(call),
    )


def has_answered(call: Call) -> bool:
    """Whoever calls us and is put through has their answer. Whom we call may have been a machine: their agent says so
    when it is written up.
    """
    return call.direction == CallDirection.IN and call.answered_at is not None and not call.is_logged
