"""What the names of placeholders are answered from, and the kinds of values they give."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils import formats, timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.models import Customer
from knowledge_base.search.finding import Hit
from tickets.knowledge import answers
from tickets.models import CcState, Message, Ticket
from tickets.models.message import UNSENT
from tickets.services.recipients import usual_recipients

MAX_COMMENTS = 50  # of `ticket.comments`: the newest ones


class Words(str):
    """Text of several lines: in HTML its lines stay lines."""

    __slots__ = ()

    def __html__(self) -> SafeString:
        return mark_safe(escape(str(self)).replace("\n", "<br>"))  # noqa: S308  # escaped the moment before


class Markup(str):
    """Sanitised HTML of a message, which is written as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


class Moment(datetime):
    """A time that is written as a day in the reader's language, and that the filter `date` can write otherwise."""

    def __str__(self) -> str:
        return formats.date_format(self, "DATE_FORMAT")


def is_plain_name(name: str) -> bool:
    """A name as people have them: no address, no link, no sentence."""
    return len(name) <= 60 and not re.search(r"[/@:<>]|\w\.\w|\d{3}", name)


@dataclass(frozen=True)
class Telling:
    """Whom and what the names of one text are about."""

    ticket: Ticket
    actor: Actor
    is_html: bool = False
    for_staff: bool = False
    # It goes to an address that may be somebody else's: then nothing is told that whoever wrote could have chosen.
    for_stranger: bool = False

    @property
    def title(self) -> str:
        return _("Your message") if self.for_stranger else self.ticket.subject

    @property
    def requester(self) -> Customer | None:
        customer = self.ticket.requester
        return None if self.for_stranger and not is_plain_name(str(customer)) else customer

    @cached_property
    def zone(self) -> tzinfo:
        """Where the reader lives, as far as we know."""
        reader = self.actor.user if self.for_staff else self.ticket.requester
        try:
            return ZoneInfo(reader.time_zone) if reader and reader.time_zone else timezone.get_default_timezone()
        except (ZoneInfoNotFoundError, ValueError):
            return UTC

    @cached_property
    def comments(self) -> list[Message]:
        """Newest first; what rules wrote is no comment."""
        if self.for_stranger:
            return []
        messages = self.ticket.messages.filter(is_unverified=False, is_automatic=False)
        messages = messages.select_related("author_user", "author_customer")
        messages = messages.exclude(delivery_state__in=UNSENT) if self.for_staff else messages.public()
        return list(messages.order_by("-created_at", "-pk")[:MAX_COMMENTS])

    @cached_property
    def public_comments(self) -> list[Message]:
        return [message for message in self.comments if not message.is_note]

    @cached_property
    def answers(self) -> Sequence[Hit]:
        """Articles that may answer the ticket, in the language that is written: for customers only."""
        return [] if self.for_staff else answers.hits_of(self.ticket, get_language() or settings.LANGUAGE_CODE)

    @property
    def first_words(self) -> str:
        if self.for_stranger:
            return ""
        first = self.ticket.messages.public().filter(is_unverified=False).order_by("created_at", "pk").first()
        return first.text if first else ""

    @cached_property
    def address(self) -> str:
        return next(iter(usual_recipients(self.ticket).to), "")

    @cached_property
    def copies(self) -> list[tuple[str, str]]:
        """Name and address of each in copy."""
        if self.for_stranger:
            return []
        people = self.ticket.ccs.filter(state=CcState.CC).select_related("customer")
        return [(str(each.customer), each.address) for each in people]

    def moment(self, when: datetime | None) -> Moment | str:
        if when is None:
            return ""
        local = when.astimezone(self.zone)
        return Moment.combine(local.date(), local.timetz())
