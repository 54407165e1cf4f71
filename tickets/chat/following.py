"""A chat follows its ticket: when a rule, or somebody on the ticket's page, moves it to another team."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from tickets.chat import offering, queue
from tickets.events import TeamChanged
from tickets.models import Chat, ChatState, Ticket, TicketEvent


def follow_ticket(ticket: Ticket, events: list[TicketEvent]) -> None:
    """Event consumer. Who waits goes on waiting in the other team, as long as before; who talks goes on talking."""
    if not any(event.kind == TeamChanged.kind for event in events):
        return
    for chat in Chat.objects.filter(ticket=ticket).exclude(state=ChatState.ENDED):
        if chat.team_id != ticket.team_id:
            move(chat, ticket.team_id)


def move(chat: Chat, team_id: int | None) -> None:
    queue.moved(chat.team_id)  # those who wait where it leaves move up
    chat.team_id = team_id
    chat.save(update_fields=["team"])
    offering.close(chat, now=timezone.now())
    queue.tell(chat)
    transaction.on_commit(offering.ask_for_offers)
