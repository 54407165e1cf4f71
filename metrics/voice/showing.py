"""What one reader sees of a count: only of tickets that they may see, whoever counted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.formats import number_format
from django.utils.safestring import SafeString

from helpdesk.accounts.models import User
from helpdesk.lib.marking import Marker, side_by_side
from helpdesk.lib.words import fold_in_place
from metrics.models import TermKind, VoiceChoice, VoiceRun, VoiceTerm
from metrics.voice.counting import WEEK
from metrics.voice.scoring import FEWEST_TICKETS
from tickets.models import Message, MessageKind, Ticket, Topic

LISTED: Final = 50  # tickets on a term's page
KINDS: Final = ("", *TermKind.values)


@dataclass(frozen=True)
class Shown:
    term: VoiceTerm
    weeks: Sequence[int]  # the oldest first, the last seven days last
    tickets: Sequence[int]  # that the reader may see, the newest first
    topic: Topic | None = None
    is_hidden: bool = False

    @property
    def now(self) -> int:
        return self.weeks[-1]

    @property
    def usual(self) -> float:
        """A week before, on average."""
        before = self.weeks[:-1]
        return sum(before) / len(before) if before else 0.0

    @property
    def times(self) -> float | None:
        """As often as before; None where it was not there at all."""
        return self.now / self.usual if self.usual else None

    @property
    def times_short(self) -> str:
        return "" if self.times is None else number_format(self.times, decimal_pos=1 if self.times < 10 else 0)


@dataclass(frozen=True)
class Quoted:
    ticket: Ticket
    message: Message | None
    excerpt: SafeString  # with the words marked, everything else escaped (helpdesk.lib.marking)


def shown(run: VoiceRun, user: User, *, kind: str = "", hidden: bool = False) -> list[Shown]:
    """The terms of a run, the surest first; with `hidden` those that somebody found not interesting."""
    terms = list(run.terms.filter(kind=kind) if kind else run.terms.all())
    choices = {(each.kind, each.term): each for each in VoiceChoice.objects.select_related("topic")}
    seen = _visible({pk for term in terms for pk in term.tickets}, user)
    found = []
    for term in terms:
        choice = choices.get((term.kind, term.term))
        if hidden is not bool(choice and choice.hidden_at):
            continue
        each = _shown(term, user.hidden_team_ids, seen, choice)
        if each.now >= FEWEST_TICKETS:
            found.append(each)
    return found


def shown_term(term: VoiceTerm, user: User) -> Shown | None:
    """None where too few of its tickets are the reader's to see: then it says nothing, and tells nothing."""
    choice = VoiceChoice.objects.select_related("topic").filter(kind=term.kind, term=term.term).first()
    each = _shown(term, user.hidden_team_ids, _visible(set(term.tickets), user), choice)
    return each if each.now >= FEWEST_TICKETS else None


def _shown(term: VoiceTerm, hidden_teams: Collection[int], seen: set[int], choice: VoiceChoice | None) -> Shown:
    """Of the seven days what the reader may see at this moment: a ticket may have moved since it was counted."""
    allowed = [weeks for team, weeks in term.weeks.items() if int(team) not in hidden_teams]
    weeks = [sum(each) for each in zip(*allowed, strict=True)] if allowed else [0]
    tickets = [pk for pk in term.tickets if pk in seen]
    lost = len(term.tickets) - len(tickets)
    counted = sum(each[-1] for each in term.weeks.values())
    weeks[-1] = len(tickets) if lost or counted == len(term.tickets) else weeks[-1]
    return Shown(term, weeks, tickets, choice.topic if choice else None, is_hidden=bool(choice and choice.hidden_at))


def _visible(numbers: set[int], user: User) -> set[int]:
    return set(Ticket.objects.visible_to(user).filter(pk__in=numbers).values_list("pk", flat=True))


def marker_of(term: VoiceTerm) -> Marker:
    return Marker([] if term.kind == TermKind.TAG else [side_by_side(term.term.split())])


def quoted(each: Shown, run: VoiceRun) -> list[Quoted]:
    """Its newest tickets, with the customer's words around the term."""
    numbers = list(each.tickets[:LISTED])
    tickets = Ticket.objects.select_related("requester", "team").in_bulk(numbers)
    messages = messages_with(each.term, numbers, run)
    marker = marker_of(each.term)
    return [
        Quoted(tickets[pk], messages.get(pk), marker.cut(messages[pk].text) if pk in messages else SafeString(""))
        for pk in numbers
        if pk in tickets
    ]


def messages_with(term: VoiceTerm, numbers: Sequence[int], run: VoiceRun) -> dict[int, Message]:
    """Of each ticket the newest message of a customer that has the term; of a tag their first of these days."""
    if run.until is None:
        return {}
    said = Message.objects.filter(
        ticket__in=numbers, kind=MessageKind.PUBLIC, author_role="", is_auto_reply=False, erased_at=None,
        created_at__gte=run.until - WEEK, created_at__lt=run.until,
    )  # fmt: skip
    found: dict[int, Message] = {}
    for message in said.select_related("author_customer", "ticket__requester").order_by("ticket", "-created_at"):
        if term.kind == TermKind.TAG or has_term(term, message.text):
            found.setdefault(message.ticket_id, message)
    return found


def has_term(term: VoiceTerm, text: str) -> bool:
    return bool(marker_of(term).places(fold_in_place(text)))
