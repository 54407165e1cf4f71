"""Which tickets wait to be given to somebody: kept inside each gesture, so that none is forgotten or given twice.

What a person does by hand always wins: whoever they choose stays, and a ticket that they take from somebody without
choosing another is left to people, until it changes teams or its customer opens it again.

While its customer is in a chat a ticket is none of this queue's: chats are offered to people, who are there at once
(tickets/chat/offering.py). When nobody has taken the chat, its ticket comes here.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction

from helpdesk.accounts.models import Team
from tickets.models import (
    Chat,
    ChatState,
    Routed,
    RoutedState,
    RoutingMode,
    Status,
    TeamRouting,
    Ticket,
    TicketEvent,
    WaitingTicket,
)
from tickets.routing.tasks import ask_for_routing
from tickets.stamps import Stamped

WORK = (Status.NEW, Status.OPEN)
OPENED, TEAM, ASSIGNEE, STATUS = "ticket.opened", "team.changed", "assignee.changed", "status.changed"
ROUTED, TAKEN_BACK = "ticket.routed", "ticket.taken_back"
CHAT_STARTED, CHAT_ENDED = "chat.started", "chat.ended"
ANSWERS = ("reply.added", "reply.scheduled")
_routed_teams = Stamped(
    "routing", lambda: set(TeamRouting.objects.exclude(mode=RoutingMode.MANUAL).values_list("team_id", flat=True))
)
RELEVANT = frozenset({OPENED, TEAM, ASSIGNEE, STATUS, TAKEN_BACK, CHAT_STARTED, CHAT_ENDED, *ANSWERS})


def keep_queue(ticket: Ticket, events: list[TicketEvent]) -> None:
    """Event consumer: put the ticket into the queue, take it out, and note what became of what routing gave.

    What routing itself gives it takes out of the queue itself, a hundred tickets at once.
    """
    kinds = {event.kind for event in events}
    if not kinds & RELEVANT or ROUTED in kinds or not _routed_teams.get():
        return
    _note_outcome(ticket, events, kinds)
    may_be_given = _frees_somebody(ticket, events)
    if not _waits(ticket) or _is_left_to_people(events) or CHAT_STARTED in kinds:
        WaitingTicket.objects.filter(pk=ticket.pk).delete()
    elif _enters(events) and not _is_in_chat(ticket):
        _enter(ticket)
        may_be_given = True
    if may_be_given and WaitingTicket.objects.exists():
        transaction.on_commit(ask_for_routing)


def _frees_somebody(ticket: Ticket, events: Sequence[TicketEvent]) -> bool:
    """Whether a person has one less to do than before. Nothing else that happens to a ticket lets another be given:
    those that nobody can take would be looked at again for nothing, at every gesture."""
    return any(
        (event.kind == ASSIGNEE and event.payload["old_id"] is not None)
        or (event.kind == STATUS and ticket.assignee_id and event.payload["new"] not in WORK)
        for event in events
    )


def _waits(ticket: Ticket) -> bool:
    return ticket.team_id is not None and ticket.assignee_id is None and ticket.status in WORK


def _enters(events: Sequence[TicketEvent]) -> bool:
    kinds = {event.kind for event in events}
    by_itself = {event.kind for event in events if event.actor_kind != "user"}
    was_missed = any(event.kind == CHAT_ENDED and event.payload["was_missed"] for event in events)
    return was_missed or bool(kinds & {OPENED, TEAM, TAKEN_BACK} or by_itself & {STATUS, ASSIGNEE})


def _is_in_chat(ticket: Ticket) -> bool:
    return Chat.objects.filter(ticket=ticket).exclude(state=ChatState.ENDED).exists()


def _is_left_to_people(events: Sequence[TicketEvent]) -> bool:
    """Taken from somebody and given to another team at once, it is that team's affair."""
    if any(event.kind == TEAM for event in events):
        return False
    last = next((event for event in reversed(events) if event.kind == ASSIGNEE), None)
    return last is not None and last.payload["new_id"] is None and last.actor_kind == "user"


def _enter(ticket: Ticket) -> None:
    if ticket.team_id not in _routed_teams.get():
        WaitingTicket.objects.filter(pk=ticket.pk).delete()
        return
    team = {"team_id": ticket.team_id}
    WaitingTicket.objects.update_or_create(
        ticket=ticket, defaults={**team, "reason": ""}, create_defaults={**team, "since": ticket.updated_at}
    )


def _note_outcome(ticket: Ticket, events: Sequence[TicketEvent], kinds: set[str]) -> None:
    given = Routed.objects.filter(ticket=ticket, state=RoutedState.GIVEN)
    settled = any(event.kind == STATUS and event.payload["new"] not in WORK for event in events)
    if settled or kinds.intersection(ANSWERS):
        given.update(state=RoutedState.ANSWERED)
    elif ASSIGNEE in kinds and TAKEN_BACK not in kinds:
        given.update(state=RoutedState.OVERRIDDEN)


FILL = """
INSERT INTO tickets_waitingticket (ticket_id, team_id, since, reason)
SELECT id, team_id, created_at, '' FROM tickets_ticket
WHERE team_id = %s AND assignee_id IS NULL AND status IN ('new', 'open')
  AND NOT EXISTS (SELECT FROM tickets_chat c WHERE c.ticket_id = tickets_ticket.id AND c.state <> 'ended')
ON CONFLICT (ticket_id) DO NOTHING
"""


def fill_queue(team: Team) -> int:
    """All that waits in a team whose routing has just been switched on; how many came to the queue."""
    with connection.cursor() as cursor:
        cursor.execute(FILL, [team.pk])
        added = int(cursor.rowcount)
    transaction.on_commit(ask_for_routing)
    return added


def empty_queue(team: Team) -> None:
    """Its routing is off: people take the tickets themselves."""
    WaitingTicket.objects.filter(team=team).delete()


def leave_with_people(team: Team) -> None:
    """Nothing of what it was given is taken back any more."""
    Routed.objects.filter(team=team, state=RoutedState.GIVEN).update(due_at=None)
