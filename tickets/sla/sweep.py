"""Clocks that nobody touches: warnings and breaches, told by the system in a gesture of its own.

So triggers, automations, webhooks and open pages hear of them as of anything else. A row waits in `SlaTarget.wake_at`;
the ticket's lock decides who tells of it, and the event that tells takes the row off the list in the same transaction:
once, however many sweepers there are and whenever they are killed.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import DatabaseError, connection, transaction

from customers.actors import SYSTEM
from helpdesk.accounts import working_hours
from tickets.chat.settling import settle
from tickets.events import Event, SlaBreached, SlaWarned
from tickets.models import Chat, SlaTarget
from tickets.services import gestures
from tickets.sla.facts import BREACHED, WARNED
from tickets.sla.new_hours import follow_at_once, moved

STATES = {SlaWarned.kind: WARNED, SlaBreached.kind: BREACHED}
logger = logging.getLogger(__name__)

BATCH = 100  # tickets in a transaction
PUT_OFF = timedelta(minutes=5)  # for a ticket whose gesture fails: the others go on

# A ticket that somebody is changing is left to the next sweep, a second later.
CLAIM = """
SELECT t.id FROM tickets_ticket t WHERE t.id IN (
  SELECT s.ticket_id FROM tickets_slatarget s WHERE s.wake_at < %s ORDER BY s.wake_at LIMIT %s
) ORDER BY t.id FOR UPDATE SKIP LOCKED
"""


def sweep(*, now: datetime, limit: int = BATCH) -> int:
    """Tell what has become due by `now`; how many tickets were looked at, 0 when there was none to look at."""
    _hear_chats(now, limit)
    try:
        return _sweep(now, limit)
    except DatabaseError:
        raise
    except Exception:
        logger.exception("A batch of clocks failed; now each ticket alone")
    due = SlaTarget.objects.filter(wake_at__lt=now).order_by("wake_at").values_list("ticket_id", flat=True)
    return sum(_alone(number, now) for number in dict.fromkeys(due[:limit]))


def _hear_chats(now: datetime, limit: int) -> None:
    """An answer that was given in a chat in time is no breach because its ticket hears of it a moment later."""
    due = SlaTarget.objects.filter(wake_at__lt=now).values("ticket")
    unheard = Chat.objects.filter(ticket__in=due, entries__is_settled=False).distinct()
    for chat in unheard[:limit]:
        try:
            settle(chat)
        except DatabaseError:
            raise
        except Exception:
            logger.exception("What was said in chat %s is not on its ticket yet", chat.pk)


@transaction.atomic
def _sweep(now: datetime, limit: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [now, limit])
        numbers = [number for (number,) in cursor.fetchall()]
    if numbers:
        _tell(numbers, now)
    return len(numbers)


def _alone(number: int, now: datetime) -> int:
    """A rule that fails on this ticket must not keep others from being warned."""
    try:
        with transaction.atomic():
            _tell([number], now)
    except DatabaseError:
        raise
    except Exception:
        logger.exception("The clocks of ticket %s are put off", number)
        SlaTarget.objects.filter(ticket_id=number, wake_at__lt=now).update(wake_at=now + PUT_OFF)
    return 1


def _tell(numbers: Sequence[int], now: datetime) -> None:
    book = working_hours.book()
    for timeline, late in moved(book, list(book.timelines), numbers):
        follow_at_once(timeline, late)  # hours that were changed a moment ago may leave them more time
    with gestures(numbers, actor=SYSTEM, now=now) as running:
        due = SlaTarget.objects.filter(ticket__in=running, wake_at__lt=now).select_related("policy")
        rows = list(due.order_by("wake_at", "pk"))
        for row in rows:
            g, event = running[row.ticket_id], _event(row, now)
            g.record(event)
            # Rules look at the ticket before its clocks do: they see it as the event tells.
            g.change(sla_state=STATES[event.kind], sla_metric=row.metric)
    # What was told has been taken off the list by now; what has no book to be told from would come again and again.
    SlaTarget.objects.filter(pk__in=[row.pk for row in rows], wake_at__lt=now).update(wake_at=None)


def _event(row: SlaTarget, now: datetime) -> Event:
    policy = row.policy.title if row.policy else ""
    breached_at = row.breached_at or (row.due_at if row.due_at and row.due_at < now else None)
    if breached_at and row.told != BREACHED:
        return SlaBreached(row.metric, row.instance, breached_at.isoformat(), policy)
    return SlaWarned(row.metric, row.instance, row.due_at.isoformat() if row.due_at else "", policy)
