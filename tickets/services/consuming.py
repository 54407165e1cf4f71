"""Who is told of gestures once their events are stored: the consumers named in settings.EVENT_CONSUMERS."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, update_wrapper

from django.conf import settings
from django.utils.module_loading import import_string

from tickets.models import Ticket, TicketEvent

Consumer = Callable[[Ticket, list[TicketEvent]], None]
Told = Sequence[tuple[Ticket, list[TicketEvent]]]


class Together:
    """A consumer that is told at once of all tickets whose gestures end together, so that they share its statements.

    Called with one ticket and its events it is a consumer like any other.
    """

    def __init__(self, tell: Callable[[Told], None]) -> None:
        self.tell = tell
        update_wrapper(self, tell)

    def __call__(self, ticket: Ticket, events: list[TicketEvent]) -> None:
        self.tell([(ticket, events)])


def tell_consumers(told: Told) -> None:
    for consume in _consumers(tuple(settings.EVENT_CONSUMERS)):
        if isinstance(consume, Together):
            consume.tell(told)
        else:
            for ticket, events in told:
                consume(ticket, events)


@cache
def _consumers(paths: tuple[str, ...]) -> list[Consumer]:
    return [import_string(path) for path in paths]
