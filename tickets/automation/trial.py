"""What a draft of a rule would have matched: tickets told again, gesture by gesture, and the draft asked at each.

Nothing of what the draft would have done is carried on: after a match the ticket goes on as it did. So the first match
of each ticket is certain, later ones are what a rule would do that changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, cast

from django.db.models import QuerySet

from customers.models import Customer
from helpdesk.accounts.models import Team, User
from tickets.automation.evaluating import Answer, Asked, Reading
from tickets.automation.moments import Course, Draft, Timed, could_be
from tickets.automation.past import BY_EVENTS, BY_MESSAGES, SET_HERE, PastTicket
from tickets.automation.past_events import PastEvent, past_events
from tickets.automation.triggers import told_update
from tickets.conditions.asking import Asking
from tickets.conditions.changes import CHANGED, CHANGED_FROM, CHANGED_TO
from tickets.conditions.facts import facts_for
from tickets.conditions.field import Field
from tickets.conditions.scopes import TRIGGER
from tickets.conditions.situation import OPENED, WRITTEN, Situation
from tickets.conditions.sources import OfUpdate
from tickets.conditions.tree import Condition, Tree, parse
from tickets.events import changes_lists
from tickets.models import Message, Status, Ticket, TicketEvent

MOST_OF_TICKET = 50  # matches; more say nothing new
WORDS = frozenset(("comment_includes_word", "description_includes_word"))
# What conditions ask of a message, beside its words.
READ = (
    "ticket_id", "kind", "channel", "author_user_id", "author_customer_id", "author_role", "from_address", "to", "cc",
    "language", "tone", "is_automatic", "delivery_state", "created_at",
)  # fmt: skip
_gesture_of = attrgetter("gesture_id")


@dataclass(frozen=True)
class Match:
    ticket: Ticket  # as it was at that moment
    at: datetime


class Trial:
    """A draft, ready to be tried on chunks of tickets. Raises `Invalid` where it can't be asked."""

    def __init__(self, kind: str, conditions: Tree, *, since: datetime, until: datetime) -> None:
        self.kind, self.since, self.until = kind, since, until
        self.asked: Asked = Asked(Draft(conditions, kind)) if kind == TRIGGER else Timed(conditions)
        self.group = parse(conditions, kind)
        self.updates = any(isinstance(field.source, OfUpdate) for field in self.asked.fields)
        self.teams = Team.objects.in_bulk()
        self.needed = [kinds for it in self.group.all if isinstance(it, Condition) and (kinds := _told_by(it))]
        self.users = User.objects.in_bulk() if self.updates else {}

    def tickets(self) -> QuerySet[Ticket]:
        """Those to which something can have happened since."""
        if self.kind == TRIGGER:
            return Ticket.objects.filter(updated_at__gte=self.since)
        return Ticket.objects.exclude(status=Status.CLOSED, closed_at__lt=self.since)

    def matches(self, numbers: Sequence[int]) -> Iterator[Match]:
        for past in self._told(numbers):
            moments = self._gestures(past) if self.kind == TRIGGER else self._moments(past)
            for count, moment in enumerate(moments):
                if count == MOST_OF_TICKET:
                    break
                yield Match(past.ticket, moment)

    def _gestures(self, past: PastTicket) -> Iterator[datetime]:
        """A trigger looks when a gesture ends."""
        for events in past.gestures():
            if past.now < self.since or not _is_update(past.ticket, events):
                continue
            if self._is_asked(events) and self._holds(past, events):
                yield past.now

    def _is_asked(self, events: Iterable[PastEvent]) -> bool:
        """Whether there is among `events` what the draft can't do without."""
        kinds = {event.kind for event in events} if self.needed else ()
        return all(not needed.isdisjoint(kinds) for needed in self.needed)

    def _holds(self, past: PastTicket, events: list[PastEvent]) -> bool:
        still = Situation(past.ticket, past, Asking(None, past.now, of_rule=True))

        def answer(condition: Condition) -> Answer:
            of_update = isinstance(condition.field.source, OfUpdate)
            return (
                None
                if of_update or condition.field.has_changed_operator(condition.operator)
                else still.holds(condition)
            )

        if not could_be(self.group, answer):
            return False
        for event in events:
            event.message = past.messages.get(event.message_id) if event.message_id else None
            event.actor_user = self.users.get(event.actor_user_id) if event.actor_user_id else None
            event.actor_customer = Customer(pk=event.actor_customer_id) if event.actor_customer_id else None
        update = told_update(cast("Sequence[TicketEvent]", events))  # they have what it reads
        asking = Asking(update.user, past.now, update.customer, of_rule=True)
        return Reading(Situation(past.ticket, past, asking, update)).read(self.asked)[0]

    def _moments(self, past: PastTicket) -> Iterator[datetime]:
        """An automation looks all the time: when its conditions come true, by a gesture or by the clock."""
        ends = [*(group[0].created_at for group in past.groups[1:]), self.until]
        held = past.groups[0][0].created_at < self.since if past.groups else False  # then it has fired before
        for _events, end in zip(past.gestures(), ends, strict=True):
            start = max(past.now, self.since)
            if end <= self.since or end <= start:
                continue
            course = self._course(past, start)
            if past.ticket.status == Status.CLOSED or not course.can_ever_hold:
                held = False
                continue
            if course.holds and not held:
                yield start
            while following := course.next_true(before=end):
                yield following
                course = self._course(past, following)
            held = course.holds and not course.ends_before(end)

    def _course(self, past: PastTicket, moment: datetime) -> Course:
        return Course(cast("Timed", self.asked), past.ticket, past, moment)

    def _told(self, numbers: Sequence[int]) -> Iterator[PastTicket]:
        events = past_events(numbers)
        numbers = [number for number in numbers if self._is_asked(events[number])]
        tickets = list(self._with_columns(Ticket.objects.filter(pk__in=numbers)).order_by("pk"))
        messages = self._messages(numbers, events)
        today = facts_for(tickets, [field for field in self.asked.fields if is_of_today(field)])
        for ticket in tickets:
            yield PastTicket(ticket, events[ticket.pk], messages[ticket.pk], today[ticket.pk], self.teams)

    def _with_columns(self, tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
        paths = [getattr(field.source, "path", "") for field in self.asked.fields]
        behind = sorted({path.partition("__")[0] for path in paths if "__" in path})
        return (tickets.select_related(*behind) if behind else tickets).defer("preview", *SET_HERE)

    def _messages(self, numbers: Sequence[int], events: Mapping[int, list[PastEvent]]) -> dict[int, list[Message]]:
        """What was written, as far as it is asked for, without its words where nobody asks for them."""
        by_ticket: dict[int, list[Message]] = defaultdict(list)
        asked = {field.key for field in self.asked.fields}
        if asked & BY_MESSAGES:
            rows = Message.objects.filter(ticket__in=numbers)
        elif self.updates:
            rows = Message.objects.filter(pk__in=self._named(events[number] for number in numbers))
        else:
            return by_ticket
        rows = rows.order_by("pk").only(*READ, *(["text"] if asked & WORDS else []))
        for message in rows.prefetch_related("attachments") if "attachment" in asked else rows:
            by_ticket[message.ticket_id].append(message)
        return by_ticket

    def _named(self, tickets: Iterable[list[PastEvent]]) -> list[int]:
        """The messages of those gestures that the draft is asked at."""
        groups = (list(group) for events in tickets for _gesture, group in groupby(events, key=_gesture_of))
        return [event.message_id for group in groups if self._is_asked(group) for event in group if event.message_id]


def _told_by(condition: Condition) -> frozenset[str]:
    """The kinds of events without which it can't hold in a gesture; empty where it can without any."""
    asked, operator = condition.field, condition.operator
    if asked.past and operator in (CHANGED, CHANGED_TO, CHANGED_FROM) and asked.has_changed_operator(operator):
        return frozenset((OPENED, asked.past.kind))
    if asked.key in ("comment_is_public", "comment_includes_word") and operator in ("is", "includes"):
        return frozenset(WRITTEN)
    return frozenset()


def is_of_today(field: Field) -> bool:
    """Nobody has written down what it was: it is taken as it is now."""
    if isinstance(field.source, OfUpdate) or field.key in BY_EVENTS | BY_MESSAGES:
        return False
    return field.source.is_costly


def not_known(fields: Iterable[Field]) -> list[Field]:
    """The same for whoever has to be told so."""
    told = BY_EVENTS | BY_MESSAGES
    return [field for field in fields if field.key not in told and not isinstance(field.source, OfUpdate)]


def _is_update(ticket: Ticket, events: Sequence[Any]) -> bool:
    """As tickets.automation.triggers says of what happens now."""
    if ticket.is_closed and not any(event.kind == "status.changed" for event in events):
        return False
    return any(changes_lists(event.kind, event.payload) for event in events)
