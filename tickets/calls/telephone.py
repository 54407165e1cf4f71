"""What a telephone can be told to do: asked upward, of what settings.TELEPHONE names (tickets knows no provider)."""

from __future__ import annotations

from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from helpdesk.accounts.models import User
from tickets.models import Call, Ticket

RECORDS, PAUSED = "records", "paused"


class Telephone(Protocol):
    """Each raises `services.Refused` in words for the agent. What came of it the telephone tells, moment by moment."""

    def can_control(self, call: Call) -> bool:
        """Whether it is told from here to ring, hold, pass on and hang up."""

    def can_call_out(self) -> bool:
        """Whether some number of ours calls customers."""

    def ring_agent(self, call: Call, user: User) -> None:
        """Call the agent's telephone; when they pick up they are with the caller."""

    def call_out(self, ticket: Ticket, number: str, user: User) -> Call:
        """Call the agent's telephone first, then `number`."""

    def hold(self, call: Call, *, is_held: bool) -> None: ...

    def recording_of(self, call: Call) -> str:
        """RECORDS, PAUSED, or "" where nothing is recorded, or it is no business of ours."""

    def pause_recording(self, call: Call, *, is_paused: bool) -> None: ...

    def transfer(self, call: Call, to: User) -> None: ...

    def hang_up(self, call: Call) -> None: ...


def telephone() -> Telephone:
    return cast(Telephone, import_string(settings.TELEPHONE))
