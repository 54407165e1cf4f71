"""What a service answers when the rules forbid what was asked. The text is for the person who asked."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from tickets.models import Message, Ticket, TicketEvent


class Refused(Exception):
    """The rules forbid it; `str()` says why in the user's language, `field` names the place in the form."""

    def __init__(self, reason: str, *, field: str = "") -> None:
        super().__init__(reason)
        self.field = field


class TicketClosed(Refused):
    def __init__(self, ticket: Ticket) -> None:
        super().__init__(_("This ticket is closed and can't be changed any more."))
        self.ticket = ticket


class ThreadMovedOn(Refused):
    """Something happened that the author had not seen: what, is in `messages` and `events`."""

    def __init__(self, messages: Sequence[Message], events: Sequence[TicketEvent]) -> None:
        super().__init__(_("The ticket moved on while you were writing. Nothing was sent."))
        self.messages = messages
        self.events = events


class TooLong(Refused):
    """More words than are kept."""


class TooLate(Refused):
    """The undo window is over: the message is on its way."""

    def __init__(self) -> None:
        super().__init__(_("Too late to undo: the message is already on its way."))


def refuse_closed(ticket: Ticket) -> None:
    if ticket.is_closed:
        raise TicketClosed(ticket)
