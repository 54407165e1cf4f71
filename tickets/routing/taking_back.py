"""Work that was given and not answered in time goes back, and on to somebody else."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from customers.actors import SYSTEM
from tickets.events import TicketTakenBack
from tickets.models import Routed, RoutedState, WaitingTicket
from tickets.routing.queue import WORK
from tickets.services import assign, gesture

BATCH = 200


def take_back_due(*, now: datetime) -> int:
    """What was given and has waited for its answer too long; how many were taken back."""
    due = Routed.objects.filter(state=RoutedState.GIVEN, due_at__lte=now).order_by("due_at")
    return sum(take_back(pk, now=now) for pk in list(due.values_list("pk", flat=True)[:BATCH]))


@transaction.atomic
def take_back(pk: int, *, now: datetime) -> bool:
    """Only if it is still theirs and unanswered, once the ticket is locked: an answer at this moment wins."""
    routed = Routed.objects.select_related("ticket", "user", "team__routing").get(pk=pk)
    with gesture(routed.ticket, actor=SYSTEM, now=now) as g:
        routed.refresh_from_db(fields=["state"])
        if routed.state != RoutedState.GIVEN:
            return False
        is_theirs = g.ticket.assignee_id == routed.user_id and g.ticket.status in WORK
        state = RoutedState.TAKEN_BACK if is_theirs else RoutedState.OVERRIDDEN
        Routed.objects.filter(pk=pk).update(state=state)
        if not is_theirs:
            return False
        assign(g.ticket, None, actor=SYSTEM)
        minutes = round((now - routed.created_at).total_seconds() / 60)
        g.record(TicketTakenBack(routed.user_id, str(routed.user), minutes))
    WaitingTicket.objects.filter(pk=routed.ticket_id).update(not_to=routed.user_id)
    return True
