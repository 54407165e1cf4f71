"""What a visitor says of a chat once it is over."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from customers.actors import Actor
from tickets.chat.settling import settle
from tickets.chat.visitors import customer_of
from tickets.models import Chat, Rating
from tickets.services import Refused, rate
from tickets.surveys.answering import said_in_chat


def rate_chat(chat: Chat, score: str, comment: str = "", *, now: datetime | None = None) -> Rating:
    """Goes to who talked with them, though the ticket may be open still; the latest counts.

    Raises `Refused` while the chat goes on, and where no person was asked anything.
    """
    chat = Chat.objects.select_related("visitor__customer", "agent", "team").get(pk=chat.pk)
    ticket = settle(chat)
    if ticket is None:
        raise Refused(_("Nobody of us has talked with you in this chat."), field="score")
    actor = Actor.of_customer(customer_of(chat.visitor))
    return rate(ticket, said_in_chat(chat, score), comment=comment, chat=chat, actor=actor, now=now)


def is_rated(chat: Chat) -> bool:
    """Whether its visitor has rated it already."""
    return bool(
        chat.ticket_id
        and chat.ended_at
        and Rating.objects.filter(ticket=chat.ticket_id, at__gte=chat.ended_at).exists()
    )
