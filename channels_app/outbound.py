"""Mail going out, the part inside the gesture: a reply writes its outbox row, a retracted one takes it back.

What happens to the row afterwards is in `channels_app.outbox`.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from channels_app.adapters.email.render import is_automatic
from channels_app.adapters.email.tokens import issue_message_id, without_token
from channels_app.models import ChannelAccount, Delivery, OutboxState
from channels_app.tasks_outbound import hand_to_worker
from customers.consent import refusing
from customers.models import ContactChannel
from tickets.models import Channel, DeliveryState, Message, Ticket, TicketEvent
from tickets.services import Refused, TooLate


def queue_deliveries(ticket: Ticket, events: list[TicketEvent]) -> None:
    """Event consumer: outbox rows for what was just written, in the gesture's own transaction.

    Raises `Refused` where nothing could ever be sent, and `TooLate` for a retraction when a worker has the row.
    """
    for event in events:
        if event.message is None or event.message.channel != Channel.EMAIL:
            continue
        if event.kind in ("reply.added", "reply.scheduled", "rule.mailed"):
            _queue(ticket, event.message)
        elif event.kind == "reply.rescheduled":
            _put_off(event.message)
        elif event.kind in ("reply.retracted", "reply.held_back"):
            _cancel(event.message)


def _queue(ticket: Ticket, message: Message) -> None:
    if message.delivery_state not in (DeliveryState.QUEUED, DeliveryState.SCHEDULED):
        return  # history, told by an import: it was sent long ago; or its row is there, since it was to be sent later
    inbox = ticket.inbox
    if not inbox.is_active:
        raise Refused(_("The inbox “%(inbox)s” is deactivated, so nothing can be sent from it.") % {"inbox": inbox})
    everybody = [*message.to, *message.cc, *message.bcc]
    recipients = [address for address in everybody if without_token(address) != inbox.address]
    if not recipients:
        raise Refused(_("There is nobody to send this to: the ticket has no address but our own."))
    if not is_automatic(message):  # a rule's mail is refused at the door: it must not stop what made the rule run
        _ensure_wanted(recipients, message.purpose)
    account, _made = ChannelAccount.objects.get_or_create(inbox=inbox)
    delivery = Delivery.objects.create(
        message=message,
        account=account,
        mail_id=issue_message_id(message.pk, settings.INSTANCE_DOMAIN),
        envelope_from="" if is_automatic(message) else inbox.address,  # nobody bounces or answers to <> (RFC 3834 §3.3)
        envelope_to=list(dict.fromkeys(recipients)),
        due_at=message.send_at or message.created_at,
        created_at=message.created_at,
    )
    hand_to_worker(delivery)


def _ensure_wanted(recipients: list[str], purpose: str) -> None:
    if unwilling := refusing(recipients, ContactChannel.EMAIL, purpose):
        words = _("%(list)s does not want to be written to by e-mail for this: see “Consent” on the customer’s page.")
        raise Refused(words % {"list": ", ".join(unwilling)})


def _put_off(message: Message) -> None:
    _change_waiting(message, due_at=message.send_at)
    hand_to_worker(Delivery.objects.defer("raw").get(message=message))


def _cancel(message: Message) -> None:
    _change_waiting(message, state=OutboxState.CANCELLED)


def _change_waiting(message: Message, **fields: object) -> None:
    """Of a row that nobody has tried. The update waits for whoever holds it, and then looks again."""
    waiting = Delivery.objects.filter(message=message, state=OutboxState.QUEUED, attempt=0)
    if not waiting.update(**fields) and Delivery.objects.filter(message=message).exists():
        raise TooLate
