"""The ways by which an answer can reach a customer besides e-mail: who there is, on which of our accounts, until when.

Which ways there are is known above (`channels_app`), so it is asked there: by `settings.REPLY_ROUTES`, as consumers of
events are. What a way takes, `services.answering` checks and the composer explains.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from tickets.models import MESSAGING, Channel, Ticket


@dataclass(frozen=True)
class FileRule:
    """`types` are prefixes of content types; `largest` in bytes."""

    types: tuple[str, ...]
    largest: int


@dataclass(frozen=True)
class Capabilities:
    """What a channel takes; the composer obeys and explains it. None: no limit of its own."""

    text_limit: int | None
    counts_bytes: bool = False  # the limit is of UTF-8 bytes, not of characters
    counts_segments: bool = False  # it is paid by the segment (GSM-7 or UCS-2)
    markup: str = ""  # "", "whatsapp", "telegram", "markdown": how bold and links are written
    files_per_message: int = 0
    files: tuple[FileRule, ...] = ()
    caption_limit: int | None = None
    has_templates: bool = False
    starts: bool = False  # we may write first, to an address that we know
    window: timedelta | None = None  # free answers only so long after the person's last message
    human_window: timedelta | None = None  # … and so long when a person writes, never a rule
    sees_edits: bool = False
    sees_deletes: bool = False
    can_edit: bool = False
    reactions_in: bool = False
    reactions_out: bool = False
    can_reply_to: bool = False
    tells_delivered: bool = False
    tells_read: bool = False
    shows_typing: bool = False
    may_repeat: bool = False  # the same part called twice is one message there: our id is its key


@dataclass(frozen=True)
class Filled:
    """A template with its variables: the words as the customer reads them, and what `Message.facts` keeps of it."""

    html: str
    template: dict[str, Any]


class Door(Protocol):
    """What only the channel's side can do for a route."""

    def begin(self, route: Route) -> int:
        """The conversation of a route that has none yet."""

    def fill(self, route: Route, template: Mapping[str, Any]) -> Filled:
        """`template`: name, language, parameters {"body.1": words}. Raises `Refused` for one that is not approved, or
        whose variables are missing.
        """

    def is_wanted(self, route: Route, purpose: str) -> bool:
        """Whether the person wants to be written to by this channel for this purpose."""


@dataclass(frozen=True)
class Route:
    """One person on one of our accounts. `key` names it in forms; `conversation` is 0 where none has begun."""

    key: str
    channel: str
    address: str  # as it is shown: a number, a name
    account: str = ""
    account_id: int = 0
    conversation: int = 0
    person: str = ""
    can: Capabilities = field(default_factory=lambda: Capabilities(None))
    open_until: datetime | None = None  # free answers by rules and people, where `can.window` limits them
    human_until: datetime | None = None  # … by people
    unreachable: str = ""  # why this person can't be written to
    is_refused: bool = False  # they said that they do not want it; asked again when something is sent
    problem: str = ""  # why nothing of the account is sent now: it waits
    is_public: bool = False
    rules_may_post: bool = False  # in public, without a person: an admin allowed it
    approves_public: bool = False  # what people write in public waits for a second of them: an admin wants it so
    door: Door | None = field(default=None, compare=False, repr=False)

    @property
    def is_email(self) -> bool:
        return self.channel == Channel.EMAIL

    @property
    def channel_label(self) -> str:
        return str(Channel(self.channel).label)

    @property
    def addressee(self) -> str:
        """Who is written to, as people know them: a number, else the name rather than the network's id."""
        return self.address if self.address.startswith("+") or not self.person else self.person

    def takes_words(self, at: datetime, *, by_person: bool = True) -> bool:
        """Whether words of our own may be sent then; else only a template."""
        if self.can.window is None:
            return True
        until = max(filter(None, (self.open_until, self.human_until if by_person else None)), default=None)
        return until is not None and at < until


BY_EMAIL = Route("email", Channel.EMAIL, "")


@dataclass(frozen=True)
class LastSaid:
    """By which way the requester spoke last; nothing where they never did."""

    channel: str = ""
    conversation: int = 0

    @classmethod
    def of(cls, row: Sequence[Any] | None) -> LastSaid:
        """From the channel of their last message and what its facts hold of a conversation."""
        return cls(row[0], row[1] or 0) if row else cls()


Routes = Callable[[Ticket], list[Route]]


def routes_of(ticket: Ticket) -> list[Route]:
    """The ways to the requester besides e-mail, the ticket's own conversations first."""
    return cast(Routes, _asked(settings.REPLY_ROUTES))(ticket)


def route_of(ticket: Ticket, key: str) -> Route | None:
    """The one that a form names; None when there is none of that name."""
    if key == BY_EMAIL.key:
        return BY_EMAIL
    return next((route for route in routes_of(ticket) if route.key == key), None)


def capabilities_of(channel: str) -> Capabilities:
    """What a channel takes, whoever is written to."""
    return cast(Callable[[str], Capabilities], _asked(settings.CHANNEL_CAPABILITIES))(channel)


@dataclass(frozen=True)
class Beginning:
    """One of our accounts from which we may write first, and the page to do it on."""

    channel: str
    account: str
    url: str


def beginnings() -> list[Beginning]:
    return cast(Callable[[], list[Beginning]], _asked(settings.CHANNEL_BEGINNINGS))()


def usual_route(ticket: Ticket, said: LastSaid, routes: list[Route] | None = None) -> Route | None:
    """Where an answer goes when nobody chose: where the requester last wrote; None is by e-mail.

    A ticket on which they never wrote, as one that we began, is answered by its own channel.
    """
    if not speaks_elsewhere(ticket, said):
        return None
    known = routes_of(ticket) if routes is None else routes
    channel = said.channel or ticket.channel
    same = [route for route in known if route.channel == channel and route.conversation]
    return next((route for route in same if route.conversation == said.conversation), same[0] if same else None)


def speaks_elsewhere(ticket: Ticket, said: LastSaid) -> bool:
    return (said.channel or ticket.channel) in MESSAGING


@cache
def _asked(path: str) -> Any:
    return import_string(path)
