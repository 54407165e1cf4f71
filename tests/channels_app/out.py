"""What the tests of mail going out have in common."""

from __future__ import annotations

from pytest_django.fixtures import Settings

from channels_app.models import Delivery
from customers.actors import Actor
from helpdesk.accounts.models import User
from tickets.models import Ticket
from tickets.services import add_reply

SMTP = "channels_app.mail_backend.SmtpBackend"
FILES = "channels_app.mail_backend.FileBackend"


def send_through(settings: Settings, port: int, *, patience: float = 5) -> None:
    """Mail goes to the SMTP server at `port`, and without an undo window."""
    settings.EMAIL_BACKEND = SMTP
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, patience
    settings.UNDO_SEND_SECONDS = 0


def reply(ticket: Ticket, author: User, words: str = "<p>Oil it.</p>", **more: object) -> Delivery:
    delivery: Delivery = add_reply(ticket, words, actor=Actor.agent(author), **more).delivery  # type: ignore[arg-type]
    return delivery


def state_of(delivery: Delivery) -> tuple[str, str, str]:
    """The outbox row, what the ticket shows of it, and the reason it gives."""
    row = Delivery.objects.select_related("message").get(pk=delivery.pk)
    return row.state, row.message.delivery_state, row.message.delivery_detail


def lost_in_sending(delivery: Delivery) -> None:
    """As if the lease of whoever sends it had run out."""
    Delivery.objects.filter(pk=delivery.pk).update(leased_until=delivery.created_at)
